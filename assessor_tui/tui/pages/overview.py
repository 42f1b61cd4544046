"""How far the visit is: sections, score, gates, and what is left to do as a list that one walks with Enter."""

import time
from typing import TYPE_CHECKING, Any, ClassVar, NamedTuple

from textual import work
from textual.app import ComposeResult
from textual.content import Content

from assessor_tui.i18n import _, language, ngettext
from assessor_tui.ledger.clock import hong_kong_time
from assessor_tui.tui.commands import CONFLICTS, EVIDENCE, FINDINGS, OVERVIEW, ROWS, WALK, bindings
from assessor_tui.tui.visit_screen import MINE, VisitScreen
from assessor_tui.tui.widgets.card import Card, Part, Remark, TextPage, page_lines
from assessor_tui.tui.widgets.glyphs import bar, mark
from assessor_tui.tui.widgets.text import content, fit, left_right, safe, width_of
from assessor_tui.tui.widgets.virtual_list import Column, VirtualList, column_widths, columns_line

if TYPE_CHECKING:
    from assessor_tui.assess.left import Left
    from assessor_tui.assess.score import Gate, Score
    from assessor_tui.visit import Recorded, Visit

COLUMNS = (
    Column(16, grows=True),
    Column(7, align="right"),
    Column(12, rank=1),
    Column(9, align="right"),
    Column(12, rank=2),
)


class Row(NamedTuple):
    """One line of the page."""

    kind: str
    """``section``, ``total``, ``gate``, ``left``, ``person`` or ``heading`` (with ``label`` alone)."""
    label: str
    place: str = ""
    target: str = ""
    """Where Enter goes."""
    number: str = ""
    done: int = 0
    asked: int = 0
    score: str = ""
    note: str = ""
    state: str = ""
    around: str = ""
    """Name of the row in which what ``label`` names stands."""


def draw_row(row: Row, width: int, cursor: bool) -> Content:
    """The line at ``width`` cells."""
    width -= 1  # a little air before the scroll bar
    if row.kind == "heading":
        return left_right(content((safe(row.label), "bold $accent-text")), content((safe(row.note), "$muted")), width)
    if row.kind in ("section", "total"):
        done = f"{row.done}/{row.asked}" if row.asked else ""
        drawn = bar(row.done, row.asked, 12) if row.asked else ""
        style = "bold" if row.kind == "total" else ""
        cells = (
            (f"{row.number} {row.label}".strip(), style), (done, style),
            (drawn, "$good" if row.done >= row.asked else "$accent-text"), (row.score, style),
            (row.note, "" if cursor else "$muted"),
        )  # fmt: skip
        return columns_line(cells, COLUMNS, column_widths(COLUMNS, width))
    style = {"problem": "$bad", "warning": "$doubt", "conflict": "$doubt", "returned": "bold $doubt"}.get(
        row.state, "$muted"
    )
    number = f"{fit(row.number, 11)} " if row.kind != "person" else ""
    start = content((f"{mark(row.state)} " if row.state else "  ", "" if cursor else style), (number, ""))
    room = width - start.cell_length
    subject = f"{row.around}: {row.label}" if row.around else row.label
    if not row.note:
        return start.append(_subject(row, room))
    # What is demanded is said whole wherever that leaves enough to see what it is about.
    note = _cut(row.note, room - 1 - min(width_of(safe(subject)), room // 3))
    said = start.append(_subject(row, room - 1 - width_of(note)))
    return left_right(said, content((note, "$muted" if not cursor else "")), width)


def _subject(row: Row, room: int) -> str:
    """What the line is about: of the row's name as much as leaves half of the room to what stands in it."""
    label = _cut(row.label, room)
    if not row.around:
        return label
    around = _cut(row.around, room - 2 - min(width_of(label), room // 2))
    return f"{around}: {_cut(row.label, room - 2 - width_of(around))}"


def _cut(text: str, room: int) -> str:
    return fit(text, room).rstrip()


class OverviewScreen(VisitScreen):
    """Sections, score and what is left to do."""

    PLACE = OVERVIEW
    AUTO_FOCUS = "#rows"
    BINDINGS: ClassVar[list[Any]] = bindings(OVERVIEW)
    DEFAULT_CSS = """
    OverviewScreen #rows { width: 1fr; padding: 0 1 0 0; }
    OverviewScreen #beside { width: 44; border-left: solid $rule; }
    """

    def __init__(self) -> None:
        super().__init__()
        self.whose = ""
        """Whose part of what is left to do is shown; ``""`` for everybody's."""
        self._was_mine = False
        self.unsorted = 0
        """Files that wait in the visit's inbox on this laptop."""
        self._unsorted_of = ""

    def body(self) -> ComposeResult:
        """The list; on a wide terminal the score beside it."""
        yield VirtualList(draw_row, is_heading=lambda row: row.kind in ("heading", "total"), id="rows")
        yield Card(TextPage(), lines=page_lines, id="beside", classes="wide-only")

    def on_mount(self) -> None:
        """Nothing; until the visit is loaded only its name is known."""
        self.show_snapshot()

    def show(self, target: str = "") -> None:
        """Nothing; draws everything, the cursor where ``target`` says."""
        self._whose()
        self.look_whose()
        rows = overview_rows(self.visit, self.results, self._flags(), self.whose, hidden=self.onlookers)
        if self._unsorted_of != self.visit.id:
            self.unsorted, self._unsorted_of = 0, self.visit.id
        if self.unsorted:
            from assessor_tui.i18n.sentences import unsorted_words

            rows.append(Row("left", unsorted_words(self.unsorted), EVIDENCE, "inbox", state="missing"))
        self._count_inbox(self.visit)
        page: VirtualList[Row] = self.query_one(VirtualList)
        wanted = target or self.target
        at = next((index for index, row in enumerate(rows) if wanted and _name(row) == wanted), None)
        if at is None:
            at = page.cursor if page.rows else _first(rows)
        page.set_rows(rows, at)
        self.query_one("#beside", Card).show(
            TextPage()
            if self.onlookers
            else score_page(self.visit, self.results.score(self.visit.scheme, self.visit.category))
        )
        self.show_header()

    @work(thread=True, group="inbox", exclusive=True)
    def _count_inbox(self, visit: "Visit") -> None:
        """Nothing; counts the files that wait on this laptop, beside the keys."""
        from assessor_tui.evidence.inbox import unsorted_files

        count = len(unsorted_files(visit, time.time_ns() // 1000))
        if count != self.unsorted:
            self.app.call_from_thread(self._counted, visit, count)

    def _counted(self, visit: "Visit", count: int) -> None:
        if self.program.visit is visit and count != self.unsorted:
            self.unsorted = count
            self.show()

    def changed(self, recorded: "Recorded") -> None:
        """Nothing; draws everything."""
        self.show(self.target)

    def _whose(self) -> None:
        """While only what the person covers is shown, that is the person at the keyboard; else whoever was chosen."""
        store = self.program.store
        if store.local(self.visit.id, MINE, False):
            self.whose = store.person
        elif self._was_mine:
            self.whose = ""
        self._was_mine = store.local(self.visit.id, MINE, False)

    def command_mine(self) -> None:
        """Nothing; shows only what is left to the person at the keyboard, or everything again."""
        said = self.switch_mine()
        self.whose = ""
        self.show(self.target)
        self.say(said)

    def _flags(self) -> list[str]:
        flags: list[str] = self.program.store.local(self.visit.id, "flags", [])
        return flags

    def subject(self) -> tuple[str, str] | None:
        """Nothing is tied to the overview."""
        return None

    def talked_about(self) -> list[tuple[str, str]]:
        """What was returned and the line stands for, the section, else the whole visit."""
        row = self.query_one(VirtualList).row
        form, _slash, path = row.target.partition("/") if row is not None else ("", "", "")
        if row is not None and row.kind == "section":
            return [(form, "")]
        return [(form, path) if row is not None and row.state == "returned" else ("", "")]

    def on_virtual_list_highlighted(self, message: VirtualList.Highlighted) -> None:
        """Nothing; remembers the line."""
        row = message.source.row
        self.target = _name(row) if row is not None else ""

    async def on_virtual_list_chosen(self, message: VirtualList.Chosen) -> None:
        """Nothing; goes where the line leads."""
        await self._open(message.source.row)

    async def _open(self, row: Row | None) -> None:
        if row is not None and row.kind == "person":
            if self.program.store.local(self.visit.id, MINE, False):
                self.switch_mine()
            self.whose = row.label if row.label != self.whose else ""
            self.show(f"person:{row.target}")
        elif row is not None and row.place:
            await self.program.go(row.place, row.target)
        elif row is not None and row.state == "returned":
            await self.command_talk()

    def command_ask_documents(self) -> None:
        """Nothing; asks for the usual documents that are not asked for yet, as one act."""
        from assessor_tui.documents import ask_usual

        recorded = ask_usual(self.visit, hong_kong_time(self.program.store.now()).date().isoformat())
        count = sum(entry.path.endswith("]") for _hash, entry in recorded.entries)
        self.did(recorded)
        if count:
            words = ngettext("{count} document is asked for.", "{count} documents are asked for.", count)
            self.say(words.format(count=count))
        elif not recorded.problems:
            self.say(_("All usual documents are asked for already."))

    async def command_print_documents(self) -> None:
        """Nothing; writes the list of documents to send."""
        from assessor_tui.tui.windows.documents import documents_dialog

        await documents_dialog(self, self.visit)

    async def command_report(self) -> None:
        """Nothing; writes the summary."""
        from assessor_tui.tui.windows.reporting import report_dialog

        await report_dialog(self, self.visit)


def _name(row: Row) -> str:
    return f"{row.kind}:{row.target}"


def _first(rows: list[Row]) -> int:
    """The first thing left to do, else the first section."""
    return next((index for index, row in enumerate(rows) if row.kind == "left"), 0)


def overview_rows(
    visit: "Visit", results: Any, flags: list[str], whose: str = "", *, hidden: bool = False
) -> list[Row]:
    """All lines of the page; ``whose`` names the person whose part of what is left to do is shown, ``""`` all of it."""
    from assessor_tui.assess.cover import covered_by
    from assessor_tui.tui.shown.words import extent_words

    tag = language()
    covered = covered_by(visit.filling(visit.scheme.header_form), visit.forms, whose) if whose else None
    score = results.score(visit.scheme, visit.category)
    rows: list[Row] = [Row("heading", _("Sections"), note=extent_words(visit))]
    done = asked = 0
    for form, model in visit.forms.items():
        if model.kind == "findings":
            continue
        progress = results.progress(form)
        if model.kind == "checklist":
            done, asked = done + progress.done, asked + progress.asked
        rows.append(
            Row(
                "section", in_tag(model.title, tag), WALK, _first_open(visit, form), model.number,
                progress.done, progress.asked, "" if hidden else form_score_words(score, form), _section_note(progress),
            )
        )  # fmt: skip
    from assessor_tui.tui.shown.words import range_words

    total = "" if hidden or not score.root.of else range_words(score.hundred)
    rows.append(Row("total", _("Checklists together"), done=done, asked=asked, score=total))
    if not hidden:
        rows += _gate_rows(visit, score.gates, tag)
    every = results.left()
    left = covered.left(every) if covered is not None else every
    flagged = [flag for flag in flags if _exists(visit, flag)]
    rows += person_rows(visit, every, whose if covered is not None else "")
    awaited = [each for each in left if each.kind == "to come"]
    here = [each for each in left if each.kind != "to come"]
    rows += document_rows(visit)
    rows += look_again_rows(visit, tag)
    title = _("Left to do by {person}").format(person=whose) if covered is not None else _("Left to do")
    rows.append(Row("heading", title, note=_items(len(here) + len(flagged))))
    rows += [left_row(visit, each, tag) for each in here]
    rows += [_flag_row(visit, flag, tag) for flag in flagged]
    rows += [row for form in visit.forms for row in _cut_off_rows(visit, form, tag)]
    if not here and not flagged:
        rows.append(Row("left", _("Nothing is left to do here."), WALK, state="answered"))
    if awaited:
        rows.append(Row("heading", _("To come"), note=_items(len(awaited))))
        rows += sorted((left_row(visit, each, tag) for each in awaited), key=lambda row: row.state != "warning")
    return rows


def person_rows(visit: "Visit", lefts: "list[Left]", whose: str) -> list[Row]:
    """How much is left to each of the team to whom the header gives something."""
    from assessor_tui.assess.cover import covered_by, team_of

    header = visit.filling(visit.scheme.header_form)
    rows = []
    somebodys: set[tuple[str, str, str]] = set()
    asked = [left for left in lefts if left.form]
    for name in dict.fromkeys(member.name for member in team_of(header)):
        covered = covered_by(header, visit.forms, name)
        if covered is not None:
            own = _each(covered.left(asked))
            somebodys |= own
            state = "answered" if not own else "missing"
            rows.append(
                Row("person", name, target=name, state=state, note=_open_points(len(own), chosen=name == whose))
            )
    if not rows:
        return []
    if nobodys := _each(asked) - somebodys:
        rows.append(Row("heading", "", note=_("{count} of nobody's part").format(count=len(nobodys))))
    return [Row("heading", _("Left to do, by person")), *rows]


def _each(lefts: "list[Left]") -> set[tuple[str, str, str]]:
    return {(left.kind, left.form, path) for left in lefts for path in left.paths}


def _open_points(count: int, *, chosen: bool) -> str:
    words = ngettext("{count} point left", "{count} points left", count).format(count=count)
    return f"[{words}]" if chosen else words


def document_rows(visit: "Visit") -> list[Row]:
    """How many of the documents asked for are open, and overdue, on one line; nothing when none was asked for."""
    from assessor_tui.assess.documents import REPEAT, documents
    from assessor_tui.reports.documents_words import documents_words

    header = visit.scheme.header_form
    if header not in visit.forms:
        return []
    found = documents(visit.filling(header), hong_kong_time(visit.store.now()).date().isoformat())
    if not found:
        return []
    late, still = any(each.overdue for each in found), any(each.open for each in found)
    state = "warning" if late else "to come" if still else "answered"
    number = number_at(visit, header, REPEAT, language())
    return [
        Row("heading", _("Documents asked for")),
        Row("documents", documents_words(found), ROWS, f"{header}/{REPEAT}", number, state=state),
    ]


def _items(count: int) -> str:
    return ngettext("{count} item", "{count} items", count).format(count=count)


def in_tag(text: Any, tag: str) -> str:
    """A text of a form in the interface's language."""
    from assessor_tui.form.model import in_language

    return in_language(text, tag)


def _first_open(visit: "Visit", form: str) -> str:
    """``form/path`` of the first question of the form without an answer, else of its first."""
    from assessor_tui.assess.left import counts
    from assessor_tui.form.model import SILENT_TYPES, Question

    filling, first, full = visit.filling(form), "", visit.extent.full
    for item in filling.items():
        if not isinstance(item.node, Question) or item.node.type in SILENT_TYPES or "[" in item.path:
            continue
        first = first or item.path
        if filling.state(item.path).status == "missing" and counts(item.node, full=full):
            return f"{form}/{item.path}"
    return f"{form}/{first}"


def form_score_words(score: "Score", form: str) -> str:
    """A form's points as a range of what it can earn; ``""`` when it does not count."""
    from assessor_tui.assess.score import Interval
    from assessor_tui.tui.shown.words import range_words

    part = score.form(form)
    if part is None:
        return ""
    share = part.share
    return range_words(Interval(share.least * 100, share.most * 100))


def _section_note(progress: Any) -> str:
    if progress.conflicts:
        return ngettext("{count} conflict", "{count} conflicts", progress.conflicts).format(count=progress.conflicts)
    if progress.to_come:
        return _("{count} to come").format(count=progress.to_come)
    return ""


def _gate_rows(visit: "Visit", gates: "tuple[Gate, ...]", tag: str) -> list[Row]:
    """Gates that fail, each; the others as one line."""
    if not gates:
        return []
    counts = {state: sum(gate.state == state for gate in gates) for state in ("pass", "open", "fail")}
    said = _("{passed} passed, {open} open, {failed} failed")
    words = said.format(passed=counts["pass"], open=counts["open"], failed=counts["fail"])
    rows = [Row("heading", _("Gates"), note=words)]
    for gate in gates:
        if gate.state == "fail":
            label = visit.filling(gate.form).label(gate.path, tag)
            note = _("limits the level") if gate.limiting else _("veto")
            rows.append(
                Row("gate", label, WALK, f"{gate.form}/{gate.path}", gate.question.number, note=note, state="problem")
            )
    return rows


_LEFT_STATES = {
    "returned": "returned",
    "conflict": "conflict",
    "wrong": "problem",
    "demand": "warning",
    "rows": "missing",
    "to come": "to come",
}


def left_row(visit: "Visit", left: "Left", tag: str) -> Row:
    """One line of what is left to do."""
    state = _LEFT_STATES.get(left.kind, "missing")
    if left.kind == "jot":
        count = len(left.paths)
        label = ngettext(
            "{count} note or picture not tied to anything yet", "{count} notes or pictures not tied yet", count
        )
        return Row("left", label.format(count=count), EVIDENCE, "jots", state=state)
    if left.kind == "returned":
        return returned_row(visit, left, tag)
    numbers = [number_at(visit, left.form, path, tag) for path in left.paths]
    number = numbers[0] if len(numbers) == 1 else f"{numbers[0]} - {numbers[-1]}"
    target = f"{left.form}/{left.paths[0]}"
    place = {"conflict": CONFLICTS, "rows": ROWS}.get(left.kind, WALK)
    if left.kind == "to come" and _is_overdue(visit, left):
        state = "warning"
    around, label, demanded = _left_words(visit, left, tag)
    return Row("left", label, place, target, number, note=demanded, state=state, around=around)


def returned_row(visit: "Visit", left: "Left", tag: str) -> Row:
    """One line about a return that waits: what it is about, and who wants what."""
    form, path = left.form, left.paths[0]
    problem = left.problem
    said = _("{why} ({person})").format(**problem.parameters) if problem is not None else ""
    return _talk_row(visit, (form, path), " ".join(said.split()), tag)


def look_again_rows(visit: "Visit", tag: str) -> list[Row]:
    """What was returned from this laptop and answered since."""
    from assessor_tui.tui.shown.returns import answer_of, to_look_at_here

    found = to_look_at_here(visit)
    if not found:
        return []
    rows = [_talk_row(visit, (each.entry.form, each.entry.path), answer_of(visit, each), tag) for each in found]
    return [Row("heading", _("Answered since it was returned: look again"), note=_items(len(found))), *rows]


def _talk_row(visit: "Visit", place: tuple[str, str], said: str, tag: str) -> Row:
    """A line that leads to where a return stands; ``place`` of the row is ``""`` where there is no page for it."""
    from assessor_tui.returning import is_asked
    from assessor_tui.tui.shown.returns import place_name

    form, path = place
    target = f"{form}/{path}"
    if not path or not is_asked(visit, form, path):
        return Row("left", place_name(visit, place), "", target, note=said, state="returned")
    around, label = _labels(visit, form, path, tag)
    page = FINDINGS if form == visit.scheme.findings_form else ROWS if path.endswith("]") else WALK
    number = number_at(visit, form, path, tag)
    return Row(
        "left", label or place_name(visit, place), page, target, number, note=said, state="returned", around=around
    )


def _is_overdue(visit: "Visit", left: "Left") -> bool:
    from assessor_tui.ledger.awaited import awaited_of, is_overdue

    standing = visit.state.standing(left.form, left.paths[0])
    return standing is not None and is_overdue(awaited_of(standing.entry.why), visit.today)


def _left_words(visit: "Visit", left: "Left", tag: str) -> tuple[str, str, str]:
    """The row it stands in, what it is about, and what is demanded; each may be ``""``."""
    around, label = _labels(visit, left.form, left.paths[0], tag)
    if left.kind == "unanswered":
        count = len(left.paths)
        if count == 1:
            return around, label, ""
        words = ngettext("{count} question without an answer", "{count} questions without an answer", count)
        return around, words.format(count=count), ""
    if left.kind == "to come":
        standing = visit.state.standing(left.form, left.paths[0])
        from assessor_tui.i18n.sentences import awaited_words

        awaited = awaited_words(standing.entry.why, visit.today) if standing is not None else ""
        return ("", awaited, "") if awaited else (around, label, "")
    if left.kind == "conflict":
        return "", _("conflict: {label}").format(label=f"{around}: {label}" if around else label), ""
    return around, label, _demanded_words(visit, left, tag)


def _demanded_words(visit: "Visit", left: "Left", tag: str) -> str:
    from assessor_tui.i18n.asked_words import broken_words
    from assessor_tui.tui.shown.question_card import evidence_kind

    problem = left.problem
    if problem is None:
        return ""
    if problem.code == "demand.evidence":
        kinds = _(" or ").join(evidence_kind(kind) for kind in problem.parameters["kinds"].split())
        return _("needs proof: {kinds}").format(kinds=kinds)
    if problem.code.startswith("demand."):
        return _("needs a note: why this answer")
    if left.kind == "rows":
        have, need = problem.parameters["rows"], problem.parameters["at_least"]
        return _("no row yet") if have == "0" else _("{have} of {need} rows").format(have=have, need=need)
    return broken_words(visit.filling(left.form), left.paths[0], problem, tag)


def _flag_row(visit: "Visit", flag: str, tag: str) -> Row:
    form, _slash, path = flag.partition("/")
    around, label = _labels(visit, form, path, tag)
    return Row("left", label, WALK, flag, number_at(visit, form, path, tag), state="flag", around=around)


def _cut_off_rows(visit: "Visit", form: str, tag: str) -> list[Row]:
    """What the form never comes to an end with: it says so itself."""
    from assessor_tui.i18n.sentences import sentence

    return [
        Row(
            "left", sentence(problem), WALK, f"{form}/{problem.place.path}",
            number_at(visit, form, problem.place.path, tag), state="warning",
            around=_labels(visit, form, problem.place.path, tag)[1],
        )
        for problem in visit.filling(form).cut_off()
    ]  # fmt: skip


def _exists(visit: "Visit", target: str) -> bool:
    form, _slash, path = target.partition("/")
    return form in visit.forms and bool(_labels(visit, form, path, "en-HK")[1])


def _labels(visit: "Visit", form: str, path: str, tag: str) -> tuple[str, str]:
    """The rows in which the place stands, and what is asked there: the same question stands in every row."""
    from assessor_tui.ledger.state import row_paths

    filling = visit.filling(form)
    try:
        label = filling.label(path, tag) if not path.endswith("]") else filling.row_label(path)
        around = " ".join(filling.row_label(row) for row in row_paths(path) if row != path)
    except KeyError:
        return "", ""
    return around, label


def number_at(visit: "Visit", form: str, path: str, tag: str) -> str:
    """What people call a place: a question's number, else that of its table."""
    if form not in visit.forms:
        return ""
    from assessor_tui.form.model import walk

    filling = visit.filling(form)
    try:
        number = filling.state(path).question.number
    except KeyError:
        number = ""
    if number:
        return number
    table = next((node for _path, node in walk(visit.forms[form].children) if getattr(node, "name", "") == path), None)
    if table is not None:
        return str(getattr(table, "number", ""))
    row = path[: path.rindex("]") + 1] if "]" in path else ""
    return visit.state.row_number(form, row) if row else ""


def score_page(visit: "Visit", score: "Score") -> TextPage:
    """The score, the levels still possible, what is not confirmed, and checks across forms."""
    from assessor_tui.assess.checks import cross_checks
    from assessor_tui.tui.shown import words

    tag = language()
    parts: list[Part] = []
    if score.root.of:
        shown = words.range_words(score.hundred, 1)
        parts.append(Part(_("Score"), (
            Remark(_("{range} of 100").format(range=shown)),
            Remark(_("{coverage} of it rests on answers").format(coverage=words.per_cent(score.coverage))),
        )))  # fmt: skip
    names = {level.name: in_tag(level.label, tag) for level in visit.category.levels}
    possible = [names.get(level, _("none")) for level in score.levels]
    lines = [
        Remark(in_tag(visit.category.label, tag)),
        Remark(_("still possible: {levels}").format(levels=_(", ").join(possible))),
    ]
    if score.undecided:
        lines.append(Remark(_("not decided: limits without a value"), "warning"))
    parts.append(Part(_("Level"), tuple(lines)))
    if score.status:
        parts.append(Part("", (Remark(_("The criteria are a draft: the client has not confirmed them."), "warning"),)))
    states = {"agree": "answered", "differ": "warning"}
    checks = [each for each in cross_checks(visit.scheme, visit.fillings) if each.state != "unknown"]
    if checks:
        said = []
        for each in checks:
            gap = f"  {words.number_words(each.difference)}%" if each.difference is not None else ""
            said.append(Remark(in_tag(each.check.label, tag) + gap, states[each.state]))
        parts.append(Part(_("Checks across sections"), tuple(said)))
    return TextPage("", tuple(parts))
