"""What undo and redo would do next, read off this device's log: so both work after a restart.

An entry made by undo or redo names, beside what it replaces, something that this had replaced; no other act does.
A settled conflict is taken back by restoring each of its sides, so that it is open again.
"""

from collections.abc import Iterable, Sequence
from typing import Any, NamedTuple

from assessor_tui.ledger.draft import Draft
from assessor_tui.ledger.entry import (
    ADD_ROW,
    ANSWER,
    ANSWERING,
    ATTACH,
    CLEAR,
    COMMENT,
    DETACH,
    JOIN_ROWS,
    NOTE,
    OPEN_VISIT,
    REMOVE_ROW,
    RETURN,
    SETTLE,
    STATE,
    USE_FORM,
    WITHDRAW,
    Entry,
    plain_name,
    reference,
)
from assessor_tui.ledger.state import IN_SET, SLOT_OF, Head, VisitState, file_of, meaning

_UNDOABLE = ANSWERING | {ADD_ROW, REMOVE_ROW, JOIN_ROWS, NOTE, COMMENT, RETURN, WITHDRAW, ATTACH, DETACH, USE_FORM}
_STARTS = frozenset({OPEN_VISIT, USE_FORM, ADD_ROW})
_AT_ONCE = 1
"""Microseconds between entries that were recorded together: what follows a new row or visit so soon came with it."""
_OPPOSITE = {ADD_ROW: REMOVE_ROW, NOTE: WITHDRAW, COMMENT: WITHDRAW, RETURN: WITHDRAW, ATTACH: DETACH}


class Step(NamedTuple):
    """What undo or redo would do next."""

    entry: Entry
    """The own entry that is taken back, or done again."""
    draft: Draft


class _Act(NamedTuple):
    """One own act that could be taken back."""

    group: int
    """Equal for acts that were recorded together."""

    thread: object
    """What it is about: its slot, or the first entry of a note's or attachment's life."""
    entry: Entry
    before: Entry | None
    settles: bool = False
    """True when it decided between several heads."""


def undo_of(state: VisitState, device: str) -> tuple[Step, ...]:
    """What undo would do: take back the last acts of this device that were recorded together and not taken back yet.

    What somebody replaced since, a withdrawn file and whatever lies before a signature stay. All of what was recorded
    together is taken back, or nothing. Several steps can be about one entry: a settled conflict is opened again.
    """
    undo, _, current = _own_acts(state, device)
    return _together(
        _reopening(state, act, current[act.thread])
        if act.settles
        else _step(state, act.entry, act.before, current[act.thread])
        for act in _last_group(undo)
    )


def redo_of(state: VisitState, device: str) -> tuple[Step, ...]:
    """What redo would do: repeat what was taken back last; nothing when there is nothing."""
    _, redo, current = _own_acts(state, device)
    return _together(_step(state, act.entry, act.entry, current[act.thread]) for act in _last_group(redo))


def sides_of(state: VisitState, entry: Entry) -> list[Head]:
    """What the entry replaced that stood when it was written, by hash; not what undo and redo name beside that."""
    replaced = [(ref[-32:], past) for ref in entry.replaces if (past := state.entry(ref[-32:])) is not None]
    older = {ref[-32:] for _, past in replaced for ref in past.replaces}
    return sorted(head for head in replaced if head[0] not in older)


def said_first(state: VisitState, head: Head) -> Head:
    """Who said it first: the side that undo brought back when it opened a settled conflict again, else ``head``."""
    met = {head[0]}
    while len(head[1].replaces) == 2:
        replaced = [(ref[-32:], past) for ref in head[1].replaces if (past := state.entry(ref[-32:])) is not None]
        settled = [past for _, past in replaced if len(sides_of(state, past)) > 1]
        restored = [each for each in replaced if _said(each[1]) == _said(head[1]) and _is_side(settled, each[0])]
        if not restored or restored[0][0] in met:
            return head
        head = restored[0]
        met.add(head[0])
    return head


def _is_side(settled: Sequence[Entry], digest: str) -> bool:
    return any(ref[-32:] == digest for past in settled for ref in past.replaces)


def _last_group(acts: Sequence[_Act]) -> list[_Act]:
    """What was recorded together at the end, the last act first; nothing that is about the same as another of them."""
    group: list[_Act] = []
    threads: set[object] = set()
    for act in reversed(acts):
        if group and (act.group != group[0].group or act.thread in threads):
            break
        group.append(act)
        threads.add(act.thread)
    return group


def _together(steps: Iterable[tuple[Step, ...]]) -> tuple[Step, ...]:
    taken = tuple(steps)
    return tuple(step for several in taken for step in several) if all(taken) else ()


def _own_acts(state: VisitState, device: str) -> tuple[list[_Act], list[_Act], dict[object, tuple[Head, ...]]]:
    """Acts that can be undone, acts that can be redone, and per thread the own entries that stand last.

    More than one stand last where a conflict was opened again: one for each side.
    """
    undo: list[_Act] = []
    redo: list[_Act] = []
    current: dict[object, tuple[Head, ...]] = {}
    threads: dict[str, object] = {}
    start: Entry | None = None
    before_at = group = 0
    for digest, entry in state.log(device):
        given = start is not None and _is_given(entry, start, before_at)
        group += not 0 <= entry.at - before_at <= _AT_ONCE
        before_at = entry.at
        if not given:
            start = entry if entry.act in _STARTS else None
        if entry.act in STATE:
            undo, redo = [], []
        if entry.act not in _UNDOABLE or (entry.act == USE_FORM and not entry.replaces):
            continue  # with which forms a visit began is not taken back; that it went over to another version is
        replaced = [each[-32:] for each in _takes_the_place_of(state, entry)]
        slot = SLOT_OF.get(entry.act, IN_SET)
        thread: object = (entry.form, entry.path, slot)
        if not slot:
            thread = next((threads[each] for each in replaced if each in threads), digest)
        threads[digest] = thread
        there = current.get(thread, ())
        if redo and redo[-1].settles and redo[-1].thread == thread and _is_other_side(entry, there):
            current[thread] = (*there, (digest, entry))
            continue
        current[thread] = ((digest, entry),)
        before = state.entry(replaced[0]) if replaced else None
        if given or any(each is not None and file_of(each) in state.withdrawn for each in (entry, before)):
            continue  # what is withdrawn does not come back by a key
        if there and _takes_back(state, entry, replaced, there):
            if undo and undo[-1].thread == thread and _restores(state, undo[-1], entry, there):
                redo.append(undo.pop())
                continue
            if redo and redo[-1].thread == thread and _said(redo[-1].entry) == _said(entry):
                undo.append(redo.pop())
                continue
        redo = []
        settles = slot == SLOT_OF[ANSWER] and len(sides_of(state, entry)) > 1
        if settles:
            undo.append(_Act(group, thread, entry, None, settles=True))
        elif len(replaced) > 1 or (before is not None and _decides_row(entry, before)):
            undo = []
        elif not replaced or before is not None:
            undo.append(_Act(group, thread, entry, before))
    return undo, redo, current


def _is_given(entry: Entry, start: Entry, before_at: int) -> bool:
    """True for an answer that came with the row or visit it stands in: a default, not an act to take back."""
    inside = start.act != ADD_ROW or (entry.form == start.form and entry.path.startswith(f"{start.path}/"))
    return inside and entry.act == ANSWER and not entry.replaces and 0 <= entry.at - before_at <= _AT_ONCE


def _decides_row(entry: Entry, before: Entry) -> bool:
    """True where somebody kept a row that another had taken away: taking that back would not open the conflict."""
    taken_away = before.act in (REMOVE_ROW, JOIN_ROWS) and plain_name(before.person) != plain_name(entry.person)
    return entry.act == ADD_ROW and bool(entry.why) and taken_away


def _is_other_side(entry: Entry, there: Sequence[Head]) -> bool:
    """True when undo made the entry together with ``there``, for another side of the same settled conflict."""
    if len(entry.replaces) != 2 or not there or len(there[0][1].replaces) != 2:
        return False
    shared = set(entry.replaces).intersection(*(set(each.replaces) for _, each in there))
    return len(shared) == 1 and not {ref[-32:] for ref in entry.replaces} & {digest for digest, _ in there}


def _takes_the_place_of(state: VisitState, entry: Entry) -> tuple[str, ...]:
    """What the entry replaces. A comment stands beside the return that it answers, and does not take its place."""
    if entry.act != COMMENT:
        return entry.replaces
    named = {ref: state.entry(ref[-32:]) for ref in entry.replaces}
    return tuple(ref for ref, each in named.items() if each is None or each.act != RETURN)


def _takes_back(state: VisitState, entry: Entry, replaced: Sequence[str], there: Sequence[Head]) -> bool:
    """True when the entry was made by undo or redo from ``there``: it names what ``there`` replaced, too.

    No other act names an entry that stands no more. What replaced nothing can only have been taken away.
    """
    if not _takes_the_place_of(state, there[0][1]):
        return replaced == [there[0][0]] and meaning(entry) == _GONE
    stood = {digest for digest, _ in there}
    marks = [ref for ref in _takes_the_place_of(state, entry) if ref[-32:] not in stood]
    return stood < set(replaced) and len(marks) == 1 and all(marks[0] in each.replaces for _, each in there)


def _restores(state: VisitState, act: _Act, entry: Entry, there: Sequence[Head]) -> bool:
    """True when the entry says what stood before the act; of a settled conflict, what one of its sides said."""
    if not act.settles:
        return _said(act.before) == _said(entry)
    return any(_said(side) == _said(entry) for _, side in sides_of(state, there[0][1]))


def _said(entry: Entry | None) -> tuple[Any, ...]:
    """Meaning of an entry with its reason; nothing at all is the same as taken away."""
    if entry is None or meaning(entry) == _GONE:
        return _GONE
    return (*meaning(entry), entry.value, entry.why if entry.act == "not applicable" else "")


_GONE: tuple[Any, ...] = ("gone",)


def _stand(state: VisitState, entry: Entry, current: Sequence[Head]) -> bool:
    """True while nothing but ``current`` stands in the entry's slot."""
    act = current[0][1].act
    heads = state.heads(entry.form, entry.path, act)
    return act not in SLOT_OF or [digest for digest, _ in heads] == sorted(digest for digest, _ in current)


def _step(state: VisitState, entry: Entry, wanted: Entry | None, current: Sequence[Head]) -> tuple[Step, ...]:
    """The step that makes ``wanted`` stand instead of ``current``; nothing when that stands no more."""
    if not _stand(state, entry, current) or (len(current) > 1 and wanted is not entry):
        return ()  # what was said before a conflict is not taken back while that is open
    if wanted is not None and meaning(wanted) != _GONE:
        settles = wanted.act == SETTLE and len(current) > 1
        act = wanted.act if settles or wanted.act != SETTLE else ANSWER
        value, why, version = wanted.value, wanted.why, wanted.version
    elif wanted is not None and len(current) > 1:
        act, value, why, version = wanted.act, wanted.value, wanted.why, wanted.version  # settled by no answer
    else:
        act = wanted.act if wanted is not None else _OPPOSITE.get(entry.act, CLEAR)
        value, why, version = None, "", entry.version
    named = {reference(each.device, each.seq, digest) for digest, each in current}
    past = set(_takes_the_place_of(state, current[0][1]))
    mark = sorted(past.intersection(*(set(each.replaces) for _, each in current)))[:1]
    # A reply that is said again answers the same returns again.
    answers = set(wanted.replaces).difference(_takes_the_place_of(state, wanted)) if wanted is not None else set()
    replaces = _sorted(named.union(answers), mark)
    return (Step(entry, Draft(entry.visit, act, entry.form, entry.path, value, version, why, replaces)),)


def _reopening(state: VisitState, act: _Act, current: Sequence[Head]) -> tuple[Step, ...]:
    """The steps that let each side of a settled conflict stand again; nothing when the decision stands no more."""
    if len(current) != 1 or not _stand(state, act.entry, current):
        return ()
    settled = reference(current[0][1].device, current[0][1].seq, current[0][0])
    steps = []
    for digest, side in sides_of(state, current[0][1]):
        said = side.act if side.act != SETTLE or meaning(side) == _GONE else ANSWER
        named = reference(side.device, side.seq, digest)
        draft = Draft(
            side.visit, said, side.form, side.path, side.value, side.version, side.why, _sorted({settled}, [named])
        )
        steps.append(Step(act.entry, draft))
    return tuple(steps)


def _sorted(named: set[str], more: Iterable[str]) -> tuple[str, ...]:
    return tuple(sorted(named.union(more)))
