"""What waits for a person beside differing heads: rows that two people added for one thing, and what has not arrived.

Everything is a function of the entries, as in ``state``, which knows no form: who asks says which questions tell rows
from each other.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import combinations, product
from typing import Any, NamedTuple

from assessor_tui.form.model import Form, Repeat, walk
from assessor_tui.ledger.entry import ADD_ROW, Entry, generic_path, plain_name
from assessor_tui.ledger.signature import Over
from assessor_tui.ledger.state import Head, VisitState, meaning, row_of
from assessor_tui.ledger.value import Value, names

EQUAL_ROWS = "rows"
"""Kind of conflict: rows that were added apart and have one natural key."""


_MOST_ALIKE = 40
"""Rows of one key and device that are compared."""


class EqualRows(NamedTuple):
    """Standing rows of one repeat with equal keys, added by people who had not seen each other's row."""

    form: str
    repeat: str
    """Path of the repeat, with the rows it stands in."""
    key: tuple[Value, ...]
    """Answers of the questions that tell its rows from each other, as the first row has them."""
    rows: tuple[str, ...]
    """Their paths, in the order of the table; two or more."""


class Gap(NamedTuple):
    """Entries of one log that others have seen, or that stand before others, and that are not here."""

    device: str
    person: str
    """Who wrote on that device, as far as is known; ``""`` when nothing of it is here."""
    begin: int
    end: int
    ask: tuple[tuple[str, str], ...]
    """(device, person) of who has them, the one who wrote them first."""


def equal_rows(state: VisitState, form: str, keys: Mapping[str, Sequence[str]]) -> list[EqualRows]:
    """Rows with equal keys that were added apart and that nobody has kept apart, by repeat.

    ``keys`` is generic path of a repeat -> names of the questions of its natural key. A row counts when it has answers
    to all of them; nobody kept two rows apart while neither's ``add row`` that stands names the other.
    """
    if not keys or len(state.devices()) < 2:
        return []
    found: list[EqualRows] = []
    for repeat, rows in state.rows(form).items():
        wanted = keys.get(generic_path(repeat), ())
        alike: dict[tuple[Any, ...], list[str]] = {}
        for row in rows if wanted and len(rows) > 1 else ():
            path = f"{repeat}[{row}]"
            answers = [state.standing(form, f"{path}/{name}") for name in wanted]
            if all(each is not None and each.status == "answered" for each in answers):
                key = tuple(_plain(each.entry) for each in answers if each is not None)
                alike.setdefault(key, []).append(path)
        for paths in alike.values():
            apart = {path for pair in _pairs(state, form, paths) if _is_undecided(state, form, *pair) for path in pair}
            if apart:
                those = tuple(path for path in paths if path in apart)
                said = (state.standing(form, f"{those[0]}/{name}") for name in wanted)
                values = tuple(each.value for each in said if each is not None and each.value is not None)
                found.append(EqualRows(form, repeat, values, those))
    return found


def _pairs(state: VisitState, form: str, rows: Sequence[str]) -> Iterator[tuple[str, str]]:
    """Two rows each that different devices have added: only those can have been added apart."""
    if len(rows) < 2:
        return
    by_device: dict[frozenset[str], list[str]] = {}
    for row in rows:
        by_device.setdefault(frozenset(entry.device for _, entry in _origins(state, form, row)), []).append(row)
    devices = list(by_device)
    for one, other in combinations(devices, 2):
        # Nobody decides about more of them at once, and a table of one key throughout must not take minutes.
        yield from product(by_device[one][:_MOST_ALIKE], by_device[other][:_MOST_ALIKE])
    for one in devices:
        if len(one) > 1 or state.is_forked(one):
            yield from combinations(by_device[one][:_MOST_ALIKE], 2)


def keys_of(form: Form) -> dict[str, tuple[str, ...]]:
    """Generic path of a repeat -> questions of its natural key, of repeats whose rows people add."""
    return {
        "/".join((*above, node.name)): node.key
        for above, node in walk(form.children)
        if isinstance(node, Repeat) and node.key and not node.repeat_count
    }


def _plain(entry: Entry) -> tuple[Any, ...]:
    """What an answer means in a key: width, case and spaces tell no two rows apart."""
    return (plain_name(entry.value),) if isinstance(entry.value, str) else meaning(entry)


def _is_undecided(state: VisitState, form: str, one: str, other: str) -> bool:
    """True for two rows that were added apart and that nobody has kept apart since."""
    origins, others = _origins(state, form, one), _origins(state, form, other)
    if any(state.knows(a, b) or state.knows(b, a) for a in origins for b in others):
        return False
    return row_of(other)[1] not in kept_beside(state, form, one) and row_of(one)[1] not in kept_beside(
        state, form, other
    )


def _origins(state: VisitState, form: str, row: str) -> list[tuple[str, Entry]]:
    return [head for head in state.history(form, row) if head[1].act == ADD_ROW and not head[1].replaces]


def kept_beside(state: VisitState, form: str, row: str) -> frozenset[str]:
    """Ids of the rows beside which somebody has kept this one as a row of its own."""
    heads = state.row_heads(form, row)
    return frozenset(name for _, entry in heads if entry.act == ADD_ROW for name in names(entry.value))


def gaps(state: VisitState) -> list[Gap]:
    """What is not here of each log, by device and number: before what is here, and as far as others have seen it."""
    held: dict[str, set[int]] = {}
    people: dict[str, str] = {}
    named: dict[str, int] = {}
    knowing: dict[str, dict[str, int]] = {}
    for _, entry in state.entries():
        held.setdefault(entry.device, set()).add(entry.seq)
        people[entry.device] = entry.person
        for ref in entry.seen:
            device, seq, _ = ref.split(".")
            named[device] = max(named.get(device, 0), int(seq))
            knows = knowing.setdefault(device, {})
            knows[entry.device] = max(knows.get(entry.device, 0), int(seq))
    found = []
    for device in sorted(held.keys() | named.keys()):
        here = held.get(device, set())
        last = max(max(here, default=0), named.get(device, 0))
        for begin, end in stretches(here, last):
            others = sorted(each for each, seq in knowing.get(device, {}).items() if seq >= end and each != device)
            ask = [(each, people.get(each, "")) for each in (device, *others)]
            found.append(Gap(device, people.get(device, ""), begin, end, tuple(ask)))
    return found


def stretches(here: Iterable[int], last: int) -> list[tuple[int, int]]:
    """First and last of each run of numbers from 1 to ``last`` that are not ``here``."""
    found = []
    before = 0
    for number in (*sorted(each for each in set(here) if each <= last), last + 1):
        if number > before + 1:
            found.append((before + 1, number - 1))
        before = number
    return found


class ForkSide(NamedTuple):
    """One of the laptops that went on with a copied folder."""

    first: Head
    """Its entry under the number that the other has used, too."""
    last: Entry
    entries: int
    """How many it wrote from there on, as far as they are here."""
    goes_on: str
    """The device as which that laptop writes since the copy was noticed; ``""`` when it has not been heard since."""


def fork_sides(state: VisitState, twins: Sequence[Head]) -> list[ForkSide]:
    """The laptops behind a fork, by the hash of the entry that tells them apart."""
    found = []
    device = twins[0][1].device
    log = state.log(device)
    for digest, entry in sorted(twins):
        side = {digest: entry}
        for each, later in log:
            if later.prev in side:
                side[each] = later
        last = max(side.values(), key=lambda one: one.seq)
        found.append(ForkSide((digest, entry), last, len(side), _goes_on(state, device, last.person, side)))
    return found


def _goes_on(state: VisitState, device: str, person: str, side: Mapping[str, Entry]) -> str:
    """The device whose very first words in the visit name an entry of the side, by the same person."""
    for other in state.devices():
        first = state.log(other)[0][1] if other != device else None
        if first is not None and first.person == person and any(ref[-32:] in side for ref in first.seen):
            return other
    return ""


def overs(state: VisitState) -> tuple[Over, ...]:
    """Each log with a gap before something that is here, as a signature names it that is given over it."""
    found = []
    for device in sorted({entry.device for _, entry in state.gaps()}):
        log = state.log(device)
        digest, last = log[-1]
        found.append(Over(device, last.seq, digest, tuple(stretches((entry.seq for _, entry in log), last.seq))))
    return tuple(found)
