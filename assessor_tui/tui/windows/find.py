"""Find questions, tables, rows, findings, evidence and notes of a visit."""

from collections.abc import Iterator
from typing import TYPE_CHECKING

from assessor_tui.form.model import Question, Repeat
from assessor_tui.i18n import _
from assessor_tui.i18n.sentences import awaited_words, sentence
from assessor_tui.ledger import entry as acts
from assessor_tui.ledger.entry import generic_path
from assessor_tui.problem import Problem
from assessor_tui.quick import Quick, read_quick
from assessor_tui.tui.commands import AT_PLACE, EVIDENCE, FINDINGS, ROWS, WALK
from assessor_tui.tui.widgets.glyphs import state as state_words
from assessor_tui.tui.widgets.hint_bar import StatusLine
from assessor_tui.tui.widgets.text import safe
from assessor_tui.tui.windows.search_list import Entry, SearchList, entry, found, search_key

if TYPE_CHECKING:
    from assessor_tui.logic.filling import Item
    from assessor_tui.tui.widgets.field import Done
    from assessor_tui.visit import Visit

HIDDEN = "hidden"
"""Kind of the questions that are not asked now, and what the result begins with for one of them."""

KINDS = {"#": "question", "@": "row", "!": "finding", '"': "note", "?": HIDDEN}
"""First character -> the only kind looked for."""

QUICK = "quick"
"""What a result begins with when the rest is a line that answers a question."""

_Index = tuple[object, list[Entry]]
_kept: list[_Index] = []
"""The last index that was made, with what it was made of: opening the window again costs nothing."""


class Find(SearchList):
    """The search list of a visit; the result is ``place target``."""

    def __init__(self, visit: "Visit", tag: str, *, hidden: bool = False) -> None:
        super().__init__(
            _("Go to"),
            index_of(visit, tag, hidden=hidden),
            kinds=KINDS,
            placeholder=_('a word, 3.07, or 3.07 2 and a note;  # questions  @ rows  ! findings  " notes  ? hidden'),
        )
        self.visit = visit
        self.tag = tag
        self.quick: Quick | Problem | None = None
        """What the line asks to be recorded, when it is one that answers a question by its number."""
        self.doubted = ""
        """The line whose number was asked about; Enter on it again records it."""

    def _show(self, query: str) -> None:
        """Nothing; shows what is found, or what Enter would record."""
        self.quick = read_quick(self.visit, query)
        super()._show(query if self.quick is None else query.split()[0].partition("#")[0].partition("[")[0])
        if query.strip() and (search_key(query).strip()[:1] == "?" or not self.listed.rows):
            # What is not asked now stands in nobody's way: it is found when it is looked for, or nothing else is.
            self.listed.set_rows(found(hidden_of(self.visit, self.tag), query.strip().lstrip("?？")), 0)
        if isinstance(self.quick, Problem):
            self.say(sentence(self.quick))
        elif self.quick is not None and (doubt := self._doubt()) is not None:
            again = _("Enter again records it.") if self.doubted == query else ""
            self.say(" ".join(each for each in (again, sentence(doubt)) if each))
        elif self.quick is not None:
            line = self.query_one("#said", StatusLine)
            line.say((_("Enter records "), "bold $good"), (safe(quick_words(self.visit, self.quick, self.tag)), "bold"))

    def on_done(self, message: "Done") -> None:
        """Nothing; Enter records the line that answers a question, and does not go on while it cannot be read."""
        if message.how not in ("enter", "save") or read_quick(self.visit, message.text) is None:
            return  # what any search list does with it comes next
        message.prevent_default().stop()
        asked, self.doubted = self.doubted, message.text
        self._show(message.text)
        if isinstance(self.quick, Quick) and (asked == message.text or self._doubt() is None):
            self.dismiss(f"{QUICK} {message.text}")

    def _doubt(self) -> Problem | None:
        """What is asked before the line is recorded: a number far from the others."""
        if not isinstance(self.quick, Quick):
            return None
        from assessor_tui.quick import doubt_of

        return doubt_of(self.visit, self.quick)


def quick_words(visit: "Visit", quick: Quick, tag: str) -> str:
    """What a line that answers a question would record: number, row, answer, note."""
    from assessor_tui.tui.shown import words
    from assessor_tui.tui.shown.rows import own_number, row_around, spoken_number

    row = row_around(quick.path)
    where = own_number(visit, quick.form, quick.path) + (f" {spoken_number(visit, quick.form, row)}" if row else "")
    if quick.act == acts.ANSWER:
        said = words.value_words(visit.filling(quick.form), quick.path, quick.value, tag)
    else:
        said = f"{words.status_words(quick.act)}: {awaited_words(quick.why, visit.today)}"
    return f"{where}: {said}" + (f"   {_('note: {text}').format(text=quick.note)}" if quick.note else "")


def hidden_of(visit: "Visit", tag: str) -> list[Entry]:
    """Every question outside rows that is not asked now, by label and name; taken, it is explained."""
    entries = []
    for form, filling in visit.fillings.items():
        for path, node in filling.nodes.items():
            question = node.definition.node
            if node.relevant or "[" in path or not isinstance(question, Question) or not question.label:
                continue
            label = filling.label(path, tag)
            entries.append(entry(
                f"{HIDDEN} {form}/{path}", label or question.name, number=question.number, also=question.name,
                detail=_("hidden: why?"), kind=HIDDEN,
            ))  # fmt: skip
    return entries


def index_of(visit: "Visit", tag: str, *, hidden: bool = False) -> list[Entry]:
    """As ``entries_of``; made again only when the visit has changed since."""
    made_of = (visit.state, len(visit.state), tag, hidden, _("table"))
    if not _kept or _kept[0][0] != made_of:
        _kept[:] = [(made_of, list(entries_of(visit, tag, hidden=hidden)))]
    return _kept[0][1]


def entries_of(visit: "Visit", tag: str, *, hidden: bool = False) -> Iterator[Entry]:
    """Every place and question that is asked, table, row and finding, all evidence, (unless hidden) every note."""
    findings = visit.scheme.findings_form
    notes: list[Entry] = []
    yield from _places(visit, tag)
    for form, filling in visit.fillings.items():
        inside: set[str] = set()
        for item in filling.items():
            if not hidden:
                notes += _notes(visit, form, item)
            if isinstance(item.node, Question):
                if form == findings or item.node.type == "note":
                    continue
                if "[" in item.path:
                    # One line for all rows: what is asked about each of them.
                    if (generic := generic_path(item.path)) in inside or not item.node.number:
                        continue
                    inside.add(generic)
                yield _question(visit, form, item, tag)
            elif item.kind == "repeat" and isinstance(item.node, Repeat) and form != findings:
                yield entry(
                    f"{ROWS} {form}/{item.path}", filling.label(item.path, tag), number=item.node.number,
                    also=_also(visit, form, item.path, tag), detail=_("table"), kind="row",
                )  # fmt: skip
            elif item.kind == "row" and isinstance(item.node, Repeat):
                finding = form == findings and item.node.name == "findings"
                number = visit.state.row_number(form, item.path, item.node.row_letter)
                yield entry(
                    f"{FINDINGS if finding else ROWS} {form}/{item.path}", filling.row_label(item.path), number=number,
                    detail=filling.label(item.path.rpartition("[")[0], tag), kind="finding" if finding else "row",
                )  # fmt: skip
    yield from _evidence(visit)
    yield from notes


def _places(visit: "Visit", tag: str) -> Iterator[Entry]:
    from assessor_tui.assess.places import places_of
    from assessor_tui.form.model import in_language

    for place in places_of(visit.scheme, visit.filling(visit.scheme.header_form)):
        also = " ".join(place.label.values())
        yield entry(
            f"{WALK} {AT_PLACE}{place.name}", in_language(place.label, tag), also=also, detail=_("place"), kind="place"
        )


def _also(visit: "Visit", form: str, path: str, tag: str) -> str:
    """The label in the form's other languages."""
    filling = visit.filling(form)
    return " ".join(filling.label(path, other) for other in visit.forms[form].languages if other != tag)


def _question(visit: "Visit", form: str, item: "Item", tag: str) -> Entry:
    from assessor_tui.tui.shown.outline import question_state

    filling = visit.filling(form)
    in_row = "[" in item.path
    named = "" if getattr(item.node, "number", "") else f" {item.node.name}"  # imported forms have names only
    table = generic_path(item.path).rpartition("/")[0]
    detail = filling.label(table, tag) if in_row and "/" not in table else ""
    return entry(
        f"{ROWS if in_row else WALK} {form}/{item.path}", filling.label(item.path, tag),
        number=getattr(item.node, "number", ""), also=_also(visit, form, item.path, tag) + named,
        detail=detail if in_row else state_words(question_state(visit, form, filling, item.path)), kind="question",
    )  # fmt: skip


def _notes(visit: "Visit", form: str, item: "Item") -> Iterator[Entry]:
    found = visit.state.notes(form, item.path)
    if not found:
        return
    place = ROWS if item.kind in ("row", "repeat") else WALK
    if form == visit.scheme.findings_form and item.path.startswith("findings["):
        place = FINDINGS
    number = getattr(item.node, "number", "") if item.kind != "row" else visit.state.row_number(form, item.path)
    for _digest, note in found:
        yield entry(f"{place} {form}/{item.path}", f'"{note.value}"', number=number, detail=_("note"), kind="note")


def _evidence(visit: "Visit") -> Iterator[Entry]:
    from assessor_tui.tui.shown.evidence import NOTE, pieces_of
    from assessor_tui.tui.shown.question_card import evidence_kind

    for piece in pieces_of(visit, notes=False):
        about = " ".join(piece.value.about.values()) if piece.value is not None else ""
        detail = _("note") if piece.kind == NOTE else evidence_kind(piece.kind)
        yield entry(f"{EVIDENCE} {piece.key}", piece.label, also=about, detail=detail, kind="evidence")
