"""Small worlds of laptops for the tests of the ledger: what several devices record, as hypothesis strategies."""

import hashlib
from collections.abc import Sequence

from hypothesis import strategies as st

from assessor_tui.ledger import entry as acts
from assessor_tui.ledger.conflicts import overs
from assessor_tui.ledger.entry import Entry, hash_of, reference
from assessor_tui.ledger.signature import value_of_signature
from assessor_tui.ledger.state import VisitState
from assessor_tui.ledger.value import Evidence, Quantity, Value

VISIT = "ab" * 16
FORM = "water"
ROWS = ["01" * 16, "02" * 16]
FOLLOW_UP = f"findings[{ROWS[0]}]/status"
"""What may be answered under a signature."""
PATHS = ["meter", "flow", f"outlets[{ROWS[0]}]/ph", f"outlets[{ROWS[1]}]/ph", FOLLOW_UP]
ROW_PATHS = [f"outlets[{row}]" for row in ROWS]


def device(name: str) -> str:
    return hashlib.sha256(name.encode()).hexdigest()[:32]


class Laptop:
    """One device that knows some entries and records further ones, as the program would."""

    def __init__(self, name: str, person: str = "", visit: str = VISIT) -> None:
        self.id = device(name)
        self.person = person or name
        self.visit = visit
        self.state = VisitState()
        self.known: list[tuple[str, Entry]] = []
        self.seq = 0
        self.prev = ""
        self.at = 0
        self._said: dict[str, str] = {}

    def record(
        self,
        act: str,
        path: str = "",
        value: Value | None = None,
        *,
        form: str = FORM,
        why: str = "",
        version: str = "",
        replaces: Sequence[str] | None = None,
        blind: bool = False,
        seen: Sequence[str] | None = None,
        together: bool = False,
    ) -> tuple[str, Entry]:
        """Hash and entry of the act.

        ``blind``: without replacing what this laptop knows to stand; ``together``: in one append with the act before.
        """
        if replaces is None:
            heads = () if blind else self.state.heads(form, path, act)
            replaces = [reference(e.device, e.seq, d) for d, e in heads]
        last = {e.device: reference(e.device, e.seq, d) for d, e in self.state.entries() if e.device != self.id}
        named = sorted(ref for other, ref in last.items() if self._said.get(other) != ref)
        self._said = last
        self.seq += 1
        self.at += 1 if together else 2
        entry = Entry(
            self.visit, self.id, self.seq, self.prev, self.at, self.person, act, form, version, path, value,
            tuple(sorted(replaces)), tuple(sorted(named if seen is None else seen)), why,
        )  # fmt: skip
        self.prev = hash_of(entry)
        self.learn([(self.prev, entry)])
        return self.prev, entry

    def answer(self, path: str, value: Value, **more: object) -> tuple[str, Entry]:
        return self.record(acts.ANSWER, path, value, **more)

    def learn(self, entries: Sequence[tuple[str, Entry]]) -> None:
        for digest, entry in entries:
            if digest not in self.state:
                self.known.append((digest, entry))
                self.state.add(digest, entry)

    def copy(self) -> "Laptop":
        """A clone: the same device, going on by itself."""
        twin = Laptop("", self.person, self.visit)
        twin.id, twin.seq, twin.prev, twin.at, twin._said = self.id, self.seq, self.prev, self.at, dict(self._said)
        twin.learn(self.known)
        return twin


values = st.one_of(
    st.sampled_from(["yes", "no"]),
    st.sampled_from([("yes",), ("no",), ("a", "b")]),
    st.sampled_from([Quantity("1", "t"), Quantity("1000", "kg"), Quantity("2", "kg"), Quantity("1")]),
)
VERSIONS = ["a" * 12, "b" * 12]
moves = st.one_of(
    st.tuples(st.just(acts.ANSWER), st.sampled_from(PATHS), values),
    st.tuples(st.just(acts.ANSWER), st.sampled_from(PATHS), values),
    st.tuples(st.just(acts.CLEAR), st.sampled_from(PATHS), st.none()),
    st.tuples(st.just(acts.NOT_APPLICABLE), st.sampled_from(PATHS), st.none()),
    st.tuples(st.just(acts.SETTLE), st.sampled_from(PATHS), values),
    st.tuples(st.just(acts.ADD_ROW), st.sampled_from(ROW_PATHS), st.none()),
    st.tuples(st.just(acts.REMOVE_ROW), st.sampled_from(ROW_PATHS), st.none()),
    st.tuples(st.just(acts.JOIN_ROWS), st.just(ROW_PATHS[1]), st.just(ROWS[0])),
    st.tuples(st.just(acts.ADD_ROW), st.sampled_from(ROW_PATHS), st.just((ROWS[0],))),
    st.tuples(st.just(acts.NOTE), st.sampled_from([*PATHS, ""]), st.just("seen")),
    st.tuples(st.just(acts.ATTACH), st.sampled_from(PATHS), st.just(Evidence("photo", {"sha256": "0" * 64}))),
    st.tuples(st.just(acts.WITHDRAW), st.sampled_from(PATHS), st.just(Evidence("photo", {"sha256": "0" * 64}))),
    st.tuples(st.just(acts.SIGN), st.just(""), st.just("digest")),
    st.tuples(st.just(acts.REOPEN), st.just(""), st.none()),
    st.tuples(st.just(acts.USE_FORM), st.just(""), st.none()),
    st.tuples(st.just("new act"), st.sampled_from(PATHS), st.none()),
)
steps = st.lists(
    st.one_of(
        st.tuples(st.just("record"), st.integers(0, 3), moves, st.integers(0, 5)),
        st.tuples(st.just("meet"), st.integers(0, 3), st.integers(0, 3), st.integers(0, 5)),
    ),
    max_size=40,
)


def play(story: Sequence[tuple[str, int, object, int]], clones: bool = True) -> list[tuple[str, Entry]]:
    """Every entry of a story in which three laptops, and maybe a clone of the first, record and meet."""
    laptops = [Laptop(name) for name in ("ann", "bob", "cho")]
    for kind, who, what, chance in story:
        if who == 3:
            if not clones:
                continue
            if len(laptops) == 3:
                laptops.append(laptops[0].copy())
        laptop = laptops[who]
        if kind == "meet":
            assert isinstance(what, int)
            other = laptops[what % len(laptops)]
            # Sometimes only a part arrives.
            laptop.learn(other.known[: len(other.known) if chance else len(other.known) // 2])
        else:
            act, path, value = what  # type: ignore[misc]
            form = "" if act in acts.STATE or (act == acts.NOTE and not path) else FORM
            version = VERSIONS[chance % 2] if form and chance < 3 else ""
            if act == acts.SIGN and chance in (3, 4) and (over := overs(laptop.state)):
                value = value_of_signature("d" * 64, over)
            laptop.record(act, path, value, form=form, version=version, blind=chance == 5)
    return list({digest: (digest, entry) for laptop in laptops for digest, entry in laptop.known}.values())
