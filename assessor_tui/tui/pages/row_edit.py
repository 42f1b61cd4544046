"""A page with a table and, under it, the fields of the row under the cursor: what tables and findings share.

The page is in the table, or inside a row; inside, the arrow keys walk its fields, a digit or a typed character
answers, and only the field that is being typed is a text widget.
"""

from contextlib import suppress
from typing import TYPE_CHECKING, Any, ClassVar

from textual.app import ComposeResult
from textual.containers import Container, Vertical

from assessor_tui.i18n import _, language
from assessor_tui.ledger import entry as acts
from assessor_tui.ledger.value import Quantity, Value, names
from assessor_tui.tui.commands import WALK
from assessor_tui.tui.entry_text import TYPED, answer_of, opens_field
from assessor_tui.tui.input_keys import plain_character
from assessor_tui.tui.pages.walk import TOO_SOON, best_fit, draft_key
from assessor_tui.tui.visit_screen import Rule, VisitScreen
from assessor_tui.tui.widgets.card import Card, CardModel, card_lines, saved_line
from assessor_tui.tui.widgets.hint_bar import LineBar, StatusLine
from assessor_tui.tui.widgets.text import Piece, content, fit, left_right, safe, width_of
from assessor_tui.tui.widgets.virtual_list import Column, VirtualList, column_widths, columns_line

if TYPE_CHECKING:
    from assessor_tui.ledger.entry import Entry
    from assessor_tui.logic.filling import Filling, QuestionState
    from assessor_tui.tui.pages.row_lines import FieldLine
    from assessor_tui.tui.widgets.field import Done, Draft, LineField, TextField
    from assessor_tui.visit import Recorded

MOST_DIGITS = 9
LONG_TEXT = 60
"""Characters from which a text is edited in a field of several lines."""


class TitleLine(LineBar):
    """What the table is, and how many rows it has."""

    DEFAULT_CSS = "TitleLine { background: $background; color: $foreground; }"

    def __init__(self, *, id: str | None = None) -> None:
        super().__init__(id=id)
        self.left: tuple[Piece, ...] = ()
        self.right: tuple[Piece, ...] = ()

    def show(self, left: tuple[Piece, ...], right: tuple[Piece, ...] = ()) -> None:
        """Nothing; shows clean pieces at both ends."""
        if (left, right) != (self.left, self.right):
            self.left, self.right = left, right
            self.refresh()

    def line(self, width: int) -> list[Piece]:
        """The two ends."""
        return [left_right(content(" ", *self.left), content(*self.right, " "), width)]


class ColumnHeads(LineBar):
    """The headings over the columns of a table; a mark stands at the one it is sorted by."""

    DEFAULT_CSS = "ColumnHeads { background: $background; color: $muted; }"

    def __init__(self, *, id: str | None = None) -> None:
        super().__init__(id=id)
        self.columns: tuple[Column, ...] = ()
        self.sorted_by = -1

    def show(self, columns: tuple[Column, ...], sorted_by: int = -1) -> None:
        """Nothing; shows the titles of these columns."""
        self.columns, self.sorted_by = columns, sorted_by
        self.refresh()

    def line(self, width: int) -> list[Piece]:
        """The titles, over the columns of the list."""
        from assessor_tui.tui.widgets.glyphs import glyphs

        room = self.screen.query_one("#table").scrollable_content_region.width or width
        titles = [
            f"{glyphs().opened}{each.title}" if index == self.sorted_by else each.title
            for index, each in enumerate(self.columns)
        ]
        cells = [(title, "bold $accent-text" if index == self.sorted_by else "") for index, title in enumerate(titles)]
        return ["  ", columns_line(cells, self.columns, column_widths(self.columns, max(room - 2, 0)))]


class RowPage(VisitScreen):
    """A table over the fields of a row. A subclass fills the table and says which row the cursor stands on."""

    DEFAULT_CSS = """
    RowPage #page { width: 1fr; height: 1fr; }
    RowPage #table { height: 1fr; }
    RowPage #lower { height: 9; layout: vertical; }
    RowPage #fields { height: 1fr; width: 1fr; }
    RowPage #asked { height: auto; width: 1fr; display: none; }
    RowPage #asked Card { height: 1fr; }
    RowPage #entry { height: auto; }
    RowPage.-low #lower { height: 5; }
    RowPage.-tall #lower { height: 14; }
    RowPage.-inside #lower { height: 1fr; }
    RowPage.-inside #asked { display: block; height: 55%; border-top: solid $rule; }
    RowPage.-narrow.-inside #table { display: none; }
    RowPage.-narrow.-inside #heads { display: none; }
    RowPage.-narrow.-inside #between { display: none; }
    RowPage.-wide #lower { height: 50%; layout: horizontal; }
    RowPage.-wide #asked { display: block; height: 1fr; border-top: none; border-left: solid $rule; }
    RowPage.-alone #lower { display: none; }
    RowPage.-alone #between { display: none; }
    RowPage.-headless #heads { display: none; }
    """

    DIGITS_RUN: ClassVar[str] = "answer"
    """Command that the digits run."""

    def __init__(self) -> None:
        super().__init__()
        self.form = ""
        self.row = ""
        """Path of the row whose fields are shown; ``""`` for none."""
        self.inside = False
        """True while the cursor is among the fields of the row."""
        self.unit = ""
        self._editing = ""
        self._editing_path = ""
        self._several = False
        self._answered_at = -TOO_SOON

    def body(self) -> ComposeResult:
        """Title, table, and the row under it."""
        from assessor_tui.tui.pages.row_lines import draw_field

        with Vertical(id="page"):
            yield TitleLine(id="title")
            yield ColumnHeads(id="heads")
            yield VirtualList(self.draw_row, is_heading=self.is_heading, id="table")
            yield Rule(id="between")
            with Container(id="lower"):
                yield VirtualList(
                    draw_field, is_heading=lambda line: not self.inside or line.kind == "group", id="fields"
                )
                with Vertical(id="asked"):
                    yield Card(id="question")

    # For the page to write

    def draw_row(self, row: Any, width: int, cursor: bool) -> Any:
        """The line of a row of the table."""
        raise NotImplementedError

    def is_heading(self, row: Any) -> bool:
        """True for a line of the table that is no row."""
        return False

    # Drawing the row

    @property
    def table(self) -> "VirtualList[Any]":
        """The table."""
        return self.query_one("#table", VirtualList)

    @property
    def fields(self) -> "VirtualList[FieldLine]":
        """The fields of the row."""
        return self.query_one("#fields", VirtualList)

    @property
    def filling(self) -> "Filling":
        """The filling of the table's form."""
        return self.visit.filling(self.form)

    @property
    def field(self) -> "FieldLine | None":
        """The field under the cursor, while the cursor is inside a row."""
        return self.fields.row if self.inside else None

    @property
    def question_path(self) -> str:
        """Path of the question under the cursor; ``""`` in the table, or on a nested table."""
        line = self.field
        return line.path if line is not None and line.kind == "question" else ""

    @property
    def state(self) -> "QuestionState":
        """The question under the cursor as it stands."""
        return self.filling.state(self.question_path)

    def subject(self) -> tuple[str, str] | None:
        """The question under the cursor, else the row."""
        path = self.question_path or self.row
        return (self.form, path) if path else None

    def show_row(self, row_path: str, at: str = "") -> None:
        """Nothing; shows the fields of a row, the cursor on the question at ``at``."""
        self.row = row_path
        lines = self.lines_of(row_path) if row_path else []
        cursor = next((index for index, line in enumerate(lines) if line.path == at), None) if at else None
        if cursor is None and self.inside and self.fields.row is not None:
            here = self.fields.row.path
            cursor = next((index for index, line in enumerate(lines) if line.path == here), None)
        self.fields.set_rows(lines, cursor)
        self.draw_question()

    def lines_of(self, row_path: str) -> "list[FieldLine]":
        """The fields of a row as they are shown."""
        from assessor_tui.tui.pages.row_lines import field_lines

        return field_lines(self.visit, self.form, row_path, language(), hidden=self.onlookers)

    def draw_question(self) -> None:
        """Nothing; draws the question under the cursor as a card, and remembers the place."""
        path = self.question_path
        self.target = f"{self.form}/{path or self.row}" if path or self.row else self.target
        card = self.query_one("#question", Card)
        if not card.display:
            return
        if not path:
            card.show(self.row_card() if self.row else CardModel())
            return
        from assessor_tui.tui.widgets import question_card

        store = self.program.store
        tag = language()
        second = "en-HK" if tag != "en-HK" else "zh-Hant-HK"
        draft = store.local(self.visit.id, draft_key(self.form, path), "")
        look = question_card.Look(tag, second, self.onlookers, False, draft)
        model = question_card.card_of(self.visit, self.form, path, look)
        now = self.state
        if now.question.type in TYPED and now.status == "answered" and not self._is_fixed(now):
            model = model._replace(prompt=_("type a new answer; Enter edits this one"))
        page = question_card.guidance_of(self.visit, self.form, path, look)
        width = card.scrollable_content_region.width or self.size.width
        model = best_fit(model, page._replace(parts=page.parts[:1]), width, card.size.height or 10)
        parts = tuple(part._replace(key="") if part.target == "guidance" else part for part in model.parts)
        card.show(model._replace(parts=parts))
        self._make_room(len(card_lines(model._replace(parts=()), width)))

    def _make_room(self, lines: int) -> None:
        """On a narrow terminal the question gets the lines that its choices need, the fields around it the rest."""
        asked = self.query_one("#asked")
        if not (self.inside and self.has_class("-narrow")):
            asked.styles.clear_rule("height")
            return
        room = self.query_one("#lower").size.height
        height = max(min(lines + 1, room - (5 if room >= 15 else 3)), room // 2)
        if room and asked.size.height != height:
            asked.styles.height = height

    def row_card(self) -> CardModel:
        """What is said about the whole row beside its fields, where there is room."""
        from assessor_tui.tui.pages.row_lines import row_card

        return row_card(self.visit, self.form, self.row, language(), hidden=self.onlookers)

    def enter_row(self, at: str = "") -> None:
        """Nothing; the cursor goes into the row: to the question at ``at``, else to the first gap."""
        if not self.row:
            return
        self.inside = True
        self.add_class("-inside")
        if not at:
            lines = self.fields.rows
            gap = next((line for line in lines if line.state in ("missing", "problem") and line.asked), None)
            at = gap.path if gap is not None else next((line.path for line in lines if line.kind != "group"), "")
        self.show_row(self.row, at)
        self.set_focus(self.fields)
        self.show_title()
        self.show_hints()
        self.call_after_refresh(self.draw_question)

    def leave_row(self) -> None:
        """Nothing; the cursor goes back into the table."""
        self.inside = False
        self.remove_class("-inside")
        self.query_one("#asked").styles.clear_rule("height")
        self.show_row(self.row)
        self.set_focus(self.table)
        self.show_title()
        self.show_hints()

    def show_title(self) -> None:
        """Nothing; the page says what is shown."""

    def show_hints(self) -> None:
        """Nothing; shows the keys that fit the field under the cursor."""
        from assessor_tui.tui.widgets.hint_bar import HintBar

        hints = self.query_one(HintBar)
        if not self.inside:
            hints.show(self.not_in_table(), self.table_labels())
            return
        hidden = ("copy_row", "remove_row", "sort", "filter", "close_finding", "read_aloud")
        digits, path = self.DIGITS_RUN, self.question_path
        if not path:
            hints.show((*hidden, digits), {"open": _("open table")})
            return
        now = self.state
        offered = len(self._choices())
        if self._is_fixed(now):
            hints.show((*hidden, digits), {"open": _("next")})
        elif now.question.type == "acknowledge":
            hints.show(hidden, {digits: _("confirm"), "open": _("next")}, {digits: "1"})
        elif 0 < offered <= MOST_DIGITS:
            many = now.question.type == "select_multiple"
            labels = {digits: _("tick") if many else _("answer"), "open": _("next")}
            hints.show(hidden, labels, {digits: f"1-{offered}" if offered > 1 else "1"})
        elif now.question.type in TYPED or offered:
            keys = "a-z 0-9" if now.question.type == "text" else "0-9"
            hints.show(hidden, {digits: _("type"), "open": _("edit")}, {digits: keys})
        else:
            hints.show((*hidden, digits), {"open": _("next")})

    def why_not(self, command_id: str) -> str:
        """Why the command cannot run: a row is taken away in the table only, where one sees it whole."""
        if self.inside and command_id in ("remove_row", "sort", "filter"):
            return _("Go back to the table first: Backspace.")
        return ""

    def not_in_table(self) -> tuple[str, ...]:
        """Commands that the hint bar leaves out while the cursor is in the table."""
        return ("answer", "next_field", "row_clear")

    def table_labels(self) -> dict[str, str]:
        """Command id -> its words while the cursor is in the table."""
        return {"open": _("edit row")}

    def on_virtual_list_highlighted(self, message: VirtualList.Highlighted) -> None:
        """Nothing; shows the row or question that the cursor went to."""
        if self.program.visit is None:
            return
        if message.source.id == "fields":
            self.draw_question()
            self.show_hints()
        elif not self.inside:
            self.row_highlighted()

    def row_highlighted(self) -> None:
        """Nothing; the cursor stands on another line of the table."""

    def on_resize(self) -> None:
        """Nothing; another size has room for more or for less."""
        if self.program.visit is not None:
            self.call_after_refresh(self.draw_question)

    def language_changed(self) -> None:
        """Nothing; titles follow."""
        if self.program.visit is not None:
            self.show(self.target)

    # Going about

    async def on_virtual_list_chosen(self, message: VirtualList.Chosen) -> None:
        """Nothing; a second click does what Enter does."""
        await self.command_open()

    async def command_open(self) -> None:
        """Nothing; inside a row: opens the field, or goes on to the next."""
        line = self.field
        if line is None:
            await self.open_line()
        elif line.kind == "repeat":
            await self.open_nested(line.path)
        else:
            await self._edit_or_next()

    async def open_line(self) -> None:
        """Nothing; does what Enter means on the line of the table."""
        self.enter_row()

    async def open_nested(self, path: str) -> None:
        """Nothing; goes to the table inside this row."""
        from assessor_tui.tui.commands import ROWS

        await self.program.go(ROWS, f"{self.form}/{path}")

    async def _edit_or_next(self) -> None:
        now = self.state
        if self._is_fixed(now):
            self.command_next_field()
        elif now.question.type in TYPED:
            await self._open_answer(None)
        elif len(self._choices()) > MOST_DIGITS:
            await self._search("")
        elif now.question.type == "file":
            await self.command_document()
        else:
            self.command_next_field()

    def command_page_down(self) -> None:
        """Nothing; one screen down; scrolls the question where it is longer than its room."""
        self._page(1)

    def command_page_up(self) -> None:
        """Nothing; one screen up."""
        self._page(-1)

    def _page(self, pages: int) -> None:
        card = self.query_one("#question", Card)
        if self.inside and card.display and card.max_scroll_y > 0:
            card.scroll_page(pages)
        elif (rows := self.the_list()) is not None:
            rows.action_page(pages)

    def command_next_field(self) -> None:
        """Nothing; the next field; from the table, into the row."""
        self._step_field(1)

    def command_previous_field(self) -> None:
        """Nothing; the field before."""
        self._step_field(-1)

    def _step_field(self, step: int) -> None:
        if not self.inside:
            self.enter_row()
            return
        before = self.fields.cursor
        self.fields.action_cursor(step)
        if self.fields.cursor == before and step > 0:
            self.say(_("This is the last field. Backspace goes back to the table."))

    async def command_back(self) -> None:
        """Nothing; out of the row, else back to where one came from."""
        if self.inside:
            self.leave_row()
        else:
            await super().command_back()

    async def command_open_question(self) -> None:
        """Nothing; goes to the question in the walk."""
        if self.subject() is None:
            self.say(_("Choose a question or a row first."), "bold $doubt")
            return
        path = self.question_path or next((line.path for line in self.fields.rows if line.kind == "question"), "")
        await self.program.go(WALK, f"{self.form}/{path or self.row}")

    def command_history(self) -> None:
        """Nothing; who answered what, when and why."""
        from assessor_tui.tui.windows.history import History

        subject = self.subject()
        if self.onlookers:
            self.say(_("History is hidden. The same key as before shows it again."), "bold $doubt")
        elif subject is None:
            self.say(_("Choose a question or a row first."), "bold $doubt")
        else:
            self.app.push_screen(History(self.visit, *subject, language()))

    # Answering

    def _choices(self) -> tuple[Any, ...]:
        path = self.question_path
        if not path or self.state.question.type not in ("select_one", "select_multiple"):
            return ()
        return self.filling.choices(path)

    def _is_fixed(self, now: "QuestionState") -> bool:
        return now.read_only or self.visit.signed or now.question.type in ("calculate", "note")

    def command_answer(self, key: str) -> None:
        """Nothing; the choice of this digit."""
        if self.program.key_time - self._answered_at < TOO_SOON:
            said = _("{key} was ignored: it came within 0.3 seconds of the answer before.")
            self.say(said.format(key=key), "bold $doubt")
            return
        if not self.question_path:
            self.say(_("Enter opens the row; there a digit answers."), "bold $doubt")
            return
        now, number, offered = self.state, int(key), self._choices()
        if now.question.type == "acknowledge" and number == 1:
            self._choose("OK", now)
        elif not offered:
            self.say(_("This question is not answered by a digit."), "bold $doubt")
        elif number > len(offered):
            said = _("There is no choice {key} here: choose from 1 to {count}.")
            self.say(said.format(key=key, count=len(offered)), "bold $doubt")
        elif now.question.type == "select_multiple":
            self._tick(offered[number - 1].name, now)
        else:
            self._choose((offered[number - 1].name,), now)

    def _choose(self, value: Value, now: "QuestionState") -> None:
        if now.status == "answered" and now.value == value:
            self.record(acts.CLEAR, self.form, now.path, then=self._say_saved)
        else:
            self.record(acts.ANSWER, self.form, now.path, value, then=self._answered)

    def _tick(self, name: str, now: "QuestionState") -> None:
        taken = names(now.value) if now.status == "answered" else ()
        ticked = tuple(each for each in taken if each != name) if name in taken else (*taken, name)
        if ticked:
            self.record(acts.ANSWER, self.form, now.path, ticked, then=self._say_saved)
        else:
            self.record(acts.CLEAR, self.form, now.path, then=self._say_saved)

    def _answered(self, recorded: "Recorded") -> None:
        """Says what was saved and goes to the next field when the answer demands nothing more."""
        self._answered_at = self.program.key_time
        self._say_saved(recorded)
        entry = recorded.entries[0][1]
        if entry.path != self.question_path:
            return
        from assessor_tui.assess.left import demands_at
        from assessor_tui.tui.widgets.question_card import problem_words

        now = self.state
        wrong = [problem for problem in now.problems if problem.code != "answer.required"]
        demanded = {problem.code for problem in demands_at(self.filling, self.visit.state, self.form, entry.path)}
        if wrong:
            self.say(problem_words(now.question, wrong[0], language()), "bold $doubt")
        elif "demand.evidence" in demanded:
            self.say(_("Saved; it needs proof: F3 photo, F4 document. Tab goes on."), "bold $doubt")
        elif demanded:
            self.say(_("Saved; it needs a note: F2. Tab goes on."), "bold $doubt")
        else:
            self._step_field(1)

    def _say_saved(self, recorded: "Recorded") -> None:
        from assessor_tui.tui import words

        entry = recorded.entries[0][1]
        said = ""
        if entry.act == acts.ANSWER:
            said = words.value_words(self.visit.filling(entry.form), entry.path, entry.value, language())
        said = said or {acts.CLEAR: _("answer taken back"), acts.NOTE: _("note")}.get(entry.act, "")
        name = self.name_of(entry)
        room = max(self.size.width - 46 - width_of(safe(name)), 8)
        shown = safe(said or words.status_words(entry.act))
        self.status(
            *saved_line(
                self.program.saved, f"{name}: {fit(shown, room) if width_of(shown) > room else shown}", "Ctrl+Z"
            )
        )

    def command_row_clear(self) -> None:
        """Nothing; takes the answer back."""
        path = self.question_path
        if not path or self.state.status == "missing":
            self.say(_("There is no answer here."), "bold $doubt")
        else:
            self.record(acts.CLEAR, self.form, path, then=self._say_saved)

    async def command_row_not_applicable(self) -> None:
        """Nothing; asks for the reason and records that the question does not apply."""
        usual = [_("does not exist here"), _("not in operation in the period"), _("belongs to somebody else")]
        await self._ask_why(_("Not applicable"), _("Why does this not apply here?"), acts.NOT_APPLICABLE, usual)

    async def command_row_to_come(self) -> None:
        """Nothing; asks what comes, from whom, by when."""
        await self._ask_why(_("To come"), _("What comes, from whom, by when?"), acts.TO_COME, [])

    async def _ask_why(self, title: str, text: str, act: str, usual: list[str]) -> None:
        from assessor_tui.tui.windows.dialog import AskText

        path = self.question_path
        if not path:
            self.say(_("Choose a question first."), "bold $doubt")
            return

        def answered(why: str | None) -> None:
            if why:
                self.record(act, self.form, path, why=why, then=self._answered)

        await self.app.push_screen(AskText(title, text, usual=usual), answered)

    async def _search(self, query: str) -> None:
        """Opens the search among many choices, or many rows."""
        from assessor_tui.form.model import in_language
        from assessor_tui.tui.windows.dialog import SearchList, entry

        now, tag = self.state, language()
        taken = names(now.value) if now.status == "answered" else ()
        entries = [
            entry(
                choice.name, in_language(choice.label, tag), also=" ".join(choice.label.values()),
                detail=_("chosen") if choice.name in taken else "",
            )
            for choice in self._choices()
        ]  # fmt: skip

        def chosen(name: str | None) -> None:
            if name is None:
                return
            if now.question.type == "select_multiple":
                self._tick(name, now)
            else:
                self.record(acts.ANSWER, self.form, now.path, (name,), then=self._answered)

        await self.app.push_screen(SearchList(self.filling.label(now.path, tag), entries, query=query), chosen)

    # Typing

    async def take_character(self, character: str) -> bool:
        """True when the character opened the field of a number, a date, a text, or the search among many choices."""
        if self.program.visit is None or self._editing or not self.question_path:
            return False
        now = self.state
        if self._is_fixed(now):
            return False
        if opens_field(now.question.type, character):
            plain = plain_character(character)
            await self._open_answer(character if now.question.type == "text" else plain)
            return True
        if len(self._choices()) > MOST_DIGITS and plain_character(character).isalnum():
            await self._search(character)
            return True
        return False

    async def _open_answer(self, start: str | None) -> None:
        """Opens the field: with ``start``, or (None) with the draft or the present answer."""
        from assessor_tui.tui.widgets.field import LineField, TextField

        now = self.state
        key, store = draft_key(self.form, now.path), self.program.store
        text = store.local(self.visit.id, key, "") if start is None else start
        if start is None and not text and now.status == "answered":
            value = now.value
            text = value.n if isinstance(value, Quantity) else value if isinstance(value, str) else ""
        if now.question.units:
            last = now.value.u if isinstance(now.value, Quantity) else ""
            units = now.question.units
            self.unit = last if last in units else self.unit if self.unit in units else units[0]
        long = now.question.type == "text" and (len(text) > LONG_TEXT or "\n" in text)
        await self._open((TextField if long else LineField)(text, subject=key, id="field"), "answer", now.path)
        if start is not None:
            store.set_local(self.visit.id, key, text)

    async def command_note(self) -> None:
        """Nothing; opens a field for a note on this question or row."""
        from assessor_tui.tui.widgets.field import TextField

        subject = self.subject()
        if subject is None or self._editing:
            self.say(_("Choose a question or a row first."), "bold $doubt")
            return
        if self.visit.signed:
            self.say(_("The visit is signed. Reopen it on the review page to change something."), "bold $doubt")
            return
        form, path = subject
        key, own = draft_key(form, path, note=True), self._own_note(path)
        text = self.program.store.local(self.visit.id, key, "") or (str(own[1].value) if own else "")
        await self._open(TextField(text, subject=key, id="field"), "note", path)

    def _own_note(self, path: str) -> "tuple[str, Entry] | None":
        device = self.program.store.device
        notes = self.visit.state.notes(self.form, path)
        own = [head for head in notes if device is not None and head[1].device == device.id]
        return own[-1] if own else None

    async def _open(self, field: "LineField | TextField", kind: str, path: str) -> None:
        from assessor_tui.tui.widgets.field import open_field

        self._editing, self._editing_path, self._several = kind, path, field.LINES > 1
        asked = self.query_one("#asked")
        place = asked if asked.display else self.query_one("#lower")
        await place.mount(StatusLine(id="prompt"))
        self._show_prompt()
        await open_field(field, place)
        self.show_header(editing=True)

    def _show_prompt(self) -> None:
        accent = "bold $accent-text"
        line = self.query_one("#prompt", StatusLine)
        if self._several:
            title = _("Note") if self._editing == "note" else ""
            line.say((title, "bold"), "  ", ("Ctrl+S", accent), f" {_('or')} ", ("Tab", accent), f" {_('save')}   ",
                     ("Esc", accent), f" {_('leave')}")  # fmt: skip
            return
        question = self.state.question
        pieces: list[Any] = []
        if question.units:
            pieces += [(safe(self.unit), "bold"), "   "]
            if len(question.units) > 1:
                pieces += [("Up/Down", accent), f" {_('unit')}   "]
        elif question.type == "date":
            pieces += [(_("2026-11-12, 12/11/2026 or 12"), "$muted"), "   "]
        pieces += [("Enter", accent), f" {_('save and go on')}   ", ("Esc", accent), f" {_('leave')}"]
        line.say(*pieces)

    def action_unit(self, step: int) -> None:
        """Nothing; the next unit while a quantity is typed."""
        if self._editing == "answer" and len(units := self.state.question.units) > 1:
            self.unit = units[(units.index(self.unit) + step) % len(units)]
            self._show_prompt()

    def on_draft(self, message: "Draft") -> None:
        """Nothing; keeps what is being typed, so that a crash does not take it."""
        message.stop()
        self.program.store.set_local(self.visit.id, message.source.subject, message.text or None)

    async def on_done(self, message: "Done") -> None:
        """Nothing; saves what was typed, or keeps it as a draft."""
        message.stop()
        if not message.source.is_attached:
            return  # of a field that is gone
        text, key, path = message.text.strip(), message.source.subject, self._editing_path
        if message.how == "escape":
            await self._close_field()
            self.draw_question()
            if self.program.store.local(self.visit.id, key, ""):
                self.say(_("Not saved; the text is kept as a draft. Enter goes on typing."))
            return
        if self._editing == "note":
            await self._close_field()
            self._save_note(text, key, path)
            return
        try:
            value = answer_of(self.filling.state(path).question, text, self.visit.today, self.unit)
        except ValueError as error:
            self.say(str(error), "bold $doubt")
            return
        await self._close_field()
        self.program.store.set_local(self.visit.id, key, None)
        self._save_answer(value, path, on=message.how in ("enter", "next"), back=message.how == "previous")

    def _save_answer(self, value: Value | None, path: str, *, on: bool, back: bool) -> None:
        now = self.filling.state(path)
        if value is None and now.status != "missing":
            self.record(acts.CLEAR, self.form, path, then=self._say_saved)
        elif value is not None and not (now.status == "answered" and now.value == value):
            recorded = self.record(acts.ANSWER, self.form, path, value, then=self._answered if on else self._say_saved)
            on = False
            if recorded.problems:
                self.draw_question()
        else:
            self.draw_question()
        if on or back:
            self._step_field(-1 if back else 1)
        self._answered_at = -TOO_SOON

    def _save_note(self, text: str, key: str, path: str) -> None:
        own = self._own_note(path)
        self.program.store.set_local(self.visit.id, key, None)
        replaces = (acts.reference(own[1].device, own[1].seq, own[0]),) if own is not None else None
        if (own is not None and own[1].value == text) or not (text or replaces):
            self.draw_question()
        else:
            self.record(acts.NOTE, self.form, path, text or None, replaces=replaces, then=self._say_saved)

    async def _close_field(self) -> None:
        self._editing = ""
        with suppress(KeyError):
            self.set_focus(self.fields if self.inside else self.table)
        await self.query("#field, #prompt").remove()
        self.show_header()

    # The mouse

    async def on_card_clicked(self, message: Card.Clicked) -> None:
        """Nothing; does what the clicked part of the card asks for."""
        kind, _colon, rest = message.target.partition(":")
        self.program.key_time = message.time
        if not self.inside:
            return
        if kind == "choice":
            self.command_answer(str(int(rest) + 1))
        elif kind == "answer":
            await self._edit_or_next()
        elif kind == "note":
            await self.command_note()
        elif kind in ("proof", "evidence"):
            await self.command_document()
        elif kind == "finding":
            await self.command_finding()
