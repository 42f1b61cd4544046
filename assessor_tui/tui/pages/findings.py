"""The findings of a visit, those that answers call for, and the fields of the finding under the cursor."""

from typing import TYPE_CHECKING, Any, ClassVar, NamedTuple

from textual.content import Content

from assessor_tui.form.model import GRADES
from assessor_tui.i18n import _, language, ngettext
from assessor_tui.ledger import entry as acts
from assessor_tui.tui.commands import FINDINGS, ROWS, WALK, bindings
from assessor_tui.tui.pages.answering import UNIT_KEYS
from assessor_tui.tui.pages.row_edit import ColumnHeads, RowPage, TitleLine
from assessor_tui.tui.shown.findings import DONE, Finding, Ready
from assessor_tui.tui.widgets.glyphs import mark
from assessor_tui.tui.widgets.text import content, safe
from assessor_tui.tui.widgets.virtual_list import Column, column_widths, columns_line

if TYPE_CHECKING:
    from assessor_tui.tui.pages.row_lines import FieldLine
    from assessor_tui.tui.widgets.card import CardModel
    from assessor_tui.visit import Recorded

OPEN, ALL, MINE = "open", "all", "mine"
SHOWS = (OPEN, ALL, MINE)
SORTS = ("grade", "question", "due", "number")

WIDE = 100
"""Cells from which a line also says who sees to the finding."""

_STYLES = {"veto": "bold $bad", "major": "bold $bad", "minor": "$doubt", "good_practice": "$good"}


class FindingLine(NamedTuple):
    """One line of the table: a finding, a ready one (``path`` is ``""``), or a heading."""

    kind: str
    """``finding``, ``ready`` or ``heading``."""
    path: str = ""
    number: str = ""
    grade: str = ""
    level: str = ""
    asked: str = ""
    text: str = ""
    owner: str = ""
    due: str = ""
    warned: bool = False
    done: bool = False
    correction: str = ""
    """``open``, ``overdue``, ``reported``, ``verified``; ``""`` where nothing is to correct."""
    about: tuple[str, str] | None = None


def columns(room: int) -> tuple[Column, ...]:
    """The columns of the table in ``room`` cells."""
    return (
        Column(7, _("No.")),
        Column(15, _("Grade")),
        Column(8, _("Question"), rank=2),
        Column(20, _("Finding"), grows=True),
        Column(30, _("Owner / due")) if room >= WIDE else Column(11, _("Due"), rank=1),
    )


def _due(row: FindingLine, cursor: bool, wide: bool) -> tuple[str, str]:
    """By when it is to be corrected, or how far that is, with its style."""
    word = {"overdue": _("overdue"), "reported": _("to verify"), "verified": _("verified")}.get(row.correction, "")
    style = "" if cursor else {"overdue": "$bad", "reported": "$doubt"}.get(row.correction, "$muted")
    if wide:
        return "  ".join(part for part in (word, row.owner) if part), style
    # Where there is room for one thing only, a day that is past says it by its colour and its mark.
    return (f"{row.due}!" if row.correction == "overdue" else word or row.due), style


class FindingsScreen(RowPage):
    """Findings and what calls for one."""

    PLACE = FINDINGS
    DIGITS_RUN = "level"
    BINDINGS: ClassVar[list[Any]] = [
        *bindings(FINDINGS),
        *UNIT_KEYS,
    ]

    DEFAULT_CSS = """
    FindingsScreen.-ready #asked { display: block; height: 1fr; border-top: none; }
    FindingsScreen.-narrow.-ready #fields { display: none; }
    """

    def __init__(self) -> None:
        super().__init__()
        self.shows = OPEN
        self.sort = SORTS[0]
        self.findings: list[Finding] = []

    def is_heading(self, row: Any) -> bool:
        """True for the line over the ready findings."""
        return bool(row.kind == "heading")

    def draw_row(self, row: FindingLine, width: int, cursor: bool) -> Content:
        """A finding under its columns."""
        if row.kind == "heading":
            return content((safe(row.text), "bold $accent-text"))
        plain = cursor or row.done
        muted = "" if cursor else "$muted"
        style = "" if plain else _STYLES.get(row.grade, "")
        sign = mark("warning") if row.warned else mark("answered") if row.done else " "
        cells: list[str | tuple[str, str]] = [
            (row.number or "+", "bold" if row.path else "$accent-text"),
            (f"{sign} {row.level}", style),
            (row.asked, muted),
            (row.text, muted if row.done or not row.path else ""),
            _due(row, cursor, width >= WIDE),
        ]
        shown = columns(width)
        return columns_line(cells, shown, column_widths(shown, width))

    # Drawing

    def show(self, target: str = "") -> None:
        """Nothing; draws the findings, the cursor on the row or question at ``target``."""
        form, _slash, path = (target or self.target).partition("/")
        self.form = self.visit.scheme.findings_form
        row = path[: path.rindex("]") + 1] if form == self.form and "]" in path else ""
        if row and target and row not in {each.path for each in self._shown(OPEN)}:
            self.shows = ALL
        if target and self.inside and path == row:
            self.inside = False
            self.remove_class("-inside")
        self._draw(row)
        if row and path != row and self.row == row:
            self.enter_row(path)

    def changed(self, recorded: "Recorded") -> None:
        """Nothing; draws the findings again, the cursor on one that was just written."""
        entry = recorded.entries[0][1]
        self._draw(entry.path if entry.act == acts.ADD_ROW and entry.form == self.form else "")

    def undone(self, recorded: "Recorded") -> None:
        """Nothing; the cursor goes to the finding that came back."""
        entry = recorded.entries[0][1]
        if entry.form == self.form and "]" in entry.path:
            self._draw(entry.path[: entry.path.index("]") + 1])

    def _shown(self, shows: str) -> list[Finding]:
        from assessor_tui.tui.shown.findings import findings_of

        found = findings_of(self.visit)
        if shows == OPEN:
            return [each for each in found if each.status not in DONE]
        if shows == MINE:
            return self._mine(found)
        return found

    def _mine(self, found: list[Finding]) -> list[Finding]:
        from assessor_tui.tui.shown.findings import question_of
        from assessor_tui.tui.shown.mine import mine_in

        visit, form, is_mine = self.visit, self.visit.scheme.findings_form, mine_in(self.visit)
        places = {each.path: question_of(visit, each.about) for each in found}
        heads = {each.path: visit.state.row_heads(form, each.path) for each in found}
        return [
            each
            for each in found
            if is_mine([about] if (about := places[each.path]) else [], [entry for _hash, entry in heads[each.path]])
        ]

    def _draw(self, row: str = "") -> None:
        from assessor_tui.tui.shown.findings import about_words, contradiction, ready_findings
        from assessor_tui.tui.shown.question_card import grade_words

        visit = self.visit
        self.findings = self._shown(self.shows)
        lines = []
        for each in sorted(self.findings, key=self._sort_key):
            warned = not self.onlookers and bool(contradiction(visit, each))
            owner = "  ".join(part for part in (each.due, each.owner) if part)
            lines.append(
                FindingLine(
                    "finding", each.path, each.number, each.grade, grade_words(each.grade) or _("no grade"),
                    about_words(visit, each.about), each.text, owner, each.due, warned, each.status in DONE,
                    self._correction(each),
                )
            )  # fmt: skip
        ready: list[Ready] = [] if self.onlookers else ready_findings(visit)
        if ready:
            count = len(ready)
            said = ngettext(
                "{count} answer calls for a finding; Enter writes it",
                "{count} answers call for a finding; Enter writes it",
                count,
            )
            lines.append(FindingLine("heading", text=said.format(count=count)))
            lines += [self._ready_line(each) for each in ready]
        wanted = row or self.row
        cursor = next((index for index, line in enumerate(lines) if line.path and line.path == wanted), None)
        self.table.empty = {
            OPEN: _("No open findings. + writes one; F5 writes one from a question."),
            ALL: _("No findings yet. + writes one; F5 writes one from a question."),
            MINE: _("No findings of yours. + writes one."),
        }[self.shows]
        self.table.set_rows(lines, max(self.table.cursor, 0) if cursor is None else cursor)
        self.query_one("#heads", ColumnHeads).show(
            columns(self.size.width), {"grade": 1, "question": 2, "due": 4, "number": 0}[self.sort]
        )
        here = self.table.row
        if self.inside and (here is None or here.path != self.row):
            self.row = ""
            self.leave_row()
        self._show_line()
        self.set_focus(self.fields if self.inside else self.table)
        self.show_title()
        self.show_hints()
        self.show_header()

    def _correction(self, each: Finding) -> str:
        from assessor_tui.assess.corrections import correction_of

        # A visit's own day is past when its corrections fall due: here the clock of the laptop is asked.
        return correction_of(each.grade, each.status, each.due, max(self.program.today, self.visit.today))

    def _ready_line(self, ready: Ready) -> FindingLine:
        from assessor_tui.tui.shown.findings import blanks, filled
        from assessor_tui.tui.shown.question_card import grade_words
        from assessor_tui.tui.shown.rows import row_around, spoken_number

        row = row_around(ready.path)
        words = {"where": self.visit.filling(ready.form).row_label(row)} if row else {}
        text = filled(ready.text, language(), words)
        if row and "where" not in blanks(ready.text, language()):
            text = f"{spoken_number(self.visit, ready.form, row)}: {text}"
        return FindingLine(
            "ready", grade=ready.grade, level=grade_words(ready.grade), asked=ready.number, text=text,
            about=(ready.form, ready.path),
        )  # fmt: skip

    def _sort_key(self, each: Finding) -> tuple[Any, ...]:
        from assessor_tui.tui.shown.findings import about_words

        grade = GRADES.index(each.grade) if each.grade in GRADES else -1
        asked = [int(piece) if piece.isdecimal() else 0 for piece in about_words(self.visit, each.about).split(".")]
        return {
            "grade": (each.status in DONE, grade),
            "question": (not each.about, asked),
            "due": (not each.due, each.due),
            "number": (each.number,),
        }[self.sort]

    def show_title(self) -> None:
        """Nothing; which findings are shown, how many there are."""
        every = self._shown(ALL)
        opened = [each for each in every if each.status not in DONE]
        grave = sum(each.grade in ("veto", "major") for each in opened)
        left: list[Any] = [(f"{_('Show')}  ", "$muted")]
        for shows, word in ((OPEN, _("not closed")), (ALL, _("all")), (MINE, _("mine"))):
            left.append(
                (
                    f"[{word}]" if shows == self.shows else f" {word} ",
                    "bold $accent-text" if shows == self.shows else "",
                )
            )
        if self.inside and self.has_class("-narrow") and self.table.row is not None:
            here = self.table.row
            left = [
                (f"{here.number}  ", "bold"),
                (safe(here.level), _STYLES.get(here.grade, "")),
                f"  {safe(here.text)}",
            ]
            self.query_one("#title", TitleLine).show(tuple(left))
            return
        said = [ngettext("{count} open", "{count} open", len(opened)).format(count=len(opened))]
        if grave:
            said.append(_("{count} veto or major").format(count=grave))
        corrections = [self._correction(each) for each in every]
        if overdue := corrections.count("overdue"):
            said.append(_("{count} overdue").format(count=overdue))
        if reported := corrections.count("reported"):
            said.append(_("{count} to verify").format(count=reported))
        if done := len(every) - len(opened):
            said.append(_("{count} closed").format(count=done))
        self.query_one("#title", TitleLine).show(tuple(left), ("   ".join(said),))

    def lines_of(self, row_path: str) -> "list[FieldLine]":
        """As ``RowPage``; the question the finding belongs to by its number and label."""
        from assessor_tui.tui.shown.findings import question_of
        from assessor_tui.tui.shown.rows import place_words

        lines = super().lines_of(row_path)
        for index, line in enumerate(lines):
            found = question_of(self.visit, line.value) if line.path == f"{row_path}/question" else None
            if found is not None:
                lines[index] = line._replace(value=place_words(self.visit, *found, language()))
        return lines

    def show_row(self, row_path: str, at: str = "") -> None:
        """Nothing; also says over the fields where grade and answer do not agree."""
        super().show_row(row_path, at)
        said = self._contradiction(row_path)
        self.status(*((f"{mark('warning')} {said}", "$doubt"),) if said else ())

    def _contradiction(self, row_path: str) -> str:
        from assessor_tui.tui.shown.findings import contradiction

        finding = next((each for each in self.findings if each.path == row_path), None)
        return contradiction(self.visit, finding) if finding is not None and not self.onlookers else ""

    def row_card(self) -> "CardModel":
        """The question that the finding belongs to, to read."""
        from assessor_tui.tui.shown import question_card
        from assessor_tui.tui.widgets.card import Remark

        line = self.table.row
        if line is None:
            return super().row_card()
        found = self._question()
        if found is None:
            return super().row_card()
        look = question_card.Look(language(), "", self.onlookers)
        form, path = found
        card = question_card.card_of(self.visit, form, path, look)
        said = self._contradiction(line.path)
        remarks = (Remark(said, "warning"), *card.remarks) if said else card.remarks
        return card._replace(remarks=remarks, prompt=_("Right opens this question"))

    def _question(self) -> tuple[str, str] | None:
        """(form, path) of the question that the line under the cursor belongs to or calls for a finding."""
        from assessor_tui.tui.shown.findings import question_of

        line: FindingLine | None = self.table.row
        if line is None or line.about is not None:
            return line.about if line is not None else None
        finding = next((each for each in self.findings if each.path == line.path), None)
        return question_of(self.visit, finding.about) if finding is not None else None

    def not_in_table(self) -> tuple[str, ...]:
        """As ``RowPage``."""
        line = self.table.row
        away = (*super().not_in_table(), "flag")
        if line is None:
            return (*away, "level", "open", "remove_row", "note", "photo", "document", "finding", "close_finding")
        return away if line.path else (*away, "level", "remove_row", "note", "photo", "document", "close_finding")

    def table_labels(self) -> dict[str, str]:
        """As ``RowPage``."""
        line = self.table.row
        return {"open": _("write it") if line is not None and not line.path else _("edit")}

    def row_highlighted(self) -> None:
        """Nothing; shows the fields of the finding under the cursor."""
        self._show_line()
        self.show_hints()

    def _show_line(self) -> None:
        line = self.table.row
        self.set_class(line is not None and not line.path, "-ready")
        self.show_row(line.path if line is not None else "")
        self.call_after_refresh(self.draw_question)

    def on_resize(self) -> None:
        """Nothing; another width has room for other columns."""
        super().on_resize()
        if self.program.visit is not None:
            self.call_after_refresh(self._draw)

    def draw_question(self) -> None:
        """Nothing; a ready finding shows its question."""
        line = self.table.row
        super().draw_question()
        if not self.inside and line is not None and not line.path:
            from assessor_tui.tui.widgets.card import Card

            card = self.query_one("#question", Card)
            if card.display:
                card.show(self.row_card())

    # Doing

    def why_not(self, command_id: str) -> str:
        """Why the line under the cursor does not take the command."""
        line = self.table.row if self.program.visit is not None else None
        if command_id in ("remove_row", "close_finding", "level") and (line is None or not line.path):
            return _("There is no finding here.")
        return super().why_not(command_id)

    def subject(self) -> tuple[str, str] | None:
        """The question under the cursor, else the finding, else the question that calls for one."""
        line: FindingLine | None = self.table.row
        if not self.inside and line is not None and line.about is not None:
            return line.about
        return super().subject()

    async def _add_evidence(self, kind: str) -> None:
        """As ``VisitScreen``; a finding's proof belongs to its objective evidence, where the form asks for it."""
        from assessor_tui.tui.windows.evidence_dialog import add_evidence

        line: FindingLine | None = self.table.row
        place = f"{line.path}/objective_evidence" if line is not None else ""
        if line is not None and line.correction in ("reported", "verified"):
            proof = f"{line.path}/proof_kind"
            place = proof if proof in {each.path for each in self.fields.rows} else place
        if not self.inside and place in {each.path for each in self.fields.rows}:
            await add_evidence(self, self.form, place, kind)
        else:
            await super()._add_evidence(kind)

    async def open_line(self) -> None:
        """Nothing; goes into the finding, or writes the one that is called for."""
        line = self.table.row
        if line is None:
            await self.action_command("add_row")
        elif line.about is not None:
            await self._write(*line.about)
        else:
            self.enter_row()

    async def command_add_row(self) -> None:
        """Nothing; writes a finding that belongs to no question yet."""
        await self._write("", "")

    async def command_finding(self) -> None:
        """Nothing; writes the ready finding, or another one about the same question."""
        form, path = self._question() or ("", "")
        await self._write(form, path)

    async def _write(self, form: str, path: str) -> None:
        from assessor_tui.tui.windows.finding_dialog import write_finding

        await write_finding(self, form, path)

    def command_remove_row(self) -> None:
        """Nothing; takes the finding away; undo brings it back."""
        line = self.table.row
        assert line is not None
        said = _("{number} was taken away. Ctrl+Z brings it back.").format(number=line.number)
        self.record(acts.REMOVE_ROW, self.form, line.path, then=lambda recorded: self.say(said))

    def command_level(self, key: str) -> None:
        """Nothing; in the table gives the finding this grade, among its fields answers."""
        if self.inside:
            self.command_answer(key)
            return
        line = self.table.row
        assert line is not None
        path = f"{line.path}/grade"
        offered = self.filling.choices(path)
        if int(key) > len(offered):
            said = _("There is no grade {key}: choose from 1 to {count}.")
            self.say(said.format(key=key, count=len(offered)), "bold $doubt")
            return
        self.record(acts.ANSWER, self.form, path, (offered[int(key) - 1].name,), then=self.say_saved)

    def command_close_finding(self) -> None:
        """Nothing; closes the finding and asks how that was verified, or opens it again."""
        line = self.table.row
        assert line is not None
        state = "open" if line.done else "closed"

        def closed(recorded: "Recorded") -> None:
            self.say_saved(recorded)
            if state == "closed":
                self.shows = ALL
                self._draw(line.path)
                self.enter_row()

        path = f"{line.path}/status"
        try:
            offered = {choice.name for choice in self.filling.choices(path)}
        except KeyError:
            offered = set()
        if state not in offered:
            self.say(_("The form has no such state."), "bold $doubt")
            return
        self.record(acts.ANSWER, self.form, path, (state,), then=closed)

    def command_sort(self) -> None:
        """Nothing; sorts by grade, question, due or number."""
        self.sort = SORTS[(SORTS.index(self.sort) + 1) % len(SORTS)]
        self._draw()
        words = {"grade": _("grade"), "question": _("question"), "due": _("due"), "number": _("number")}
        self.say(_("Sorted by {column}.").format(column=words[self.sort]))

    def command_filter(self) -> None:
        """Nothing; shows open ones, all, or those that are the person's."""
        self.shows = SHOWS[(SHOWS.index(self.shows) + 1) % len(SHOWS)]
        if self.shows == MINE:
            from assessor_tui.tui.shown.mine import mine_words

            self.say(mine_words(self.visit))
        self._draw()

    async def command_open_question(self) -> None:
        """Nothing; goes to the question that the finding belongs to."""
        found = self._question()
        if found is None:
            self.say(_("This finding names no question of this visit."), "bold $doubt")
            return
        form, path = found
        try:
            self.visit.filling(form).state(path)
        except KeyError:
            await self.program.go(ROWS, f"{form}/{path}")
        else:
            await self.program.go(WALK, f"{form}/{path}")

    async def command_read_aloud(self) -> None:
        """Nothing; the closing meeting as it is read out, page by page."""
        from assessor_tui.closing import site_language
        from assessor_tui.tui.windows.closing import ReadAloud

        await self.app.push_screen(ReadAloud(self, site_language(self.visit, language())))
