"""What stands at a place besides its questions: the rows of tables that are there, findings of now and of before."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, NamedTuple

from assessor_tui.assess.left import is_asked
from assessor_tui.assess.places import SitePlace, kinds_of, place_kinds, place_named, placed_rows
from assessor_tui.form.model import Repeat, walk
from assessor_tui.i18n import _
from assessor_tui.ledger.entry import generic_path
from assessor_tui.tui.shown.findings import DONE, Finding, findings_of, question_of
from assessor_tui.tui.shown.rows import row_around
from assessor_tui.tui.widgets.outline_line import Line

if TYPE_CHECKING:
    from assessor_tui.form.model import Form
    from assessor_tui.logic.filling import Filling
    from assessor_tui.store.ledger import Store
    from assessor_tui.visit import Visit

PLACED, FINDING, EARLIER = "placed", "finding", "earlier"
"""Kinds of line."""

_STATES = {"veto": "problem", "major": "problem", "good_practice": "answered"}


class EarlierFinding(NamedTuple):
    """A finding that was open when an earlier visit of the same site ended."""

    visit: str
    date: str
    """ISO date of that visit."""
    finding: Finding
    about: str
    """``form/path`` without its rows, which are other ones now; what was typed when it is no path."""
    where: str
    """Where it was: what it says itself, else the name of the row it was about."""


def earlier_findings(store: "Store", visit: "Visit") -> list[EarlierFinding]:
    """Findings of earlier visits of the same site that nobody has closed, oldest first."""
    from assessor_tui.carry.naming import earlier_visits
    from assessor_tui.visit import Visit

    found = []
    for each in earlier_visits(store, visit):
        other = Visit(store, each, new_id=visit.new_id, language=visit.language)
        for finding in findings_of(other):
            if finding.status in DONE or finding.grade == "good_practice":
                continue
            about = question_of(other, finding.about)
            where = finding.where
            if about is not None and not where and (row := row_around(about[1])):
                where = other.filling(about[0]).row_label(row)
            path = f"{about[0]}/{generic_path(about[1])}" if about is not None else finding.about
            found.append(EarlierFinding(each, other.today, finding, path, where))
    return found


def lines_there(
    visit: "Visit", places: Sequence[SitePlace], earlier: Iterable[EarlierFinding] = (), *, hidden: bool = False
) -> dict[str, list[Line]]:
    """As ``There.lines``, found out anew."""
    return There().lines(visit, places, earlier, hidden=hidden)


class There:
    """What stands at the places of a visit: a memory, so that after an answer only what it touched is looked at."""

    def __init__(self) -> None:
        self._rows: dict[str, list[tuple[Line, str, str]]] = {}
        """Form -> each row that can say where it stands, what it says, and the kind of place of its table."""
        self._kinds: dict[str, dict[str, str]] = {}
        self._places: tuple[SitePlace, ...] = ()
        self._named: dict[str, SitePlace | None] = {}

    def forget(self, forms: Iterable[str]) -> None:
        """Nothing; the rows of these forms are looked at again."""
        for form in forms:
            self._rows.pop(form, None)

    def lines(
        self, visit: "Visit", places: Sequence[SitePlace], earlier: Iterable[EarlierFinding] = (), *, hidden: bool
    ) -> dict[str, list[Line]]:
        """Name of a place -> the rows and findings that are there. ``hidden`` leaves the findings out.

        What names no place that the site has stands at each place of its kind.
        """
        if tuple(places) != self._places:
            self._places = tuple(places)
            self._named.clear()
        found: dict[str, list[Line]] = {}
        kinds = kinds_of(places)

        def put(line: Line, typed: str, kind: str) -> None:
            named = self._place_of(typed)
            for place in (named,) if named is not None else kinds.get(kind, ()):
                found.setdefault(place.name, []).append(line._replace(place=place.name))

        stands: dict[tuple[str, str], str] = {}
        for form, model in visit.forms.items():
            if form not in self._kinds:
                self._kinds[form] = place_kinds(model)
            if form not in self._rows:
                self._rows[form] = list(_row_lines(visit, form, model)) if model.kind == "checklist" else []
            for line, typed, kind in self._rows[form]:
                stands[form, line.path] = typed
                put(line, typed, kind)
        if hidden:
            return found
        findings = findings_of(visit)
        for finding in findings:
            if finding.status != "withdrawn":
                about = question_of(visit, finding.about)
                typed, kind = finding.where, ""
                if about is not None:
                    form, path = about
                    typed = typed if self._place_of(typed) else stands.get((form, row_around(path)), "")
                    kind = self._kinds[form].get(generic_path(path), "")
                put(finding_line(visit.scheme.findings_form, finding, FINDING), typed, kind)
        for each in earlier:
            form, _slash, path = each.about.partition("/")
            kind = self._kinds.get(form, {}).get(path, "") or self._kind_of_number(visit.forms, each.about)
            line = finding_line(each.visit, each.finding, EARLIER)._replace(tail=each.date)
            if seen := _seen_again(visit, each, findings):
                line = line._replace(state="answered", tail=f"{each.date}  {seen}")
            put(line, each.where, kind)
        return found

    def _place_of(self, typed: str) -> SitePlace | None:
        if typed not in self._named:
            self._named[typed] = place_named(self._places, typed) if typed else None
        return self._named[typed]

    def _kind_of_number(self, forms: "Mapping[str, Form]", number: str) -> str:
        """Kind of place of the question that people know by this number; ``""`` for none."""
        for form, model in forms.items():
            for above, node in walk(model.children):
                if number and getattr(node, "number", "") == number:
                    return self._kinds[form].get("/".join((*above, node.name)), "")
        return ""


def _seen_again(visit: "Visit", earlier: EarlierFinding, findings: Iterable[Finding]) -> str:
    """What this visit says about the earlier finding, in a word; ``""`` while it says nothing."""
    number = earlier.finding.number
    if any(number in finding.text and earlier.date in finding.text for finding in findings):
        return _("still so")
    at = question_of(visit, earlier.about)
    notes = visit.state.notes(*at) if at is not None else []
    return _("corrected") if any(number in str(entry.value or "") for _digest, entry in notes) else ""


def _row_lines(visit: "Visit", form: str, model: "Form") -> Iterator[tuple[Line, str, str]]:
    """The line of each row that can say where it stands, what it says, and the kind of place of its table."""
    filling = visit.filling(form)
    rows = list(placed_rows(model, filling))
    gaps = _gaps(filling, full=visit.extent.full) if rows else {}
    letters = {node.name: node.row_letter for _above, node in walk(model.children) if isinstance(node, Repeat)}
    for path, typed, kind in rows:
        number = visit.state.row_number(form, path, letters[path.partition("[")[0]])
        state = "missing" if gaps.get(path) else "answered"
        yield Line(PLACED, form, path, 1, number, filling.row_label(path), state, silent=True), typed, kind


def _gaps(filling: "Filling", *, full: bool) -> dict[str, int]:
    """Row -> questions in it that are asked and have no answer."""
    found: dict[str, int] = {}
    for item in filling.items():
        if "[" in item.path and is_asked(item, full=full) and filling.state(item.path).status == "missing":
            row = item.path[: item.path.index("]") + 1]
            found[row] = found.get(row, 0) + 1
    return found


def finding_line(form: str, finding: Finding, kind: str) -> Line:
    """The line of a finding, of this visit or of an earlier one."""
    from assessor_tui.tui.shown.question_card import grade_words

    state = "answered" if finding.status in DONE else _STATES.get(finding.grade, "warning")
    text = " ".join(finding.text.split())
    return Line(kind, form, finding.path, 1, finding.number, text, state, grade_words(finding.grade), silent=True)
