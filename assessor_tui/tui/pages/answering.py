"""Answering the question under the cursor by keys: one way, for the walk and for the fields of a row.

A digit chooses, the same digit again takes back; a typed character opens the field of a number, a date or a text, or
the search among many choices. What is typed is a draft until it is saved. A page says where its cursor stands
(``here``), how it draws the question and where it goes on; it keeps its own commands and keys.
"""

from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from typing import TYPE_CHECKING, ClassVar, NamedTuple

from textual.binding import Binding
from textual.widget import Widget

from assessor_tui.i18n import _, language
from assessor_tui.ledger import entry as acts
from assessor_tui.ledger.value import Quantity, Value, names
from assessor_tui.tui.input_keys import MOST_DIGITS, TOO_SOON, plain_character
from assessor_tui.tui.visit_screen import VisitScreen
from assessor_tui.tui.widgets.card import Card, saved_line
from assessor_tui.tui.widgets.hint_bar import StatusLine
from assessor_tui.tui.widgets.text import Piece, fit, safe, width_of

if TYPE_CHECKING:
    from textual.events import Paste
    from textual.widgets import Input

    from assessor_tui.form.model import Choice
    from assessor_tui.ledger.entry import Entry
    from assessor_tui.logic.filling import Filling, QuestionState
    from assessor_tui.tui.widgets.field import Done, Draft, LineField, TextField
    from assessor_tui.visit import Recorded

LONG_TEXT = 60
"""Characters from which a text is edited in a field of several lines."""
ANSWER, NOTE = "answer", "note"

UNIT_KEYS = (Binding("down", "unit(1)", show=False), Binding("up", "unit(-1)", show=False))
"""Bindings of a page besides its commands: another unit while a quantity is typed."""


class Typing(NamedTuple):
    """What is being typed in the field that is open."""

    what: str
    """``answer`` or ``note``."""
    form: str
    path: str
    several: bool
    """True in a field of several lines, where Enter starts a new one."""


class AnsweringPage(VisitScreen):
    """A page whose cursor can stand on a question, which keys then answer."""

    WANTED: ClassVar[Mapping[str, str]] = {}
    """What a saved answer may still want (``proof``, ``note``, ``finding``) -> msgid of the sentence that says so; the
    cursor stays for these only."""
    DRAFT_KEPT: ClassVar[str] = ""
    """msgid of the sentence after a field was left without saving."""

    def __init__(self) -> None:
        super().__init__()
        self.unit = ""
        """Unit of the quantity that is being typed."""
        self.typing: Typing | None = None
        """None while no field is open."""
        self.going_on = False
        """True while an act is recorded after which the cursor goes on anyway: the question need not be drawn."""
        self._answered_at = -TOO_SOON
        self._asked_about: tuple[str, Value, str] | None = None
        """Path, number and text that were asked about before they are saved."""
        self._slipping = False
        """True while the keys that followed an answer too soon go on without a pause."""

    # For the page to write

    @property
    def here(self) -> tuple[str, str] | None:
        """(form, path) of the question under the cursor; None when it stands on something else."""
        raise NotImplementedError

    @property
    def tag(self) -> str:
        """Language of the question."""
        return language()

    def draw_question(self) -> None:
        """Nothing; draws the question under the cursor as it stands."""
        raise NotImplementedError

    def go_on(self, step: int = 1) -> None:
        """Nothing; the cursor goes to the next question, or (-1) to the one before."""
        raise NotImplementedError

    async def command_edit(self) -> None:
        """Nothing; what a click on the answer does: opens its field."""
        raise NotImplementedError

    def field_parent(self) -> Widget:
        """Where the field is mounted."""
        raise NotImplementedError

    def show_prompt(self) -> None:
        """Nothing; says over the field what is typed in it."""
        raise NotImplementedError

    def show_keys(self) -> None:
        """Nothing; a field was opened, or is closed: the hint bar may show other keys."""

    def focus_again(self) -> Widget | None:
        """What has the keys once the field is closed; None for the page itself."""
        return None

    def reasons_not_applicable(self) -> Sequence[str]:
        """Usual reasons why a question does not apply, for the digits."""
        return ()

    # The question under the cursor

    @property
    def state(self) -> "QuestionState":
        """The question under the cursor as it stands.

        Raises:
            KeyError: when there is none.
        """
        form, path = self.here or ("", "")
        return self.visit.filling(form).state(path)

    def offered(self) -> "Sequence[Choice]":
        """The choices of the question under the cursor."""
        here = self.here
        if here is None or self.state.question.type not in ("select_one", "select_multiple", "rank"):
            return ()
        filling: Filling = self.visit.filling(here[0])
        return filling.choices(here[1])

    def places_offered(self) -> list[str]:
        """What a digit writes where the question asks for a place: the places of the site, as they are called."""
        from assessor_tui.tui.shown.place_card import place_names

        return place_names(self.visit, self.state.question, self.tag) if self.here is not None else []

    def is_fixed(self) -> bool:
        """True when nobody can answer the question under the cursor."""
        now = self.state
        closed = self.here is not None and self.visit.is_closed(*self.here)
        return now.read_only or closed or now.question.type in ("calculate", "note", "hidden")

    def _now(self) -> str:
        """This moment, ISO 8601 as all times are shown: what "now" means where a time is typed."""
        from assessor_tui.ledger.clock import hong_kong_time

        return hong_kong_time(self.program.store.now()).isoformat()[:19]

    # By a digit

    def command_answer(self, key: str) -> None:
        """Nothing; the choice of this digit."""
        if self.is_slip(key):
            return
        now, number, offered = self.state, int(key), self.offered()
        if now.question.type == "acknowledge":
            if number == 1:
                self._choose("OK", now)
            else:
                self.say(_("Only 1 answers here."), "bold $doubt")
        elif not offered and number <= len(places := self.places_offered()):
            self._choose(places[number - 1], now)
        elif not offered:
            self.say(_("This question is not answered by a digit."), "bold $doubt")
        elif number > len(offered):
            words = _("There is no choice {key} here: choose from 1 to {count}.")
            self.say(words.format(key=key, count=len(offered)), "bold $doubt")
        else:
            self.take_choice(offered[number - 1].name)

    def is_slip(self, key: str) -> bool:
        """True, and says so, for a digit that came right after an answer, and for what is typed on without a pause.

        Without its first digit ``1200`` would be another number.
        """
        if not 0 <= self.program.key_time - self._answered_at < TOO_SOON:
            self._slipping = False
            return False
        if not (key.isdecimal() or self._slipping):
            return False
        self._slipping, self._answered_at = True, self.program.key_time
        words = _("{key} was ignored: it came within 0.3 seconds of the answer before.")
        self.say(words.format(key=key), "bold $doubt")
        return True

    def take_choice(self, name: str) -> None:
        """Nothing; answers with a choice, ticks it where several can be taken, gives it the next place of an order."""
        now = self.state
        if now.question.type == "rank":
            self._place_next(name)
        elif now.question.type == "select_multiple":
            self._tick(name, now)
        else:
            self._choose((name,), now)

    def _choose(self, value: Value, now: "QuestionState") -> None:
        form, path = self.here or ("", "")
        if now.status == "answered" and now.value == value and not self._is_disputed(form, path):
            self.record(acts.CLEAR, form, path, then=self._cleared)
            return
        self.going_on = True
        try:
            self.record(acts.ANSWER, form, path, value, then=self.answered)
        finally:
            self.going_on = False

    def _is_disputed(self, form: str, path: str) -> bool:
        standing = self.visit.state.standing(form, path)
        return standing is not None and standing.disputed

    def _tick(self, name: str, now: "QuestionState") -> None:
        form, path = self.here or ("", "")
        taken = names(now.value) if now.status == "answered" else ()
        ticked = tuple(each for each in taken if each != name) if name in taken else (*taken, name)
        if ticked:
            self.record(acts.ANSWER, form, path, ticked, then=self.say_saved)
        else:
            self.record(acts.CLEAR, form, path, then=self.say_saved)

    # An order

    @property
    def placed(self) -> tuple[str, ...]:
        """Choices of the rank under the cursor that have a place in the order which is being made."""
        if self.here is None or self.program.visit is None:
            return ()
        return tuple(self.program.store.local(self.visit.id, rank_key(*self.here), ()))

    def _place_next(self, name: str) -> None:
        """Gives a choice the next place, or takes its place away; the order is recorded when all have one."""
        if self.here is None:
            return
        before = self.placed
        placed = tuple(each for each in before if each != name) if name in before else (*before, name)
        known = [choice.name for choice in self.offered()]
        placed = tuple(each for each in placed if each in known)
        if len(placed) == len(known):
            self._save_order(placed)
            return
        self.program.store.set_local(self.visit.id, rank_key(*self.here), list(placed) or None)
        self.draw_question()

    def _save_order(self, placed: Sequence[str]) -> None:
        form, path = self.here or ("", "")
        self.program.store.set_local(self.visit.id, rank_key(form, path), None)
        now = self.state
        if now.status == "answered" and now.value == tuple(placed) and not self._is_disputed(form, path):
            self.draw_question()
            return
        self.record(acts.ANSWER, form, path, tuple(placed), then=self.answered)

    async def _order(self) -> None:
        """Opens the window in which the choices are put in order."""
        from assessor_tui.tui.shown.words import choice_label
        from assessor_tui.tui.windows.dialog import Option
        from assessor_tui.tui.windows.rank import Rank

        (form, path), now, known = self.here or ("", ""), self.state, self.offered()
        first = self.placed or (names(now.value) if now.status == "answered" else ())
        by_name = {choice.name: choice for choice in known}
        order = [name for name in first if name in by_name] + [name for name in by_name if name not in first]
        filling = self.visit.filling(form)
        options = [Option(name, choice_label(filling, path, by_name[name], self.tag)) for name in order]

        def done(placed: tuple[str, ...] | None) -> None:
            if placed:
                self._save_order(placed)

        await self.app.push_screen(Rank(_("Order"), options, filling.label(path, self.tag)), done)

    def _cleared(self, recorded: "Recorded") -> None:
        self._answered_at = self.program.key_time
        self.say_saved(recorded)

    def answered(self, recorded: "Recorded") -> None:
        """Nothing; says what was saved, and goes on when the answer wants nothing more."""
        self._answered_at = self.program.key_time
        self.say_saved(recorded)
        entry = recorded.entries[0][1]
        if self.here != (entry.form, entry.path):
            if self.going_on:
                self.draw_question()
        elif wanted := self.still_wanted():
            self.say(wanted, "bold $doubt")
            if self.going_on:
                self.draw_question()
        else:
            self.go_on()

    def still_wanted(self) -> str:
        """What the answer under the cursor still wants, as a sentence; ``""`` for nothing."""
        if self.here is None:
            return ""
        from assessor_tui.assess.left import demands_at
        from assessor_tui.i18n.asked_words import broken_words
        from assessor_tui.tui.shown.question_card import findings_about, ready_finding

        (form, path), now = self.here, self.state
        wrong = [problem for problem in now.problems if problem.code != "answer.required"]
        filling = self.visit.filling(form)
        if wrong:
            return broken_words(filling, path, wrong[0], self.tag)
        demanded = {problem.code for problem in demands_at(filling, self.visit.state, form, path)}
        if "demand.evidence" in demanded:
            return _(self.WANTED["proof"])
        if demanded:
            return _(self.WANTED["note"])
        if "finding" not in self.WANTED or not ready_finding(now.question, now):
            return ""
        return "" if findings_about(self.visit, now.question.number, f"{form}/{path}") else _(self.WANTED["finding"])

    def say_saved(self, recorded: "Recorded") -> None:
        """Nothing; the line over the keys says what was saved, when, and how to take it back."""
        from assessor_tui.tui.shown import words

        entry = recorded.entries[0][1]
        said = ""
        if entry.act == acts.ANSWER:
            said = words.value_words(self.visit.filling(entry.form), entry.path, entry.value, self.tag)
        said = said or {acts.CLEAR: _("answer taken back"), acts.NOTE: _("note")}.get(entry.act, "")
        said = said or words.status_words(entry.act)
        name = self.name_of(entry)
        if width_of(name) > (most := max(self.size.width // 2 - 16, 12)):
            name = fit(name, most)  # a question without a number is called by its label
        room = max(self.size.width - 44 - width_of(name), 10)
        if width_of(said) > room:
            said = fit(said, room)
        self.status(*saved_line(self.program.saved, f"{name}: {said}", "Ctrl+Z"))

    # Without an answer

    def command_clear(self) -> None:
        """Nothing; takes the answer back."""
        if self.placed and self.here is not None:
            self.program.store.set_local(self.visit.id, rank_key(*self.here), None)
            self.draw_question()
        elif self.here is None or self.state.status == "missing":
            self.say(_("There is no answer here."), "bold $doubt")
        else:
            self.record(acts.CLEAR, *self.here, then=self.say_saved)

    async def command_not_applicable(self) -> None:
        """Nothing; asks for the reason and records that the question does not apply."""
        with suppress(KeyError):  # a table is no question
            if not self.state.question.not_applicable:
                from assessor_tui.i18n.sentences import sentence
                from assessor_tui.problem import Problem

                self.say(sentence(Problem("visit.not_applicable_forbidden")), "bold $doubt")
                return
        usual = self.reasons_not_applicable()
        await self._ask_why(_("Not applicable"), _("Why does this not apply here?"), acts.NOT_APPLICABLE, usual)

    async def command_to_come(self) -> None:
        """Nothing; asks what comes, from whom, by when."""
        from assessor_tui.tui.windows.awaited_dialog import ask_awaited

        if self.here is None:
            self.say(_("Choose a question first."), "bold $doubt")
        elif self.is_fixed():
            self.say_fixed()
        else:
            await ask_awaited(self, *self.here, self.answered)

    async def _ask_why(self, title: str, text: str, act: str, usual: Sequence[str]) -> None:
        from assessor_tui.tui.windows.dialog import AskText

        here = self.here
        if here is None:
            self.say(_("Choose a question first."), "bold $doubt")
            return
        if self.visit.is_closed(*here, act):
            self.say_fixed()  # before a reason is typed for nothing
            return

        def answered(why: str | None) -> None:
            if why:
                self.record(act, *here, why=why, then=self.answered)

        await self.app.push_screen(AskText(title, text, usual=usual), answered)

    # By typing

    async def take_character(self, character: str) -> bool:
        """True when the character opened the field of a number, a date, a text, or the search among many choices."""
        if self.program.visit is None or self.typing is not None or self.here is None:
            return False
        from assessor_tui.tui.entry_text import opens_field

        plain = plain_character(character)
        if self.is_slip(plain):
            return True
        kind = self.state.question.type
        if self.is_fixed():
            if opens_field(kind, character):
                self.say_fixed()
                return True
            return False
        if kind == "text" and plain in "123456789" and int(plain) <= len(self.places_offered()):
            return False  # the digit of a place; any other character is typed
        if opens_field(kind, character):
            await self._open_answer(character if kind == "text" else plain)
            return True
        if kind != "rank" and len(self.offered()) > MOST_DIGITS and (plain.isalnum() or not plain.isascii()):
            await self._search(character)
            return True
        return False

    async def on_paste(self, event: "Paste") -> None:
        """Nothing; what is pasted where an answer is typed opens its field: a position out of a map, a number."""
        from assessor_tui.tui.entry_text import TYPED

        if self.typing is not None or self.program.visit is None or self.here is None or not event.text.strip():
            return
        if self.state.question.type not in TYPED:
            return
        event.stop()
        event.prevent_default()
        if self.is_fixed():
            self.say_fixed()
        else:
            await self._open_answer(event.text.strip())

    def say_fixed(self) -> None:
        """Nothing; says why nothing can be typed here."""
        if self.visit.signed:
            words = _("The visit is signed. Reopen it on the review page to change something.")
        else:
            words = _("This cannot be changed here.")
        self.say(words, "bold $doubt")

    async def open_answer(self) -> bool:
        """True when it opened what the question is answered with: field, search, file; False where a digit answers."""
        from assessor_tui.tui.entry_text import TYPED

        kind = self.state.question.type
        if kind in TYPED:
            await self._open_answer(None)
        elif kind == "rank":
            await self._order()
        elif len(self.offered()) > MOST_DIGITS:
            await self._search("")
        elif kind == "file":
            await self.command_document()
        else:
            return False
        return True

    async def _open_answer(self, start: str | None) -> None:
        """Opens the field: with ``start``, or (None) with the draft or the present answer."""
        from assessor_tui.ledger.typed import shown_text
        from assessor_tui.tui.entry_text import SEVERAL_LINES, stepped
        from assessor_tui.tui.widgets.field import LineField, StepField, TextField

        (form, path), now = self.here or ("", ""), self.state
        question = now.question
        key, value, units = draft_key(form, path), now.value, question.units
        text = self.program.store.local(self.visit.id, key, "") if start is None else start
        if start is None and not text and now.status == "answered":
            text = value.n if isinstance(value, Quantity) else value if isinstance(value, str) else ""
            text = shown_text(question, text) if isinstance(value, str) else text
        if question.type in SEVERAL_LINES:
            text = text.replace("; ", "\n")
        if units:
            last = value.u if isinstance(value, Quantity) else ""
            self.unit = last if last in units else self.unit if self.unit in units else units[0]
        several = question.type == "text" and (len(text) > LONG_TEXT or "\n" in text)
        several = several or question.type in SEVERAL_LINES
        kind = TextField if several else StepField if question.type == "range" else LineField
        field: LineField | TextField = kind(text, subject=key, id="field")
        if isinstance(field, StepField):
            field.stepped = lambda typed, step: stepped(question, typed, step)
        await self._open(field, Typing(ANSWER, form, path, several))
        if start is not None:
            # What was typed to open the field is a draft at once.
            self.program.store.set_local(self.visit.id, key, text)

    async def command_note(self) -> None:
        """Nothing; opens a field for a note on what the cursor stands on."""
        from assessor_tui.tui.widgets.field import TextField

        subject = self.subject()
        if self.typing is not None:
            return
        if subject is None:
            self.say(_("Choose a question or a row first."), "bold $doubt")
            return
        if self.visit.is_closed(*subject, acts.NOTE):
            self.say_fixed()
            return
        key, own = draft_key(*subject, note=True), self._own_note(*subject)
        text = self.program.store.local(self.visit.id, key, "") or (str(own[1].value) if own else "")
        await self._open(TextField(text, subject=key, id="field"), Typing(NOTE, *subject, several=True))

    def _own_note(self, form: str, path: str) -> "tuple[str, Entry] | None":
        own = [head for head in self.visit.state.notes(form, path) if self.program.store.wrote(head[1])]
        if self.visit.signed:  # what was signed stays as it is; another note stands beside it
            own = [head for head in own if head in self.visit.state.follow_ups()]
        return own[-1] if own else None

    async def _open(self, field: "LineField | TextField", typing: Typing) -> None:
        from assessor_tui.tui.widgets.field import open_field

        self.typing = typing
        parent = self.field_parent()
        await parent.mount(StatusLine(id="prompt"))
        self.show_prompt()
        await open_field(field, parent)
        self.show_keys()
        self.show_header(editing=True)

    async def step_range(self, step: int) -> bool:
        """True when it opened the field of a range with a number one step further, or (-1) back."""
        if self.program.visit is None or self.typing is not None or self.here is None:
            return False
        now = self.state
        if now.question.type != "range":
            return False
        if self.is_fixed():
            self.say_fixed()
            return True
        from assessor_tui.tui.entry_text import stepped

        draft = self.program.store.local(self.visit.id, draft_key(*self.here), "")
        stands = now.value.n if isinstance(now.value, Quantity) and now.status == "answered" else ""
        await self._open_answer(stepped(now.question, draft or stands, step))
        return True

    def action_unit(self, step: int) -> None:
        """Nothing; the next unit while a quantity is typed."""
        if self.typing is not None and self.typing.what == ANSWER and len(units := self.state.question.units) > 1:
            self.unit = units[(units.index(self.unit) + step) % len(units)]
            self.show_prompt()

    def on_input_changed(self, message: "Input.Changed") -> None:
        """Nothing; the line over the field follows what is typed in it."""
        # What was typed right before Enter can be told after it.
        if self._asked_about is not None and message.value.strip() != self._asked_about[2]:
            self._asked_about = None
            self.say("")
        if self.typing is not None and self.typing.what == ANSWER and self.query("#prompt"):
            self.show_prompt()

    def read_back(self) -> "list[Piece]":
        """What the text in the open field will be kept as, for the line over it; empty when it is spelled so."""
        from assessor_tui.tui.entry_text import read_back
        from assessor_tui.tui.widgets.field import LineField

        if self.typing is None or self.typing.what != ANSWER:
            return []
        if self._asked_about is not None:
            return [("Enter", "bold $accent-text"), f" {_('again saves it as it is')}   "]
        for field in self.query(LineField):
            said = read_back(self.state.question, field.value, self.visit.today, self.unit, self._now())
            return [(safe(said), "bold $good"), "   "] if said else []
        return []

    def on_draft(self, message: "Draft") -> None:
        """Nothing; keeps what is being typed, so that a crash does not take it."""
        message.stop()
        self.program.store.set_local(self.visit.id, message.source.subject, message.text or None)

    async def on_done(self, message: "Done") -> None:
        """Nothing; saves what was typed, or keeps it as a draft."""
        message.stop()
        typing = self.typing
        if typing is None or not message.source.is_attached:
            return  # of a field that is gone: the cursor may stand on another question already
        text, key, store = message.text.strip(), message.source.subject, self.program.store
        if message.how == "escape":
            if message.text != message.source.first:  # typed faster than drafts are handed out
                store.set_local(self.visit.id, key, message.text or None)
            await self._close_field()
            self.draw_question()
            if store.local(self.visit.id, key, ""):
                self.say(_(self.DRAFT_KEPT))
            return
        if typing.what == NOTE:
            await self._close_field()
            store.set_local(self.visit.id, key, None)
            self._save_note(typing, text, key)
            return
        from assessor_tui.tui.entry_text import answer_of

        question = self.visit.filling(typing.form).state(typing.path).question
        try:
            value = answer_of(question, text, self.visit.today, self.unit, self._now())
        except ValueError as error:
            self.say(str(error), "bold $doubt")
            return
        if self._is_doubted(typing, value, text):
            if message.how != "blur":
                self.show_prompt()
                return
            await self._close_field()
            store.set_local(self.visit.id, key, text)
            self.draw_question()
            return
        await self._close_field()
        store.set_local(self.visit.id, key, None)
        self._save_answer(typing, value, message.how, (key, text))
        self._answered_at = -TOO_SOON

    def _is_doubted(self, typing: Typing, value: Value | None, text: str) -> bool:
        """True, and says why, when a number is asked about before it is saved; the second time it is not."""
        now = self.visit.filling(typing.form).state(typing.path)
        asked, self._asked_about = self._asked_about, None
        if not isinstance(value, Quantity) or now.value == value or asked == (typing.path, value, text):
            return False
        doubt = self.visit.doubt(typing.form, typing.path, value)
        if doubt is None:
            return False
        from assessor_tui.i18n.sentences import sentence

        self._asked_about = (typing.path, value, text)
        self.say(sentence(doubt), "bold $doubt")
        return True

    def _save_answer(self, typing: Typing, value: Value | None, how: str, draft: tuple[str, str]) -> None:
        form, path = typing.form, typing.path
        now = self.visit.filling(form).state(path)
        on = how in ("enter", "next")
        if value is None and now.status != "missing":
            self.record(acts.CLEAR, form, path, then=self.say_saved)
        elif value is not None and not (now.status == "answered" and now.value == value):
            then = self._without_draft(draft[0], self.answered if on else self.say_saved)
            self._keep_refused(self.record(acts.ANSWER, form, path, value, then=then), *draft)
            on = False  # that was for ``answered`` to decide
        else:
            self.draw_question()
        if on:
            self.go_on()
        elif how == "previous":
            self.go_on(-1)

    def _keep_refused(self, recorded: "Recorded", key: str, text: str) -> None:
        """What may not be recorded, or not yet, is a draft again: nobody types it twice."""
        if recorded.problems:
            self.program.store.set_local(self.visit.id, key, text)
            self.draw_question()

    def _without_draft(self, key: str, then: "Callable[[Recorded], None]") -> "Callable[[Recorded], None]":
        """``then``, and no draft any more when one had been kept while the reason was asked for."""

        def done(recorded: "Recorded") -> None:
            kept = bool(self.program.store.local(self.visit.id, key, ""))
            if kept:
                self.program.store.set_local(self.visit.id, key, None)
            then(recorded)
            if kept:
                self.draw_question()

        return done

    def _save_note(self, typing: Typing, text: str, key: str) -> None:
        own = self._own_note(typing.form, typing.path)
        replaces = (acts.reference(own[1].device, own[1].seq, own[0]),) if own is not None else None
        if (own is not None and own[1].value == text) or not (text or replaces):
            self.draw_question()
            return
        then = self._without_draft(key, self.say_saved)
        recorded = self.record(acts.NOTE, typing.form, typing.path, text or None, replaces=replaces, then=then)
        self._keep_refused(recorded, key, text)

    async def _close_field(self) -> None:
        self.typing = None
        with suppress(KeyError):
            self.set_focus(self.focus_again())
        await self.query("#field, #prompt").remove()
        self.show_keys()
        self.show_header()

    async def _search(self, query: str) -> None:
        """Opens the search among many choices, or many rows."""
        from assessor_tui.tui.shown.words import choice_label
        from assessor_tui.tui.windows.choice_search import ChoiceSearch

        (form, path), now, tag = self.here or ("", ""), self.state, self.tag
        taken = names(now.value) if now.status == "answered" else ()
        filling = self.visit.filling(form)

        def ticked(name: str) -> tuple[str, ...]:
            self._tick(name, self.visit.filling(form).state(path))
            after = self.visit.filling(form).state(path)
            return names(after.value) if after.status == "answered" else ()

        def chosen(name: str | None) -> None:
            if name is not None:
                self.record(acts.ANSWER, form, path, (name,), then=self.answered)

        window = ChoiceSearch(
            filling.label(path, tag), self.offered(), lambda choice: choice_label(filling, path, choice, tag),
            taken=taken, query=query, tick=ticked if now.question.type == "select_multiple" else None,
        )  # fmt: skip
        await self.app.push_screen(window, chosen)

    # By the mouse

    async def on_card_clicked(self, message: Card.Clicked) -> None:
        """Nothing; does what the clicked part of the card asks for."""
        kind, _colon, rest = message.target.partition(":")
        self.program.key_time = message.time
        if kind == "choice":
            offered = self.offered()
            if MOST_DIGITS <= int(rest) < len(offered):
                self.take_choice(offered[int(rest)].name)
            else:
                self.command_answer(str(int(rest) + 1))
        elif kind == "answer":
            await self.command_edit()
        elif kind == "note":
            await self.command_note()
        elif kind in ("proof", "evidence"):
            await self.command_document()
        elif kind == "finding":
            await self.command_finding()
        elif kind == "conflict" and self.here is not None:
            self.open_conflict(*self.here)
        elif kind == "talk":
            await self.command_talk()


def draft_key(form: str, path: str, *, note: bool = False) -> str:
    """Key of the local state that keeps what is being typed at ``path``."""
    return f"draft:note:{form}/{path}" if note else f"draft:{form}/{path}"


def rank_key(form: str, path: str) -> str:
    """Key of the local state that keeps the order being made at ``path`` while some choices have no place in it."""
    return f"rank:{form}/{path}"
