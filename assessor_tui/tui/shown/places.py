"""What stands at a place besides its questions: the rows of tables that are there, findings of now and of before."""

from collections.abc import Iterable, Mapping, Sequence
from typing import TYPE_CHECKING, NamedTuple

from assessor_tui.assess.left import is_asked
from assessor_tui.assess.places import SitePlace, kinds_of, place_kinds, place_named, placed_rows
from assessor_tui.form.model import Repeat, walk
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
    from assessor_tui.exchange import earlier_visits
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
    """Name of a place -> the rows and findings that are there. ``hidden`` leaves the findings out.

    What names no place that the site has stands at each place of its kind.
    """
    found: dict[str, list[Line]] = {}
    kinds = kinds_of(places)

    def put(line: Line, typed: str, kind: str) -> None:
        named = place_named(places, typed) if typed else None
        for place in (named,) if named is not None else kinds.get(kind, ()):
            found.setdefault(place.name, []).append(line._replace(place=place.name))

    stands: dict[tuple[str, str], str] = {}
    for form, model in visit.forms.items():
        if model.kind != "checklist":
            continue
        filling = visit.filling(form)
        rows = list(placed_rows(model, filling))
        gaps = _gaps(filling, full=visit.extent.full) if rows else {}
        letters = {node.name: node.row_letter for _, node in walk(model.children) if isinstance(node, Repeat)}
        for path, typed, kind in rows:
            stands[form, path] = typed
            number = visit.state.row_number(form, path, letters[path.partition("[")[0]])
            state = "missing" if gaps.get(path) else "answered"
            line = Line(PLACED, form, path, 1, number, filling.row_label(path), state, silent=True)
            put(line, typed, kind)
    if hidden:
        return found
    asked = {form: place_kinds(model) for form, model in visit.forms.items()}
    for finding in findings_of(visit):
        if finding.status != "withdrawn":
            about = question_of(visit, finding.about)
            row = row_around(about[1]) if about is not None else ""
            typed = finding.where if place_named(places, finding.where) else ""
            typed = typed or (stands.get((about[0], row), "") if about is not None else "")
            kind = asked[about[0]].get(generic_path(about[1]), "") if about is not None else ""
            put(finding_line(visit.scheme.findings_form, finding, FINDING), typed, kind)
    for each in earlier:
        form, _slash, path = each.about.partition("/")
        kind = asked.get(form, {}).get(path, "") or _kind_of_number(visit.forms, asked, each.about)
        line = finding_line(each.visit, each.finding, EARLIER)._replace(tail=each.date)
        put(line, each.where if place_named(places, each.where) else "", kind)
    return found


def _gaps(filling: "Filling", *, full: bool) -> dict[str, int]:
    """Row -> questions in it that are asked and have no answer."""
    found: dict[str, int] = {}
    for item in filling.items():
        if "[" in item.path and is_asked(item, full=full) and filling.state(item.path).status == "missing":
            row = item.path[: item.path.index("]") + 1]
            found[row] = found.get(row, 0) + 1
    return found


def _kind_of_number(forms: "Mapping[str, Form]", asked: Mapping[str, Mapping[str, str]], number: str) -> str:
    """Kind of place of the question that people know by this number; ``""`` for none."""
    for form, model in forms.items():
        for above, node in walk(model.children):
            if number and getattr(node, "number", "") == number:
                return asked[form].get("/".join((*above, node.name)), "")
    return ""


def finding_line(form: str, finding: Finding, kind: str) -> Line:
    """The line of a finding, of this visit or of an earlier one."""
    from assessor_tui.tui.shown.question_card import grade_words

    state = "answered" if finding.status in DONE else _STATES.get(finding.grade, "warning")
    text = " ".join(finding.text.split())
    return Line(kind, form, finding.path, 1, finding.number, text, state, grade_words(finding.grade), silent=True)
