"""What the entries of one visit say: heads, answers, rows, conflicts, signatures.

Everything is a function of the set of entries: order, repetition and clocks change nothing. Acts that compete for one
state share a *slot* of their form and path; the entries of a slot that no entry of the same slot replaces are its
*heads*. Notes, comments, evidence and the other acts are sets: each stands until an entry replaces it.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from decimal import Decimal
from fractions import Fraction
from itertools import islice
from typing import Any, NamedTuple

from assessor_tui.ledger.entry import (
    ADD_ROW,
    ANSWER,
    ANSWERING,
    ATTACH,
    CLEAR,
    COMMENT,
    DETACH,
    JOIN_ROWS,
    NOT_APPLICABLE,
    NOTE,
    OPEN_VISIT,
    REMOVE_ROW,
    RETURN,
    ROWS,
    SETTLE,
    SIGN,
    STATE,
    TO_COME,
    USE_FORM,
    WITHDRAW,
    Entry,
    generic_path,
    plain_name,
)
from assessor_tui.ledger.follow_up import is_follow_up
from assessor_tui.ledger.value import Evidence, Quantity, Value, names

Head = tuple[str, Entry]
"""Hash and entry."""

IN_ANSWER, IN_ROW, IN_STATE, IN_FORM, IN_SET = "answer", "row", "state", "form", ""
"""Slots. Entries of the first four compete; those of the last stand beside each other."""
SLOT_OF: Mapping[str, str] = {
    **dict.fromkeys(ANSWERING, IN_ANSWER),
    **dict.fromkeys(ROWS, IN_ROW),
    **dict.fromkeys(STATE, IN_STATE),
    USE_FORM: IN_FORM,
}

VALUE, CLEARED, LATE, ROW, VERSION, FORK, SIGNED = "value", "cleared", "late", "row", "version", "fork", "signed"
"""Kinds of conflict."""

OVER = ("over",)
"""Value of a ``return`` that says of the returns it replaces that they are over."""

_GONE = ("gone",)
_STATUS = {ANSWER: "answered", CLEAR: "missing", NOT_APPLICABLE: "not applicable", TO_COME: "to come"}
_LETTERS = "ABCDEFGHJKLMNPQRSTUVWXYZ"
_ROW_TAIL = 34
"""Length of ``[<32 hex>]``."""


class Standing(NamedTuple):
    """What stands in one slot."""

    heads: tuple[Head, ...]
    """Never empty. First what counts while they differ: what was signed, else the smallest hash."""

    @property
    def entry(self) -> Entry:
        """The head that counts."""
        return self.heads[0][1]

    @property
    def status(self) -> str:
        """``answered``, ``missing``, ``not applicable`` or ``to come``."""
        return status_of(self.entry)

    @property
    def value(self) -> Value | None:
        """The value of the head that counts."""
        return self.entry.value

    @property
    def disputed(self) -> bool:
        """True when the heads do not mean the same."""
        return len(self.heads) > 1 and not agree(entry for _, entry in self.heads)


class Conflict(NamedTuple):
    """Something only a person can decide. It blocks signing and nothing else."""

    kind: str
    form: str
    path: str
    heads: tuple[Head, ...]
    """The sides: first what counts meanwhile. A single one when an entry conflicts with what was signed or moved."""


def status_of(entry: Entry) -> str:
    """``answered``, ``missing``, ``not applicable`` or ``to come``: what an answering entry makes of its question."""
    if entry.act == SETTLE:
        return "missing" if entry.value is None else "answered"
    return _STATUS.get(entry.act, "missing")


def meaning(entry: Entry) -> tuple[Any, ...]:
    """What the entry says of its slot, equal for two entries that agree whatever their words, units or reasons."""
    act, value = entry.act, entry.value
    if act in ANSWERING:
        status = status_of(entry)
        if status == "missing":
            return _GONE
        return (status,) if status == "not applicable" else (status, _value_meaning(value))
    if act == REMOVE_ROW:
        return _GONE
    if act in (WITHDRAW, DETACH):
        return _GONE
    if act == ADD_ROW:
        return (act,)
    return (act, entry.version, _value_meaning(value)) if act == USE_FORM else (act, _value_meaning(value))


def _value_meaning(value: Value | None) -> object:
    if isinstance(value, Quantity):
        from assessor_tui.units import units  # not on the way to the first frame

        unit = units().get(value.u)
        if unit is None:
            return ("quantity", value.u, Fraction(value.n))
        return ("quantity", unit.kind, Fraction(value.n) * unit.ratio, "")
    if value is None or isinstance(value, str):
        return value
    if isinstance(value, Evidence):
        return ("evidence", value.kind, tuple(sorted((key, text) for key, text in value.about.items() if text)))
    return value


def agree(entries: Iterable[Entry]) -> bool:
    """True when all entries mean the same."""
    first, *rest = entries
    if all(entry.act == first.act and entry.value == first.value and entry.version == first.version for entry in rest):
        return True
    values = [entry.value for entry in (first, *rest) if entry.act == ANSWER and isinstance(entry.value, Quantity)]
    if len(values) == len(rest) + 1 and len({value.u for value in values}) == 1:
        # Two meter readings: the same as below, in a tenth of the time.
        return len({Decimal(value.n) for value in values}) == 1
    wanted = meaning(first)
    return all(meaning(entry) == wanted for entry in rest)


def head_conflict(slot: str, heads: Iterable[Entry]) -> str:
    """Kind of conflict that the heads of one slot are in by themselves, ``""`` when they agree."""
    entries = list(heads)
    if slot == IN_SET or len(entries) < 2 or agree(entries):
        return ""
    if slot == IN_STATE:
        return SIGNED
    if slot == IN_ROW:
        return ROW
    if slot == IN_FORM or len({entry.version for entry in entries}) > 1:
        return VERSION
    return CLEARED if any(status_of(entry) == "missing" for entry in entries) else VALUE


def file_of(entry: Entry) -> str:
    """SHA-256 of the file that the entry ties or withdraws, ``""`` when it is about none."""
    return entry.value.about.get("sha256", "") if isinstance(entry.value, Evidence) else ""


def device_letters(device: str) -> str:
    """Three letters that people speak for the device, from its id; I and O are left out."""
    number = int(device[:12], 16)
    letters = ""
    for _ in range(3):
        number, digit = divmod(number, len(_LETTERS))
        letters += _LETTERS[digit]
    return letters


def row_of(path: str) -> tuple[str, str]:
    """Repeat path and row id of a row's path; ``("", "")`` when it is not one."""
    return (path[:-_ROW_TAIL], path[-33:-1]) if path.endswith("]") and len(path) > _ROW_TAIL else ("", "")


def row_paths(path: str) -> Iterator[str]:
    """Paths of the rows that ``path`` stands in, outermost first; a row's own path is one of them."""
    at = path.find("]")
    while at >= 0:
        yield path[: at + 1]
        at = path.find("]", at + 1)


class _Slot:
    """Entries of one slot, what of them was replaced, and what stands."""

    __slots__ = ("entries", "heads", "replaced")

    def __init__(self) -> None:
        self.entries: dict[str, Entry] = {}
        self.heads: dict[str, Entry] = {}
        self.replaced: set[str] = set()

    def add(self, digest: str, entry: Entry) -> None:
        self.entries[digest] = entry
        if digest not in self.replaced or (entry.act == COMMENT and not self._takes_back(digest, entry)):
            self.heads[digest] = entry
        for ref in entry.replaces:
            replaced = ref[-32:]
            self.replaced.add(replaced)
            there = self.heads.get(replaced)
            if there is not None and (there.act != COMMENT or there.device == entry.device):
                del self.heads[replaced]

    def _takes_back(self, digest: str, comment: Entry) -> bool:
        """True when the laptop that wrote the comment took it back: nobody else can make go what somebody has said."""
        own = (each for each in self.entries.values() if each.device == comment.device)
        return any(ref[-32:] == digest for each in own for ref in each.replaces)


_Key = tuple[str, str, str]
"""Form, path, slot."""
_Order = tuple[int, bool, str, int, str]
"""Position of a row, True when it was only brought back, then device, seq and hash of who added it."""
_STATE_KEY = ("", "", IN_STATE)


class VisitState:
    """Everything the entries of one visit say, built entry by entry, in any order, with the same result."""

    __slots__ = (
        "_added",
        "_all_dirty",
        "_conflicts",
        "_dirty",
        "_entries",
        "_forked",
        "_horizons",
        "_inside",
        "_last",
        "_logs",
        "_numbers",
        "_openings",
        "_own",
        "_returned",
        "_rows",
        "_seen",
        "_slots",
        "_withdrawals",
        "_withdrawn",
    )

    def __init__(self, entries: Iterable[Head] = ()) -> None:
        self._entries: dict[str, Entry] = {}
        self._slots: dict[_Key, _Slot] = {}
        self._logs: dict[str, dict[int, tuple[str, ...]]] = {}
        self._last: dict[str, int] = {}
        self._openings: dict[str, Entry] = {}
        self._seen: dict[str, list[Head]] = {}
        self._forked: set[str] = set()
        self._rows: dict[tuple[str, str], dict[str, _Order]] = {}
        self._added: dict[_Key, dict[str, _Order]] = {}
        """Form, generic path of a repeat and device -> path of each row that it added."""
        self._numbers: dict[_Key, dict[str, int]] = {}
        """The same -> number of each row among them, worked out once for all."""
        self._inside: dict[tuple[str, str], list[_Key]] = {}
        """Form and path of a row -> the slots in it."""
        self._own: dict[_Key, dict[str, Conflict]] = {}
        self._conflicts: dict[tuple[str, str, str], Conflict] | None = None
        self._dirty: set[_Key] = set()
        self._all_dirty = False
        self._horizons: dict[str, dict[str, list[tuple[int, str]]]] = {}
        self._withdrawals: list[Head] = []
        """What withdraws a file for good."""
        self._withdrawn: tuple[int, Mapping[str, Head]] = 0, {}
        """Number of entries of which it was worked out, and what was."""
        self._returned: list[Head] = []
        for digest, entry in entries:
            self.add(digest, entry)

    def __len__(self) -> int:
        return len(self._entries)

    def __contains__(self, digest: str) -> bool:
        return digest in self._entries

    def add(self, digest: str, entry: Entry) -> None:
        """Nothing; the state says from now on what it says with this entry, too."""
        if digest in self._entries:
            return
        self._entries[digest] = entry
        device, seq = entry.device, entry.seq
        log = self._logs.setdefault(device, {})
        twins = log.get(seq)
        log[seq] = (digest,) if twins is None else (*twins, digest)
        if twins is not None:
            self._forked.add(device)
        if device in self._forked:
            self._all_dirty = True
        if seq > self._last.get(device, 0):
            self._last[device] = seq
        else:
            self._all_dirty = True
        if entry.seen:
            self._seen.setdefault(device, []).append((digest, entry))
        if entry.act == OPEN_VISIT:
            self._openings[digest] = entry
        elif entry.act == WITHDRAW and file_of(entry):
            self._withdrawals.append((digest, entry))
        elif entry.act == RETURN and entry.value is None:
            self._returned.append((digest, entry))
        key = (entry.form, entry.path, SLOT_OF.get(entry.act, IN_SET))
        slot = self._slots.get(key)
        if slot is None:
            slot = self._slots[key] = _Slot()
            for row in row_paths(entry.path):
                if row != entry.path:
                    self._inside.setdefault((entry.form, row), []).append(key)
        slot.add(digest, entry)
        self._conflicts = None
        self._horizons.clear()
        self._dirty.add(key)
        if key[2] == IN_ROW:
            self._add_row(digest, entry)
        elif key[2] == IN_STATE or (key[2] == IN_FORM and len(slot.entries) > 1):
            self._all_dirty = True
        for row in row_paths(entry.path):
            self._dirty.add((entry.form, row, IN_ROW))
            removed = self._slots.get((entry.form, row, IN_ROW))
            if removed is not None and any(each.act != ADD_ROW for each in removed.entries.values()):
                self._dirty.update(self._inside.get((entry.form, row), ()))

    def _add_row(self, digest: str, entry: Entry) -> None:
        repeat, row = row_of(entry.path)
        if not repeat or entry.act != ADD_ROW:
            return
        rows = self._rows.setdefault((entry.form, repeat), {})
        # Who brings a removed row back does not make it his own.
        order = (_position(entry), bool(entry.replaces), entry.device, entry.seq, digest)
        rows[row] = min(rows.get(row, order), order)
        key = (entry.form, generic_path(repeat), entry.device)
        own = self._added.setdefault(key, {})
        own[entry.path] = min(own.get(entry.path, order), order)
        self._numbers.pop(key, None)

    # what stands

    def entry(self, digest: str) -> Entry | None:
        """The entry of that hash, None when it is not known."""
        return self._entries.get(digest)

    def entries(self) -> Iterator[Head]:
        """Every entry with its hash, by device and seq."""
        for device in sorted(self._logs):
            yield from self.log(device)

    def arrived_after(self, count: int) -> Iterator[Head]:
        """Entries added after the first ``count``, in the order of their arrival on this laptop."""
        return islice(self._entries.items(), count, None)

    def log(self, device: str) -> list[Head]:
        """The entries of one device, by seq; both sides of a fork by hash."""
        log = self._logs.get(device, {})
        return [(digest, self._entries[digest]) for seq in sorted(log) for digest in sorted(log[seq])]

    def devices(self) -> list[str]:
        """Devices with entries in this visit, sorted."""
        return sorted(self._logs)

    def is_forked(self, devices: Iterable[str]) -> bool:
        """True when one of these devices has used a number twice: a copied folder."""
        return not self._forked.isdisjoint(devices)

    def gaps(self) -> list[Head]:
        """The first entry behind each gap: what stands before it in its log has not arrived."""
        return [
            head
            for device, log in sorted(self._logs.items())
            if self._last[device] != len(log)
            for head in self.log(device)
            if head[1].seq > 1 and head[1].seq - 1 not in log
        ]

    def standing(self, form: str, path: str) -> Standing | None:
        """What stands as the answer; None when nobody ever answered."""
        heads = self._heads((form, path, IN_ANSWER))
        return Standing(heads) if heads else None

    def heads(self, form: str, path: str, act: str) -> tuple[Head, ...]:
        """What an entry of this act, form and path would compete with; empty for acts that do not compete."""
        slot = self._slots.get((form, path, SLOT_OF.get(act, IN_SET)))
        return tuple(sorted(slot.heads.items())) if slot is not None and act in SLOT_OF else ()

    def row_heads(self, form: str, row_path: str) -> tuple[Head, ...]:
        """What stands of a row: the entries that added or removed it."""
        return self.heads(form, row_path, ADD_ROW)

    def answers(self, form: str) -> dict[str, tuple[str, Value | None]]:
        """Path -> status and value, for every question that is answered and whose rows were not removed.

        Rows that nobody added are the form's own to count.
        """
        rows = self._standing_rows(form)
        found: dict[str, tuple[str, Value | None]] = {}
        for its_form, path, slot in self._slots:
            if its_form != form or slot != IN_ANSWER:
                continue
            if not all(row in rows or (form, row, IN_ROW) not in self._slots for row in row_paths(path)):
                continue
            standing = self.standing(form, path)
            if standing is not None and standing.status != "missing":
                found[path] = (standing.status, standing.value)
        return found

    def rows(self, form: str) -> dict[str, list[str]]:
        """Repeat path -> row ids: counted rows by position, then by the device and seq that added them."""
        standing = self._standing_rows(form)
        found: dict[str, list[str]] = {}
        for its_form, repeat in sorted(self._rows):
            if its_form == form:
                order = self._rows[form, repeat]
                rows = [row for row in sorted(order, key=order.__getitem__) if f"{repeat}[{row}]" in standing]
                if rows:
                    found[repeat] = rows
        return found

    def _standing_rows(self, form: str) -> set[str]:
        conflicts = self.conflicts
        standing = set()
        for (its_form, repeat), rows in self._rows.items():
            if its_form == form:
                for row in rows:
                    path = f"{repeat}[{row}]"
                    heads = self._slots[form, path, IN_ROW].heads.values()
                    if any(head.act == ADD_ROW for head in heads) or (ROW, form, path) in conflicts:
                        standing.add(path)
        return {path for path in standing if all(row in standing for row in row_paths(path))}

    def joined_into(self, form: str, row_path: str) -> str:
        """Id of the row this one was joined into, ``""`` when it was not."""
        heads = self._heads((form, row_path, IN_ROW))
        value = heads[0][1].value if heads and heads[0][1].act == JOIN_ROWS else None
        return value if isinstance(value, str) else ""

    def row_number(self, form: str, row_path: str, letter: str = "") -> str:
        """What people speak for a row, such as ``F-KQT3``: never renumbered, unique without contact.

        ``letter`` is the repeat's ``row_letter``. A counted row has its position instead. ``""`` for an unknown row.
        """
        repeat, row = row_of(row_path)
        order = self._rows.get((form, repeat), {}).get(row)
        if order is None:
            return ""
        position, _, device, *_ = order
        if position < _UNCOUNTED:
            return f"{letter}{position}"
        key = (form, generic_path(repeat), device)
        numbers = self._numbers.get(key)
        if numbers is None:
            # All rows that it added, also one that another laptop added under the same key: the rows after it stay.
            own = self._added[key]
            numbers = self._numbers[key] = {path: at for at, path in enumerate(sorted(own, key=own.__getitem__), 1)}
        number = f"{device_letters(device)}{numbers[row_path]}"
        return f"{letter}-{number}" if letter else number

    def standing_acts(self, act: str, form: str = "", path: str = "") -> list[Head]:
        """Entries of this act at this form and path that no other replaces, oldest first."""
        slot = self._slots.get((form, path, SLOT_OF.get(act, IN_SET)))
        if slot is None:
            return []
        return sorted(((d, entry) for d, entry in slot.heads.items() if entry.act == act), key=_by_time)

    def stands(self, digest: str) -> bool:
        """True for an entry that is here and that no other replaces."""
        entry = self._entries.get(digest)
        if entry is None:
            return False
        return digest in self._slots[entry.form, entry.path, SLOT_OF.get(entry.act, IN_SET)].heads

    def notes(self, form: str, path: str) -> list[Head]:
        """Notes that stand at this place, oldest first."""
        return self.standing_acts(NOTE, form, path)

    def comments(self, form: str, path: str) -> list[Head]:
        """Comments that stand at this place, oldest first."""
        return self.standing_acts(COMMENT, form, path)

    @property
    def returned(self) -> Sequence[Head]:
        """Every return, also what is over, in the order of arrival; ``ledger.returns`` says what became of each."""
        return self._returned

    def evidence(self, form: str, path: str) -> list[Head]:
        """Evidence that stands at this place, oldest first; without files that were withdrawn."""
        found = self.standing_acts(ATTACH, form, path)
        withdrawn = self.withdrawn
        return [head for head in found if file_of(head[1]) not in withdrawn] if withdrawn else found

    @property
    def withdrawn(self) -> Mapping[str, Head]:
        """SHA-256 -> what withdrew the file, for files that are gone for good from every laptop of the visit.

        A file stands again where somebody who knew of that has tied it anew, and still does.
        """
        if not self._withdrawals:
            return {}
        count, found = self._withdrawn
        if count != len(self._entries):
            # What a thread has worked out must not pass for what stands after an entry that came meanwhile.
            count = len(self._entries)
            found = self._find_withdrawn()
            self._withdrawn = count, found
        return found

    def standing_files(self) -> list[Head]:
        """Every tie of a file that stands anywhere, oldest first; without files that were withdrawn."""
        return sorted((head for head in self._tied_files() if file_of(head[1]) not in self.withdrawn), key=_by_time)

    def held_files(self) -> list[Head]:
        """Every tie of a file that was ever made, oldest first; without files that were withdrawn.

        Bundles carry them all: a tie that was taken away can come back.
        """
        ties = (head for head in list(self._entries.items()) if head[1].act == ATTACH and file_of(head[1]))
        return sorted((head for head in ties if file_of(head[1]) not in self.withdrawn), key=_by_time)

    def _tied_files(self) -> Iterator[Head]:
        # Copies: threads that read files ask while somebody types.
        for (_, _, slot), content in list(self._slots.items()):
            for head in list(content.heads.items()) if slot == IN_SET else ():
                if head[1].act == ATTACH and file_of(head[1]):
                    yield head

    def _find_withdrawn(self) -> dict[str, Head]:
        withdrawals = sorted(self._withdrawals)
        tied: dict[str, list[Head]] = {file_of(entry): [] for _, entry in withdrawals}
        for head in self._tied_files():
            if (file := file_of(head[1])) in tied:
                tied[file].append(head)
        found: dict[str, Head] = {}
        for withdrawal in withdrawals:
            file = file_of(withdrawal[1])
            if not any(self.knows(head, withdrawal) for head in tied[file]):
                found.setdefault(file, withdrawal)
        return found

    def jots(self) -> list[Head]:
        """Notes and evidence not tied to a question yet, oldest first."""
        found: list[Head] = []
        for (form, path, slot), content in self._slots.items():
            if slot == IN_SET and not (form and path):
                found += [head for head in content.heads.items() if head[1].act in (NOTE, ATTACH) and head[1].value]
        withdrawn = self.withdrawn
        return sorted((head for head in found if file_of(head[1]) not in withdrawn), key=_by_time)

    @property
    def opening(self) -> Entry:
        """The entry that opened the visit.

        Raises:
            LookupError: when it has not arrived yet.
        """
        if not self._openings:
            raise LookupError("the opening of this visit is not known")
        if len(self._openings) == 1:
            return next(iter(self._openings.values()))
        return self._openings[min(self._openings, key=self._how_late)]

    def _how_late(self, digest: str) -> tuple[bool, int, str]:
        """Least for the true opening: it begins a log, knows of nobody, and the others had it when they began theirs.

        So nobody who joins a visit can open it again under another scheme.
        """
        entry = self._openings[digest]
        begun = (self.log(device)[0] for device in self._logs if device != entry.device)
        had = sum(self.knows(first, (digest, entry)) for first in begun)
        return entry.seq > 1 or bool(entry.seen), -had, digest

    @property
    def forms(self) -> dict[str, str]:
        """Form id -> version in use (first 12 hexadecimal digits of its hash), by form id."""
        found = {}
        for form, path, slot in sorted(self._slots):
            if slot == IN_FORM and path == "":
                heads = self._heads((form, path, slot))
                found[form] = heads[0][1].version
        return found

    @property
    def signed(self) -> Standing | None:
        """The signature that stands, signatures first when it is disputed; None while the visit is open."""
        signs = self._signs()
        if not signs:
            return None
        slot = self._slots[_STATE_KEY]
        return Standing((*signs, *sorted(head for head in slot.heads.items() if head[1].act != SIGN)))

    @property
    def is_signed(self) -> bool:
        """True while a signature stands, disputed or not."""
        return bool(self._signs())

    def as_signed(self) -> "VisitState | None":
        """The visit as the standing signature saw it, that signature included; None while the visit is open."""
        signs = self._signs()
        if not signs:
            return None
        known = (
            h for h in list(self._entries.items()) if any(h[0] == sign[0] or self.knows(sign, h) for sign in signs)
        )
        return VisitState(known)

    def as_of(self, head: Head) -> "VisitState":
        """The visit as the author of this entry had it, that entry included."""
        return VisitState(h for h in list(self._entries.items()) if h[0] == head[0] or self.knows(head, h))

    def follow_ups(self) -> list[Head]:
        """What was recorded since the signature by people who had seen it, oldest first; empty while it is open."""
        signs = self._signs()
        if not signs:
            return []
        found = (h for h in self._entries.items() if self._is_follow_up(signs, h))
        return sorted(found, key=_by_time)

    def _is_follow_up(self, signs: Iterable[Head], head: Head) -> bool:
        """True for an act between visits: it changes nothing of what was signed, and its author had seen that."""
        entry = head[1]
        return is_follow_up(entry.act, entry.path) and any(self.knows(head, sign) for sign in signs)

    def history(self, form: str, path: str) -> list[Head]:
        """Every entry at this form and path, oldest first."""
        found: list[Head] = []
        for slot in (IN_ANSWER, IN_ROW, IN_STATE, IN_FORM, IN_SET):
            content = self._slots.get((form, path, slot))
            if content is not None:
                found += content.entries.items()
        return sorted(found, key=_by_time)

    def changed_by_someone_else(self) -> list[Head]:
        """Entries that replaced what another person had said by something else, oldest first."""
        found: list[Head] = []
        for (_, _, slot), content in self._slots.items():
            if slot not in (IN_ANSWER, IN_ROW) or not content.replaced:
                continue
            for digest, entry in content.entries.items():
                if not entry.replaces:
                    continue
                mine = plain_name(entry.person)
                replaced = (content.entries.get(ref[-32:]) for ref in entry.replaces)
                if any(r and plain_name(r.person) != mine and not agree((r, entry)) for r in replaced):
                    found.append((digest, entry))
        return sorted(found, key=_by_time)

    # who knew what

    def knows(self, head: Head, other: Head) -> bool:
        """True when the author of ``head`` had ``other`` before him when he wrote it."""
        entry, (digest, past) = head[1], other
        forked = past.device in self._forked
        if past.device == entry.device:
            if not forked:
                return past.seq < entry.seq
            if past.seq < entry.seq and self._on_chain(entry.prev, digest, past.seq):
                return True
        for seq, last in self._horizon(head).get(past.device, ()):
            if past.seq <= seq and (not forked or self._on_chain(last, digest, past.seq)):
                return True
        return entry.act == SIGN and self._signed_over(entry, other)

    def _signed_over(self, sign: Entry, other: Head) -> bool:
        """True for what was here, behind a gap, when the visit was signed over that gap."""
        if not names(sign.value):
            return False
        from assessor_tui.ledger.signature import signed_over  # not on the way to the first frame

        digest, past = other
        forked = past.device in self._forked
        return any(
            over.device == past.device
            and over.covers(past.seq)
            and (not forked or self._on_chain(over.last, digest, past.seq))
            for over in signed_over(sign)
        )

    def _horizon(self, head: Head) -> dict[str, list[tuple[int, str]]]:
        """Other device -> seq and hash of its entries that the author named as the last he knew."""
        digest, entry = head
        found = self._horizons.get(digest)
        if found is None:
            found = self._horizons[digest] = {}
            forked = entry.device in self._forked
            for mark, marked in self._seen.get(entry.device, ()):
                if marked.seq > entry.seq or (forked and not self._on_chain(digest, mark, marked.seq)):
                    continue
                for seen in marked.seen:
                    device, seq, last = seen.split(".")
                    found.setdefault(device, []).append((int(seq), last))
        return found

    def _on_chain(self, digest: str, wanted: str, seq: int) -> bool:
        """True when ``wanted``, at ``seq``, is ``digest`` or stands before it in its chain."""
        while digest != wanted:
            entry = self._entries.get(digest)
            if entry is None or entry.seq <= seq:
                return False
            digest = entry.prev
        return True

    def _signs(self) -> tuple[Head, ...]:
        slot = self._slots.get(_STATE_KEY)
        return tuple(sorted(h for h in slot.heads.items() if h[1].act == SIGN)) if slot is not None else ()

    # conflicts

    def _heads(self, key: _Key) -> tuple[Head, ...]:
        """Heads of a slot, first what counts.

        Under a signature what it saw stands, or the follow-up since; what came late stands beside it.
        """
        slot = self._slots.get(key)
        if slot is None:
            return ()
        if len(slot.heads) == 1 and _STATE_KEY not in self._slots:
            return tuple(slot.heads.items())
        heads = sorted(slot.heads.items())
        if key[2] in (IN_ANSWER, IN_ROW) and (signs := self._signs()):
            known = {head[0] for head in slot.entries.items() if self._counts_under(signs, head)}
            replaced = {ref[-32:] for digest in known for ref in slot.entries[digest].replaces}
            signed = sorted((digest, slot.entries[digest]) for digest in known - replaced)
            heads = [*signed, *(head for head in heads if head[0] not in known)]
        return tuple(heads)

    def _counts_under(self, signs: Sequence[Head], head: Head) -> bool:
        """True for what the signature saw, and for follow-up by people who saw the signature."""
        return self._any_knows(signs, head) or self._is_follow_up(signs, head)

    def _any_knows(self, heads: Iterable[Head], other: Head) -> bool:
        return any(self.knows(head, other) for head in heads)

    @property
    def conflicts(self) -> dict[tuple[str, str, str], Conflict]:
        """Everything that waits for a decision, by kind, form and path, sorted.

        A fork's third part is the device. It ends with a settle at form and path ``""`` whose author knows both sides.
        """
        if self._conflicts is not None:
            return self._conflicts
        if self._all_dirty or self._signs():
            self._own = {}
            keys: Iterable[_Key] = self._slots
        else:
            keys = self._dirty
        for key in keys:
            mine = self._conflicts_of(key)
            if mine:
                self._own[key] = mine
            else:
                self._own.pop(key, None)
        self._dirty.clear()
        self._all_dirty = False
        # A row that came late stands for the answers in it.
        late_rows = {(key[0], key[1]) for key, mine in self._own.items() if key[2] == IN_ROW and LATE in mine}
        found: dict[tuple[str, str, str], Conflict] = {}
        for key in sorted(self._own):
            form, path, slot = key
            for kind, conflict in self._own[key].items():
                rows = row_paths(path if slot != IN_ROW else path[:-_ROW_TAIL])
                if kind != LATE or not any((form, row) in late_rows for row in rows):
                    found.setdefault((kind, form, path), conflict)
        for device in self._forked:
            if twins := self._twins(device):
                found[FORK, "", device] = Conflict(FORK, "", "", twins)
        self._conflicts = dict(sorted(found.items()))
        return self._conflicts

    def _twins(self, device: str) -> tuple[Head, ...]:
        """The first entries of one number that nobody, knowing all of them, has settled at form and path ``""``."""
        slot = self._slots.get(("", "", IN_ANSWER))
        settled = [h for h in slot.heads.items() if h[1].act == SETTLE] if slot is not None else []
        for _, hashes in sorted(self._logs[device].items()):
            if len(hashes) > 1:
                twins = tuple((digest, self._entries[digest]) for digest in sorted(hashes))
                if not any(all(self.knows(settle, twin) for twin in twins) for settle in settled):
                    return twins
        return ()

    def _conflicts_of(self, key: _Key) -> dict[str, Conflict]:
        form, path, slot = key
        content = self._slots.get(key)
        if content is None or slot == IN_SET or not _is_in_place(key) or self._is_gone_with_its_row(form, path):
            return {}
        found: dict[str, Conflict] = {}
        heads = self._heads(key)
        if kind := head_conflict(slot, content.heads.values()):
            found[kind] = Conflict(kind, form, path, heads)
        if slot in (IN_ANSWER, IN_ROW) and (signs := self._signs()):
            late = [head for head in heads if not self._counts_under(signs, head)]
            fixed = {meaning(entry) for digest, entry in heads if (digest, entry) not in late} or {_GONE}
            if any(meaning(entry) not in fixed for _, entry in late):
                found[LATE] = Conflict(LATE, form, path, heads)
        if slot == IN_ROW and ROW not in found and not any(head.act == ADD_ROW for head in content.heads.values()):
            unseen = self._unseen_in_row(form, path, tuple(content.heads.items()))
            if unseen:
                found[ROW] = Conflict(ROW, form, path, (*heads, *unseen))
        if slot == IN_ANSWER and VERSION not in found:
            moved = self._moved(form, content.heads)
            if moved:
                found[VERSION] = Conflict(VERSION, form, path, moved)
        return found

    def _is_gone_with_its_row(self, form: str, path: str) -> bool:
        """True inside a row that was removed by people who knew all that stands in it: that decided its conflicts."""
        for row in row_paths(path):
            content = self._slots.get((form, row, IN_ROW)) if row != path else None
            if content is None or any(head.act == ADD_ROW for head in content.heads.values()):
                continue
            if not self._unseen_in_row(form, row, tuple(content.heads.items())):
                return True
        return False

    def _unseen_in_row(self, form: str, row: str, removals: tuple[Head, ...]) -> tuple[Head, ...]:
        """What stands inside a removed row and was not known to anybody who removed it."""
        return tuple(
            sorted(
                head
                for key in self._inside.get((form, row), ())
                for head in self._slots[key].heads.items()
                if head[1].act != RETURN and meaning(head[1]) != _GONE and not self._any_knows(removals, head)
            )
        )

    def _moved(self, form: str, heads: Mapping[str, Entry]) -> tuple[Head, ...]:
        """Heads answered under another version by people who had not heard that the visit moved to a newer one."""
        use = self._slots.get((form, "", IN_FORM))
        if use is None or len({entry.version for entry in use.entries.values()}) < 2 or not agree(use.heads.values()):
            return ()
        version = next(iter(use.heads.values())).version
        return tuple(sorted(head for head in heads.items() if self._is_moved(head, version, tuple(use.heads.items()))))

    def _is_moved(self, head: Head, version: str, moves: tuple[Head, ...]) -> bool:
        """True for one such head, and for what undo has brought back of one that somebody had settled."""
        entry = head[1]
        if entry.version in ("", version) or entry.act == CLEAR:
            return False
        if not any(self.knows(head, moved) or self.knows(moved, head) for moved in moves):
            return True
        return any(self._is_moved(side, version, moves) for side in self._brought_back(entry))

    def _brought_back(self, entry: Entry) -> Iterator[Head]:
        """What stood before a decision that the entry takes back: undo names both, and says the same again."""
        named = {ref[-32:]: past for ref in entry.replaces if (past := self._entries.get(ref[-32:])) is not None}
        settled = [past for past in named.values() if past.act == SETTLE]
        for digest, past in named.items() if len(named) == 2 and settled else ():
            if past.act != SETTLE and meaning(past) == meaning(entry):
                yield digest, past


def _is_in_place(key: _Key) -> bool:
    """True where the slot means something: nobody could decide between acts that stand where no row or form is."""
    form, path, slot = key
    if slot == IN_ROW:
        return path.endswith("]")
    if slot == IN_FORM:
        return bool(form) and not path
    return slot != IN_STATE or key == _STATE_KEY


_UNCOUNTED = 2**53


def _position(entry: Entry) -> int:
    """Position of a counted row, which its ``add row`` carries as a bare number."""
    value = entry.value
    return int(value.n) if isinstance(value, Quantity) and value.n.isdecimal() else _UNCOUNTED


def _by_time(head: Head) -> tuple[int, str, int, str]:
    digest, entry = head
    return entry.at, entry.device, entry.seq, digest
