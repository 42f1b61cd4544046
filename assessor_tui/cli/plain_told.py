"""What the line dialogue says: where the walk halts, the question there, what can be typed, what was saved."""

from collections.abc import Callable, Iterator, Mapping
from typing import NamedTuple

from assessor_tui.assess.left import is_demanded, progress
from assessor_tui.cli.answers import saved
from assessor_tui.cli.conflicts import conflict_lines, said_by
from assessor_tui.cli.returns import returned_at
from assessor_tui.cli.typed import spoken
from assessor_tui.form.model import LIST_TYPES, RANK, SILENT_TYPES, Group, Question, Repeat, in_language
from assessor_tui.i18n import N_, _
from assessor_tui.i18n.asked_words import example, typed_as
from assessor_tui.i18n.sentences import awaited_words
from assessor_tui.units import unit_name
from assessor_tui.visit import Recorded, Visit

COMMANDS: Mapping[str, str] = {
    "s": N_("skip"),
    "b": N_("back"),
    "n": N_("note"),
    "i": N_("guidance"),
    "-": N_("not applicable"),
    "+": N_("to come"),
    "c": N_("clear"),
    "r": N_("reply to what was returned"),
    "u": N_("undo"),
    "U": N_("redo"),
    "p": N_("photo"),
    "d": N_("document, or a record without a file"),
    "y": N_("history"),
    "w": N_("why it is asked, wrong or computed so; w and a name: of any question"),
    "l": N_("other language"),
    "o": N_("what is left to do"),
    "/": N_("find"),
    "?": N_("all commands"),
    "q": N_("stop"),
}
"""Command -> what it does. A line that begins with = is always an answer."""
_SHOWN = "nisbq?"
MOST_TOLD = 40
"""Choices that are told one by one; of more a part is typed."""


class Stop(NamedTuple):
    """Where the walk halts: a question, or a repeat with its rows."""

    form: str
    path: str
    node: Question | Repeat
    section: str
    """Path of the group it stands in, ``""`` for none."""


class Told:
    """Everything that is said of a visit; what is done in it stands in ``plain``."""

    def __init__(self, visit: Visit, tell: Callable[[str], None]) -> None:
        """``tell`` shows one line."""
        self.visit = visit
        self.tell = tell

    def stops(self) -> Iterator[Stop]:
        """Every question and repeat that is relevant, in walking order."""
        for form, filling in self.visit.fillings.items():
            sections: list[tuple[int, str]] = []
            for item in filling.items():
                while sections and sections[-1][0] >= item.depth:
                    sections.pop()
                if isinstance(item.node, Group):
                    sections.append((item.depth, item.path))
                elif item.kind == "repeat" or (isinstance(item.node, Question) and item.node.type not in SILENT_TYPES):
                    yield Stop(form, item.path, item.node, sections[-1][1] if sections else "")

    def _is_open(self, stop: Stop) -> bool:
        now = self.visit.filling(stop.form).state(stop.path)
        is_missing = now.status == "missing" and not self.visit.state.evidence(stop.form, stop.path)
        return is_missing and not self._is_at_hand(stop)

    def _is_at_hand(self, stop: Stop) -> bool:
        """True for what has no answer and is not asked on a visit of this size."""
        extent, filling = self.visit.extent, self.visit.filling(stop.form)
        if not extent.leaves_out(stop.node):
            return False
        if isinstance(stop.node, Repeat):
            return not filling.rows(stop.path)
        now = filling.state(stop.path)
        return now.status == "missing" and not is_demanded(now, full=extent.full)

    def _tell_stop(self, stop: Stop) -> None:
        self.tell("")
        visit, language = self.visit, self.visit.language
        filling = visit.filling(stop.form)
        where = [each for each in (in_language(visit.forms[stop.form].title, language),) if each]
        if stop.section:
            where.append(filling.label(stop.section, language))
        row = stop.path[: stop.path.rfind("]") + 1]
        if row:
            where.append(filling.row_label(row))
        places = [each.path for each in self.stops() if each.form == stop.form]
        self.tell(
            (
                _("{number} of {section}, question {place} of {count}")
                if stop.node.number
                else _("{section}, question {place} of {count}")
            ).format(
                number=stop.node.number,
                section=_(", ").join(where),
                place=places.index(stop.path) + 1,
                count=len(places),
            )
        )
        for note in self._notes_before(stop):
            self.tell(note)
        self.tell(filling.label(stop.path, language))
        if hint := filling.text(stop.path, "hint", language):
            self.tell(hint)
        for line in returned_at(visit, stop.form, stop.path):
            self.tell(line)
        if isinstance(stop.node, Repeat):
            self._tell_rows(stop)
        else:
            self._tell_question(stop, stop.node)

    def _notes_before(self, stop: Stop) -> list[str]:
        """What the form says between the question before and this one: its notes, and values computed to be read."""
        filling, language = self.visit.filling(stop.form), self.visit.language
        told: list[str] = []
        for item in filling.items():
            if item.path == stop.path:
                return told
            if not isinstance(item.node, Question) or item.node.type not in SILENT_TYPES:
                told = [] if isinstance(item.node, Question) else told
            elif item.node.type == "note":
                told.append(filling.label(item.path, language))
            elif (value := filling.state(item.path).value) is not None:
                told.append(f"{filling.label(item.path, language)}: {value}")
        return []

    def _tell_question(self, stop: Stop, question: Question) -> None:
        filling, language = self.visit.filling(stop.form), self.visit.language
        now = filling.state(stop.path)
        if question.type in LIST_TYPES:
            choices = filling.choices(stop.path)
            if len(choices) > MOST_TOLD:
                self.tell(_("{count} choices. Type a part of one.").format(count=len(choices)))
            else:
                for number, choice in enumerate(choices, 1):
                    self.tell(f"{number} {filling.choice_text(stop.path, choice, language)}")
        if question.type == RANK:
            self.tell(_("Type all numbers in the order that is meant, the foremost first, such as 2 1 3."))
        elif question.type in ("geotrace", "geoshape"):
            self.tell(_("Positions divided by ; such as {example}").format(example=example(question)))
        elif question.type not in ("date", "text") and (shown := example(question)):
            self.tell(f"{typed_as(question)}: {shown}")
        if question.type == "quantity":
            self.tell(
                _("A number with its unit: {units}").format(
                    units=_(", ").join(unit_name(unit, language) for unit in question.units)
                )
            )
        if self._is_at_hand(stop):
            self.tell(_("At hand: not asked on this visit."))
        demanded = [_("an answer")] if is_demanded(now, full=self.visit.extent.full) else []
        demanded += [_("proof")] if question.evidence else []
        if demanded:
            self.tell(_("Demanded: {what}").format(what=_(", ").join(demanded)))
        standing = self.visit.state.standing(stop.form, stop.path)
        if standing is not None and standing.disputed:
            self._tell_conflict(stop)
        elif now.status == "answered":
            self.tell(_("Now: {answer}").format(answer=spoken(self.visit, stop.form, stop.path, now.value, language)))
        elif now.status != "missing" and standing is not None:
            words = {"not applicable": _("not applicable"), "to come": _("to come")}
            why = standing.entry.why
            if now.status == "to come":
                why = awaited_words(why, self.visit.today)
            self.tell(_("Now: {answer}").format(answer=f"{words.get(now.status, now.status)} ({why})"))
        for _digest, entry in self.visit.state.notes(stop.form, stop.path):
            self.tell(_("Note of {person}: {text}").format(person=entry.person, text=entry.value))
        for _digest, entry in self.visit.state.evidence(stop.form, stop.path):
            self.tell(_("Proof: {what}").format(what=said_by(self.visit, entry)))

    def _tell_conflict(self, stop: Stop) -> None:
        for (_kind, form, path), conflict in self.visit.state.conflicts.items():
            if (form, path) == (stop.form, stop.path):
                for line in conflict_lines(self.visit, conflict)[1:]:
                    self.tell(line.strip())

    def _tell_rows(self, stop: Stop) -> None:
        filling = self.visit.filling(stop.form)
        rows = filling.rows(stop.path)
        self.tell(_("Rows: {count}").format(count=len(rows)))
        for number, row in enumerate(rows, 1):
            path = f"{stop.path}[{row}]"
            spoken_number = self.visit.state.row_number(stop.form, path, getattr(stop.node, "row_letter", ""))
            self.tell(f"{number} {filling.row_label(path)} ({spoken_number})")

    def _prompt(self, stop: Stop) -> str:
        if isinstance(stop.node, Repeat):
            rows = len(self.visit.filling(stop.form).rows(stop.path))
            parts = [_("{first}-{last} open").format(first=1, last=rows)] if rows else []
            if not stop.node.repeat_count:
                parts += [_("a add"), *([_("r N remove")] if rows else [])]
            parts += [_("s go on"), _("b back"), _("q stop")]
            return _("Rows [{commands}]: ").format(commands=", ".join(parts))
        shown = ", ".join(f"{key} {_(COMMANDS[key])}" for key in _SHOWN)
        digits = ""
        if stop.node.type in LIST_TYPES and (count := len(self.visit.filling(stop.form).choices(stop.path))):
            digits = f"1-{count}, " if count <= MOST_TOLD else ""
        return _("Answer [{commands}]: ").format(commands=digits + shown)

    def _tell_saved(self, recorded: Recorded, form: str) -> None:
        """The word that it is on disk, and how far the form and the visit are."""
        if not recorded.entries:
            self.tell(_("This stands already; nothing was recorded."))
            return
        full = self.visit.extent.full
        each = {
            name: progress(name, filling, self.visit.state, full=full)
            for name, filling in self.visit.checklists.items()
        }
        words = saved(recorded.entries[-1][1]) + "."
        if form in each:
            title = in_language(self.visit.forms[form].title, self.visit.language)
            words += " " + _("{form}: {done} of {asked}.").format(
                form=title, done=each[form].done, asked=each[form].asked
            )
        done, asked = sum(part.done for part in each.values()), sum(part.asked for part in each.values())
        self.tell(words + " " + _("Total {done} of {asked}.").format(done=done, asked=asked))

    def _line(self, stop: Stop) -> str:
        filling = self.visit.filling(stop.form)
        row = stop.path[: stop.path.rfind("]") + 1]
        inside = f" ({filling.row_label(row)})" if row else ""
        return f"{stop.node.number} {filling.label(stop.path, self.visit.language)}{inside}".strip()
