"""Deciding what two people did differently, many at once and row by row: each decision one append, so one undo.

What each function would change can be looked at before anything is recorded. ``Visit.settle`` decides one conflict.
"""

from collections.abc import Iterable, Iterator, Sequence
from typing import NamedTuple

from assessor_tui.form.model import Group, Question, Repeat, walk
from assessor_tui.ledger import entry as acts
from assessor_tui.ledger.conflicts import EqualRows, equal_rows, kept_beside, keys_of
from assessor_tui.ledger.draft import Draft
from assessor_tui.ledger.entry import Entry, clean, plain_name, reference
from assessor_tui.ledger.state import CLEARED, VALUE, VERSION, Conflict, Head, meaning, row_of
from assessor_tui.ledger.undo import said_first
from assessor_tui.ledger.value import MAX_TEXT, Value, names
from assessor_tui.problem import Place, Problem
from assessor_tui.store.clocks import ClockAhead
from assessor_tui.visit import Recorded, Visit

DECIDABLE = frozenset({VALUE, CLEARED, VERSION})
"""Kinds of conflict that can be settled many at once: between answers of people."""


class Planned(NamedTuple):
    """One conflict and the side that would stand."""

    conflict: Conflict
    take: Entry
    now: Entry
    """What counts while nobody has decided."""

    @property
    def changes(self) -> bool:
        """True when another answer would count than now."""
        return meaning(self.take) != meaning(self.now)


class Plan(NamedTuple):
    """What would be settled, and what would stay open."""

    settled: tuple[Planned, ...]
    left: tuple[Conflict, ...]
    """Conflicts within reach of the plan that it does not decide."""


class Joined(NamedTuple):
    """What joining rows would change, before it is recorded."""

    keep: str
    """Path of the row that stays."""
    gone: tuple[str, ...]
    taken: tuple[tuple[str, Value], ...]
    """(path, answer) that the row that stays gets from the others, having none itself."""
    lost: tuple[tuple[str, Value, Value], ...]
    """(path, answer that stays, answer of another row that does not count any more)."""
    beside: int
    """Notes and pieces of evidence that move to the row that stays."""
    named: tuple[str, ...]
    """Paths of answers that named one of the others and name the row that stays from then on."""


# Many conflicts at once


def sections(visit: Visit, form: str) -> list[tuple[Group, frozenset[str]]]:
    """The form's sections with the generic paths of the questions in them, in the order of the form."""
    found = []
    for child in visit.forms[form].children:
        if isinstance(child, Group):
            paths = (
                "/".join((*above, node.name))
                for above, node in walk(child.children)
                if isinstance(node, (Question, Repeat))
            )
            found.append((child, frozenset(paths)))
    return found


def within(visit: Visit, form: str = "", section: str = "") -> list[Conflict]:
    """Conflicts between answers that can be settled together: of the visit, of a form, or of one of its sections.

    In walking order.
    """
    paths = next((paths for group, paths in sections(visit, form) if group.name == section), None) if section else None
    found = [
        conflict
        for conflict in visit.state.conflicts.values()
        if conflict.kind in DECIDABLE
        and len(conflict.heads) > 1
        and conflict.path
        and not conflict.path.endswith("]")
        and (not form or conflict.form == form)
        and (paths is None or acts.generic_path(conflict.path) in paths)
    ]
    walked: dict[tuple[str, str], int] = {}
    for each in visit.forms if found else ():
        for item in visit.filling(each).items():
            walked[each, item.path] = len(walked)
    return sorted(found, key=lambda conflict: walked.get((conflict.form, conflict.path), len(walked)))


def sides_by_person(visit: Visit, conflicts: Iterable[Conflict]) -> dict[str, int]:
    """Person -> on how many sides of these conflicts he stands alone with one answer, most first."""
    counts: dict[str, int] = {}
    spelled: dict[str, str] = {}
    for conflict in conflicts:
        for plain, name, _ in _single(visit, conflict):
            spelled.setdefault(plain, name)
            counts[plain] = counts.get(plain, 0) + 1
    return {spelled[plain]: count for plain, count in sorted(counts.items(), key=lambda each: (-each[1], each[0]))}


def _single(visit: Visit, conflict: Conflict) -> Iterator[tuple[str, str, Entry]]:
    """(plain name, name, entry) of each person who says one thing only in the conflict."""
    said: dict[str, list[tuple[str, Entry]]] = {}
    for head in conflict.heads:
        person = said_first(visit.state, head)[1].person
        said.setdefault(plain_name(person), []).append((person, head[1]))
    for plain, sides in said.items():
        if len({meaning(entry) for _, entry in sides}) == 1:
            yield plain, sides[0][0], sides[0][1]


def all_of(visit: Visit, conflicts: Sequence[Conflict], person: str) -> Plan:
    """The plan to let every answer of ``person`` stand; conflicts without one of his, or with two, stay open."""
    wanted = plain_name(person)
    settled, left = [], []
    for conflict in conflicts:
        take = next((entry for plain, _, entry in _single(visit, conflict) if plain == wanted), None)
        if take is None:
            left.append(conflict)
        else:
            settled.append(Planned(conflict, take, conflict.heads[0][1]))
    return Plan(tuple(settled), tuple(left))


def later_of_same(visit: Visit, conflicts: Sequence[Conflict]) -> Plan:
    """The plan to let the later answer stand wherever one person gave both, on two laptops.

    Later by the clocks of the laptops, which decide nothing by themselves: a person looks at the plan and records it.
    """
    settled, left = [], []
    for conflict in conflicts:
        said = [(head, said_first(visit.state, head)[1]) for head in conflict.heads]
        latest = max(said, key=lambda each: each[1].at)
        times = [first.at for _, first in said]
        if len({plain_name(first.person) for _, first in said}) > 1 or times.count(latest[1].at) > 1:
            left.append(conflict)
        else:
            settled.append(Planned(conflict, latest[0][1], conflict.heads[0][1]))
    return Plan(tuple(settled), tuple(left))


def settle_together(visit: Visit, planned: Sequence[Planned], why: str) -> Recorded:
    """What came of settling all of them with one reason, in one append; refused as a whole when one cannot be."""
    drafts, problems = [], []
    for each in planned:
        if visit.state.conflicts.get((each.conflict.kind, each.conflict.form, each.conflict.path)) != each.conflict:
            return Recorded(problems=(Problem("conflict.changed", Place(each.conflict.form, path=each.conflict.path)),))
        draft = visit.settling(each.conflict, take=each.take, why=why)
        if isinstance(draft, Draft):
            drafts.append(draft)
        else:
            problems += [
                one._replace(place=Place(each.conflict.form, path=each.conflict.path)) for one in draft.problems
            ]
    return Recorded(problems=tuple(problems)) if problems else visit.keep(drafts)


# Rows that two people added for one thing


def rows_entered_twice(visit: Visit) -> list[EqualRows]:
    """Rows of the visit that two people added for one thing without knowing of each other, in walking order."""
    return [found for form in visit.forms for found in equal_rows(visit.state, form, keys_of(visit.forms[form]))]


def keep_apart(visit: Visit, rows: EqualRows, why: str) -> Recorded:
    """What came of keeping the rows as rows of their own, with the reason; it stands at each of them."""
    if refusal := _may_decide(visit, rows, why):
        return refusal
    drafts = []
    for path in rows.rows:
        others = {row_of(each)[1] for each in rows.rows if each != path}
        beside = tuple(sorted(kept_beside(visit.state, rows.form, path) | others))
        drafts.append(_draft(visit, acts.ADD_ROW, rows.form, path, beside, why))
    return visit.keep(drafts)


def joining(visit: Visit, rows: EqualRows, keep: str) -> Joined:
    """What joining the rows into ``keep`` would change.

    Raises:
        ValueError: when ``keep`` is not one of the rows.
    """
    if keep not in rows.rows:
        raise ValueError("not one of the rows")
    gone = tuple(path for path in rows.rows if path != keep)
    here = visit.state.answers(rows.form)
    taken: dict[str, Value] = {}
    lost = []
    for path in gone:
        for at, (status, value) in here.items():
            if not at.startswith(f"{path}/") or status != "answered" or value is None:
                continue
            there = keep + at[len(path) :]
            mine = here.get(there, (None, None))[1] or taken.get(there)
            if mine is None and here.get(there) is None:
                taken[there] = value
            elif mine is not None and mine != value:
                lost.append((there, mine, value))
    beside = sum(len(_beside(visit, rows.form, path)) for path in gone)
    ids = {row_of(path)[1] for path in gone}
    named = [at for at, (_, value) in here.items() if ids & set(names(value)) and not at.startswith(gone)]
    return Joined(keep, gone, tuple(taken.items()), tuple(lost), beside, tuple(named))


def join_rows(visit: Visit, rows: EqualRows, keep: str, why: str) -> Recorded:
    """What came of joining the rows into ``keep``: the others go, with all that it had not in it, in one append.

    Answers that the row has itself stay; what it lacks it gets; notes and evidence move; answers elsewhere that named
    one of the others name the row that stays.
    """
    if refusal := _may_decide(visit, rows, why):
        return refusal
    if visit.store.is_in_part(visit.id):
        device = visit.store.device
        letters = device.letters if device is not None else ""
        return Recorded(problems=(Problem("visit.in_part", Place(rows.form, path=keep), {"device": letters}),))
    form, plan = rows.form, joining(visit, rows, keep)
    standing = visit.state.rows(form)
    drafts = [_draft(visit, acts.JOIN_ROWS, form, path, row_of(keep)[1], why) for path in plan.gone]
    # Rows inside of the rows that go come along under their own ids.
    inner = {
        f"{keep}{repeat[len(path) :]}[{row}]": None
        for path in plan.gone
        for repeat, ids in standing.items()
        if repeat.startswith(f"{path}/")
        for row in ids
        if row not in standing.get(keep + repeat[len(path) :], ())
    }
    drafts += [_draft(visit, acts.ADD_ROW, form, path, None, why) for path in inner]
    drafts += [_draft(visit, acts.ANSWER, form, path, value, why) for path, value in plan.taken]
    for path in plan.gone:
        for _, entry in _beside(visit, form, path):
            drafts.append(_draft(visit, entry.act, form, keep + entry.path[len(path) :], entry.value, why, ()))
    ids = {row_of(path)[1] for path in plan.gone}
    kept = row_of(keep)[1]
    for at in plan.named:
        value = visit.state.answers(form)[at][1]
        renamed = tuple(dict.fromkeys(kept if name in ids else name for name in names(value)))
        drafts.append(_draft(visit, acts.ANSWER, form, at, renamed, why))
    return visit.keep(drafts)


# Visits and clocks


def say_different(visit: Visit, other: str, why: str) -> Recorded:
    """What came of saying, with a reason, that another visit that looks like this one is not the same."""
    from assessor_tui.carry.naming import DIFFERENT

    if not clean(why.strip()):
        return Recorded(problems=(Problem("visit.reason_needed"),))
    return visit.record(acts.LINK, "", "", (DIFFERENT, other), why=why)


def note_clock(visit: Visit, clock: ClockAhead, text: str) -> Recorded:
    """What came of noting the true time of a laptop whose clock stood ahead, as a comment on the whole visit."""
    from assessor_tui.store.clocks import clock_noted

    recorded = visit.record(acts.COMMENT, "", "", text)
    if recorded.entries:
        clock_noted(visit.store, visit.id, clock.device)
    return recorded


def _may_decide(visit: Visit, rows: EqualRows, why: str) -> Recorded | None:
    """Why the rows may not be decided on now; None when they may."""
    place = Place(rows.form, path=rows.rows[0])
    if visit.is_closed(rows.form, rows.rows[0], acts.ADD_ROW):
        return Recorded(problems=(Problem("visit.signed", place),))
    if not clean(why.strip()):
        return Recorded(problems=(Problem("visit.reason_needed", place),))
    if len(why) > MAX_TEXT:
        return Recorded(problems=(Problem("visit.too_long", place, {"length": str(len(why)), "limit": str(MAX_TEXT)}),))
    if rows not in equal_rows(visit.state, rows.form, keys_of(visit.forms[rows.form])):
        return Recorded(problems=(Problem("conflict.changed", place),))
    return None


def _beside(visit: Visit, form: str, row: str) -> list[Head]:
    """Notes, comments and evidence that stand at a row or at anything in it."""
    found: list[Head] = []
    for path in _places(visit, form, row):
        found += [*visit.state.notes(form, path), *visit.state.evidence(form, path)]
    return found


def _places(visit: Visit, form: str, row: str) -> list[str]:
    told = {entry.path for _, entry in visit.state.entries() if entry.form == form and entry.act in _BESIDE}
    return sorted(path for path in told if path == row or path.startswith(f"{row}/"))


_BESIDE = frozenset({acts.NOTE, acts.ATTACH})


def _draft(
    visit: Visit,
    act: str,
    form: str,
    path: str,
    value: Value | None,
    why: str,
    replaces: tuple[str, ...] | None = None,
) -> Draft:
    if replaces is None:
        heads = visit.state.heads(form, path, act)
        replaces = tuple(sorted(reference(entry.device, entry.seq, digest) for digest, entry in heads))
    why = "" if act in _BESIDE else clean(why.strip())
    return Draft(visit.id, act, form, path, value, visit.versions.get(form, ""), why, replaces)
