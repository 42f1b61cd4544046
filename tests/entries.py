"""Entries for tests: a log writer per device, without a store."""

from collections.abc import Sequence

from assessor_tui.ledger.entry import Entry, hash_of, reference
from assessor_tui.ledger.value import Value

VISIT = "0" * 31 + "1"
A, B, C = "a" * 32, "b" * 32, "c" * 32


class Log:
    """Writes the entries of one device, chained as the store would."""

    def __init__(self, device: str, person: str = "", visit: str = VISIT) -> None:
        self.device, self.person, self.visit = device, person or f"Person {device[0].upper()}", visit
        self.items: list[tuple[str, Entry]] = []

    def add(
        self, act: str, form: str = "", path: str = "", value: Value | None = None,
        replaces: Sequence[tuple[str, Entry]] = (), why: str = "", seen: Sequence[str] = (), version: str = "",
    ) -> tuple[str, Entry]:  # fmt: skip
        """(hash, entry) of the log's next entry."""
        seq = len(self.items) + 1
        prev = self.items[-1][0] if self.items else ""
        references = tuple(sorted(reference(entry.device, entry.seq, digest) for digest, entry in replaces))
        entry = Entry(
            self.visit, self.device, seq, prev, 1_700_000_000_000_000 + seq, self.person, act, form, version, path,
            value, references, tuple(sorted(seen)), why,
        )  # fmt: skip
        self.items.append((hash_of(entry), entry))
        return self.items[-1]
