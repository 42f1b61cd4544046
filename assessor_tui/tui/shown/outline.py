"""The lines of the walk: sections or places, questions, tables, with how each stands. Values only."""

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from functools import lru_cache
from types import MappingProxyType
from typing import TYPE_CHECKING, NamedTuple

from assessor_tui.assess.cover import Covered
from assessor_tui.assess.left import counts, demands_at, is_asked, is_demanded
from assessor_tui.assess.places import SitePlace, kinds_of
from assessor_tui.assess.score import most_points
from assessor_tui.form.model import SILENT_TYPES, Group, Question, Repeat, in_language
from assessor_tui.i18n import _, ngettext
from assessor_tui.logic.filling import Filling, Item
from assessor_tui.tui.widgets.outline_line import Line

if TYPE_CHECKING:
    from assessor_tui.assess.results import Results
    from assessor_tui.logic.compile import CompiledForm
    from assessor_tui.visit import Visit


class Asked(NamedTuple):
    """How the walk is shown."""

    tag: str
    """Language of the labels."""
    row: str = ""
    """``form/row path`` of the row whose questions stand among the lines."""
    flags: Collection[str] = ()
    """``form/path`` of what is flagged."""
    hidden: bool = False
    """True while points are hidden from onlookers."""
    known: Mapping[str, Line] = {}
    """Path -> line as it was: taken over for questions that are not in ``touched``."""
    touched: Collection[str] = ()


def form_lines(visit: "Visit", results: "Results", form: str, asked: Asked) -> list[Line]:
    """The lines of one form, its heading first."""
    filling = visit.filling(form)
    here = visit.forms[form]
    progress = results.progress(form)
    heading = Line(
        "form", form, "", 0, here.number, in_language(here.title, asked.tag),
        tail=f"{progress.done}/{progress.asked}" if progress.asked else "",
    )  # fmt: skip
    return [heading, *_without_empty(list(_lines(visit, form, filling, asked)))]


def _lines(visit: "Visit", form: str, filling: Filling, asked: Asked) -> Iterator[Line]:
    table: Line | None = None
    inside: list[Line] = []
    open_rows = False
    depth = 0
    own_row = asked.row.partition("/")[2] if asked.row.partition("/")[0] == form else ""
    known, touched, speaking = asked.known, asked.touched, _speaking(filling.compiled)
    full = visit.extent.full
    for item in filling.items():
        before = known.get(item.path) if table is None else None
        if before is not None and item.path not in touched and id(item.node) not in speaking:
            yield before
            continue
        if table is not None and item.path.startswith(f"{table.path}["):
            if isinstance(item.node, Question) and _is_open(visit, form, filling, item, full=full):
                open_rows = True
            if own_row and (item.path == own_row or item.path.startswith(f"{own_row}/")):
                inside += _row_line(visit, form, filling, item, asked, depth)
            continue
        if table is not None:
            yield _finished(table, open_rows=open_rows)
            yield from inside
            table, inside, open_rows = None, [], False
        if isinstance(item.node, Repeat):
            table, depth = _table_line(form, filling, item, asked, full=full, returned=visit.returned), item.depth
        elif isinstance(item.node, Question):
            yield question_line(visit, form, filling, item.path, asked, item.depth)
        else:
            yield Line(
                "group", form, item.path, item.depth, "", filling.label(item.path, asked.tag), place=_place(item.node)
            )
    if table is not None:
        yield _finished(table, open_rows=open_rows)
        yield from inside


@lru_cache(maxsize=64)
def _speaking(compiled: "CompiledForm") -> frozenset[int]:
    """Identity of every node whose label repeats answers to other questions."""
    return frozenset(id(definition.node) for definition, column, _ in compiled.texts if column == "label")


def _place(node: Group | Repeat | Question) -> str:
    return getattr(node, "place", "")


def _row_line(visit: "Visit", form: str, filling: Filling, item: Item, asked: Asked, depth: int) -> Iterator[Line]:
    if item.kind == "row":
        yield Line("row", form, item.path, depth + 1, "", filling.row_label(item.path))
    elif isinstance(item.node, Question):
        yield question_line(visit, form, filling, item.path, asked, depth + 2)


def _table_line(
    form: str, filling: Filling, item: Item, asked: Asked, *, full: bool, returned: Collection[tuple[str, str]] = ()
) -> Line:
    node = item.node
    assert isinstance(node, Repeat)
    count = len(filling.rows(item.path))
    wrong = filling.problems.get(item.path, ())
    state = "missing" if wrong or not count else "answered"
    back = any(each == form and f"{path}[".startswith(f"{item.path}[") for each, path in returned)
    is_asked_here = counts(node, full=full)
    wrong = tuple(problem for problem in wrong if is_asked_here or problem.code != "answer.rows")
    return Line(
        "repeat", form, item.path, item.depth, node.number, filling.label(item.path, asked.tag),
        "returned" if back else state,
        ngettext("{count} row", "{count} rows", count).format(count=count),
        is_open=bool(wrong) or back, place=node.place, flagged=f"{form}/{item.path}" in asked.flags,
        at_hand=not count and not is_asked_here,
    )  # fmt: skip


def _finished(table: Line, *, open_rows: bool) -> Line:
    if not open_rows:
        return table
    return table._replace(state=table.state if table.state == "returned" else "missing", is_open=True)


def _is_open(visit: "Visit", form: str, filling: Filling, item: Item, *, full: bool) -> bool:
    now = filling.state(item.path)
    if now.status != "missing" or not (is_asked(item, full=full) or is_demanded(now, full=full)):
        return False
    return now.question.type != "file" or not visit.state.evidence(form, item.path)


def question_line(visit: "Visit", form: str, filling: Filling, path: str, asked: Asked, depth: int) -> Line:
    """The line of one question as it stands."""
    now = filling.state(path)
    question = now.question
    state = question_state(visit, form, filling, path)
    silent = question.type in SILENT_TYPES
    full = visit.extent.full
    is_asked_here = not silent and (counts(question, full=full) or is_demanded(now, full=full))
    is_missing = state == "missing"
    tail = ""
    if not asked.hidden and state in ("answered", "warning") and question.points:
        from assessor_tui.assess.score import points_of
        from assessor_tui.tui.shown.words import number_words

        earned = points_of(question, now.value)
        tail = number_words(earned) if earned is not None and most_points(question) else ""
    return Line(
        "question", form, path, depth, question.number, filling.label(path, asked.tag),
        "" if question.type == "note" else state, tail,
        is_open=(is_missing and is_asked_here) or state == "returned", place=question.place,
        silent=silent, flagged=f"{form}/{path}" in asked.flags, at_hand=is_missing and not silent and not is_asked_here,
    )  # fmt: skip


def question_state(visit: "Visit", form: str, filling: Filling, path: str) -> str:
    """How a question stands, as ``glyphs`` names it."""
    standing = visit.state.standing(form, path)
    if standing is not None and standing.disputed:
        return "conflict"
    if (form, path) in visit.returned:
        return "returned"
    now = filling.state(path)
    if any(problem.code not in ("answer.warning", "answer.required") for problem in now.problems):
        return "problem"
    if now.status == "missing":
        if now.question.type == "file" and visit.state.evidence(form, path):
            return "answered"
        return "missing"
    if demands_at(filling, visit.state, form, path):
        return "warning"
    return now.status


def _without_empty(lines: list[Line]) -> list[Line]:
    """The lines without groups that nothing relevant stands under."""
    kept: list[Line] = []
    for line in reversed(lines):
        if line.kind == "group" and (not kept or (kept[-1].kind == "group" and kept[-1].depth <= line.depth)):
            continue
        kept.append(line)
    return kept[::-1]


def only(lines: Iterable[Line], covered: Covered, target: str) -> list[Line]:
    """The lines that the person covers, with their headings; also the one at ``target``, which was asked for."""
    form, _slash, path = target.partition("/")
    kept: list[Line] = []
    for line in lines:
        here = line.form == form and (path == line.path or path.startswith(f"{line.path}["))
        if line.kind in ("form", "group") or here or covered.holds(line.form, line.path):
            kept.append(line)
    return [line for line in _without_empty(kept) if line.kind != "form" or _has_lines(line.form, kept)]


def _has_lines(form: str, lines: Iterable[Line]) -> bool:
    return any(line.form == form and line.kind not in ("form", "group") for line in lines)


def only_there(
    there: Mapping[str, Sequence[Line]], covered: Covered, places: Iterable[SitePlace]
) -> dict[str, list[Line]]:
    """Of what stands at the places, the rows that the person covers, and findings at places the person covers."""
    kinds = {place.name: place.kind for place in places}
    return {
        name: [
            line for line in lines if kinds[name] in covered.cover.places or covered.holds(line.form, line.path)
        ]
        for name, lines in there.items()
    }  # fmt: skip


Moved = dict[int, tuple[Line, tuple[Line, ...]]]
"""Identity of a line -> the line, and what it is at each place where it stands: a memory for ``by_place``."""


def by_place(
    lines: Iterable[Line],
    places: Sequence[SitePlace],
    tag: str,
    there: Mapping[str, Sequence[Line]] = MappingProxyType({}),
    known: Moved | None = None,
) -> list[Line]:
    """The questions and tables of all forms in the order of the site's places; none is lost.

    What is asked at a kind of place stands under each place of this kind; what is asked at none, last. ``there``
    are further lines by the name of their place: rows, findings. With ``known``, filled by calls with the same places,
    only lines that are new are made again.
    """
    known = {} if known is None else known
    kinds = kinds_of(places)
    found: dict[str, list[Line]] = {place.name: [] for place in places}
    last = ""
    for line in lines:
        if line.kind in ("form", "group"):
            continue
        if line.kind != "row" and "[" not in line.path:
            last = line.place
        before = known.get(id(line))
        if before is None or before[0] is not line or "[" in line.path:
            before = known[id(line)] = line, _at_places(line, last, kinds.get(last, ()), tag)
        for moved in before[1]:
            found.setdefault(moved.place, []).append(moved)
    named = [(place.name, in_language(place.label, tag)) for place in places]
    named += [(name, name or _("anywhere")) for name in found if name not in {place.name for place in places}]
    result: list[Line] = []
    for name, label in named:
        here = [*found[name], *there.get(name, ())]
        if not here:
            continue
        asked = [line for line in found[name] if line.kind == "question" and not line.silent and not line.at_hand]
        done = sum(line.state not in ("missing", "to come") for line in asked)
        result.append(Line("place", "", name, 0, "", label, tail=f"{done}/{len(asked)}" if asked else "", place=name))
        result += here
    return result


def _at_places(line: Line, kind: str, places: Sequence[SitePlace], tag: str) -> tuple[Line, ...]:
    """The line as it stands under each of these places; under the kind itself when the site has none."""
    depth = 1 if "[" not in line.path else 2
    if not places:
        return (line._replace(depth=depth, place=kind),)
    first = line._replace(depth=depth, place=places[0].name)
    if not places[1:]:
        return (first,)
    # One answer for all places of the kind: from the second on it says so instead of its points.
    is_said = line.kind == "question" and line.state not in ("", "missing")
    tail = _("as at {place}").format(place=in_language(places[0].label, tag)) if is_said else line.tail
    return (first, *(first._replace(place=place.name, tail=tail) for place in places[1:]))
