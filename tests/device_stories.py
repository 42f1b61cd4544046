"""Stories of several laptops as they happen in the field, on the real ledger and with real bundles.

``Devices`` is a hypothesis state machine. Its rules are what people, disks, clocks and strangers do; after each of them
the laptop it happened to must still hold everything it ever said to hold, and nothing that nobody has recorded. At the
end of a story everything is exchanged, and what is then on every laptop is compared byte by byte.
"""

import hashlib
import shutil
import sys
import tempfile
from collections.abc import Callable, Sequence
from contextlib import suppress
from itertools import count
from pathlib import Path
from typing import NamedTuple
from unittest.mock import patch

from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, precondition, rule

from assessor_tui.bundle.error import BundleError
from assessor_tui.bundle.seal import RECEIPT, REQUEST
from assessor_tui.bundle.write import NothingToCarry
from assessor_tui.carry.exchange import DELTA, FULL, INVITE, Portion, make_bundle, merge_bundle, merge_bundles
from assessor_tui.carry.hand_over import NotForThem
from assessor_tui.carry.holding import receipt_of, standing
from assessor_tui.carry.pull import pull
from assessor_tui.carry.push import push
from assessor_tui.carry.quarantine import reconsider
from assessor_tui.carry.restore import restore
from assessor_tui.evidence.files import evidence_path, store_file
from assessor_tui.evidence.withdraw import withdraw
from assessor_tui.form.canonical import canonical_bytes
from assessor_tui.ledger import entry as acts
from assessor_tui.ledger.draft import Draft
from assessor_tui.ledger.entry import Entry
from assessor_tui.ledger.receipt import Receipt
from assessor_tui.ledger.returns import open_returns, returns_of
from assessor_tui.ledger.state import VisitState, file_of
from assessor_tui.ledger.value import Evidence, Value
from assessor_tui.returning import end, give_back, reply
from assessor_tui.settling import all_of, join_rows, keep_apart, rows_entered_twice, settle_together, within
from assessor_tui.store import keys
from assessor_tui.store.backups import all_backups
from assessor_tui.store.connect import DATABASE
from assessor_tui.store.ledger import Store
from assessor_tui.store.receipts import receipts
from assessor_tui.trust.judge import NOT_PROVEN, REVOKED, ROLE
from assessor_tui.trust.quarantine import bundles_held
from assessor_tui.trust.revoking import revocation
from assessor_tui.trust.roles import may
from assessor_tui.trust.roster import Member, Revoked, Roster, fingerprint
from assessor_tui.trust.team import roster_of, take_roster
from assessor_tui.visit import Recorded, Visit
from tests.small_visit import CHECK, NINE, begin, kilowatt_hours
from tests.test_ledger import derived, in_words
from tests.test_quarantine import after, forged
from tests.trust_worlds import SCHEME, person, signed

MOST = 5
"""Laptops in one story."""
YEARS = 50 * 365 * 86_400 * 1_000_000
SECOND_FORM = CHECK._replace(
    version="2",
    children=tuple(
        each._replace(key=("tag",)) if getattr(each, "name", "") == "outlets" else each for each in CHECK.children
    ),
)
"""The checklist with rows that can be told from each other."""

numbers = st.integers(0, 11)


class Kept(NamedTuple):
    """A copy of a data folder, and what its ledger held."""

    path: Path
    held: frozenset[str]


class Laptop:
    """One data folder, whoever it writes as."""

    def __init__(self, folder: Path, clock: Callable[[], int], new_id: Callable[[], str]) -> None:
        self.folder = folder
        self.markers = folder.with_name(f"{folder.name} state")
        self.shift = 0
        """How far its clock is off, in microseconds."""
        self.held: frozenset[str] = frozenset()
        """Hashes of everything that it has said to hold."""
        self.kept: list[Kept] = []
        self._clock, self._new_id = clock, new_id
        self.open()

    def open(self) -> None:
        """Nothing; the ledger is open, by the clock of this laptop."""
        self.store = Store.open(self.folder, markers=self.markers, now=lambda: self._clock() + self.shift)
        rows = self.store.visits()
        if rows:
            self.visit = Visit(self.store, rows[0].id, new_id=self._new_id)

    @property
    def device(self) -> str:
        """Id of the device that it writes as."""
        assert self.store.device is not None
        return self.store.device.id


class Devices(RuleBasedStateMachine):
    """A lead and two assessors with one visit, a folder and sticks between them, and everything that goes wrong."""

    def __init__(self) -> None:
        super().__init__()
        self.base = Path(tempfile.mkdtemp(prefix="devices-", dir=_fast_disk()))
        self.folder, self.stick = self.base / "shared", self.base / "stick"
        for each in (self.folder, self.stick):
            each.mkdir()
        self.ticks, self.ids, self.keys = count(1), count(1), count(1)
        self.laptops: list[Laptop] = []
        self.genuine: dict[str, Entry] = {}
        """Every entry that anybody was told to be recorded."""
        self.by_number: dict[tuple[str, int], str] = {}
        self.ever: dict[str, set[str]] = {}
        """Device -> everything that a ledger which wrote as it has ever held."""
        self.twins: set[str] = set()
        """Devices of which there are two that do not know of each other."""
        self.gone: set[str] = set()
        """Entries that were on a disk which is gone."""
        self.members: dict[str, Member] = {}
        self.revoked: tuple[Revoked, ...] = ()
        self.version = 0
        self.bundles: list[Path] = []
        self.snaps = 0
        # The one thing that is not as in the program: the same story makes the same keys.
        self._make = patch.object(keys, "make", self._made_keys(keys.make))
        self._make.start()

    def _made_keys(self, make: Callable[..., tuple[str, bytes]]) -> Callable[..., tuple[str, bytes]]:
        def made(folder: Path, private_key: bytes = b"") -> tuple[str, bytes]:
            return make(folder, private_key or hashlib.sha256(b"story %d" % next(self.keys)).digest())

        return made

    def _clock(self) -> int:
        return NINE + next(self.ticks) * 1_000_000

    def _new_id(self) -> str:
        return f"{next(self.ids):032x}"

    def _laptop(self, name: str) -> Laptop:
        laptop = Laptop(self.base / name, self._clock, self._new_id)
        self.laptops.append(laptop)
        return laptop

    @initialize()
    def begin(self) -> None:
        """A visit that three people share, each of whom has been heard of by the others."""
        lead = self._laptop("Lee")
        lead.store.identify("Lee", "lead")
        lead.visit = begin(lead.store)
        lead.store.add_form(SECOND_FORM)
        lead.store.append([Draft(lead.visit.id, acts.USE_FORM, "check", version=_VERSIONS[1])])
        for name in ("Ann", "Bob"):
            self._laptop(name).store.identify(name, "assessor")
        for digest, entry in lead.store.entries(lead.visit.id):
            self.genuine[digest] = entry
            self.by_number[entry.device, entry.seq] = digest
        self._look(lead)
        invitation = make_bundle(lead.store, lead.visit, self.stick, INVITE).path
        for each in self.laptops[1:]:
            assert merge_bundle(each.store, invitation).error is None
            each.store.close()
            each.open()
            self._look(each)
            self._said(each, each.visit.record("note", "check", "words", "here"))
            self._take(lead, [make_bundle(each.store, each.visit, self.stick, FULL).path])
        everything = make_bundle(lead.store, lead.visit, self.stick, FULL).path
        for each in self.laptops[1:]:
            self._take(each, [everything])
        # Whose keys everybody has seen.
        self.victims = [each.device for each in self.laptops]

    # What holds at every moment

    def _look(self, laptop: Laptop) -> None:
        """Nothing, when the laptop still holds all that it said to hold, and nothing that nobody has recorded."""
        laptop.visit.refresh()
        now = frozenset(laptop.store.hashes(laptop.visit.id))
        assert laptop.held <= now, f"{laptop.folder.name} lost {len(laptop.held - now)} entries"
        assert now <= self.genuine.keys(), f"{laptop.folder.name} let in what nobody recorded"
        laptop.held = now
        device = laptop.device
        self.ever.setdefault(device, set()).update(now)
        if device not in self.members:
            assert laptop.store.device is not None
            recipient = keys.recipient(laptop.folder, device)
            role = laptop.store.device.role
            public = laptop.store.device.public.hex()
            self.members[device] = Member(device, public, recipient, laptop.store.device.person, role, 1)

    def _said(self, laptop: Laptop, recorded: Recorded) -> None:
        """Nothing; what was acknowledged is remembered, and stands in the ledger."""
        self._acknowledged(laptop, recorded.entries)

    def _acknowledged(self, laptop: Laptop, entries: Sequence[tuple[str, Entry]]) -> None:
        for digest, entry in entries:
            before = self.by_number.setdefault((entry.device, entry.seq), digest)
            assert before == digest or entry.device in self.twins, f"number {entry.seq} was used twice"
            self.genuine[digest] = entry
        self._look(laptop)
        assert {digest for digest, _ in entries} <= laptop.held

    def _take(self, laptop: Laptop, paths: Sequence[Path]) -> None:
        """Nothing; the bundles were taken in, whatever came of them."""
        for merged in merge_bundles(laptop.store, paths):
            # Whoever a bundle was encrypted for may be somebody else.
            assert merged.error is None or merged.path.suffix == ".age", merged.error
        self._look(laptop)
        laptop.visit = Visit(laptop.store, laptop.visit.id, new_id=self._new_id)

    def _lost(self, laptop: Laptop, held: frozenset[str]) -> None:
        """Nothing; the disk with what was newer than ``held`` is gone."""
        self.gone |= laptop.held - held
        laptop.held = held

    # Work

    @rule(who=numbers, said=st.lists(st.tuples(numbers, numbers), min_size=1, max_size=5))
    def answers(self, who: int, said: list[tuple[int, int]]) -> None:
        """Questions are answered, or said to be open, not applicable or to come."""
        laptop = self._who(who)
        for what, path in said:
            question, values = _QUESTIONS[path % len(_QUESTIONS)]
            act = (acts.ANSWER, acts.ANSWER, acts.ANSWER, acts.CLEAR, acts.NOT_APPLICABLE, acts.TO_COME)[what % 6]
            value: Value | None = values[what % len(values)] if act == acts.ANSWER else None
            self._said(laptop, laptop.visit.record(act, "check", question, value, why="as seen"))

    @rule(who=numbers, said=st.lists(numbers, min_size=1, max_size=4), tag=st.sampled_from(["north", "south"]))
    def rows(self, who: int, said: list[int], tag: str) -> None:
        """Rows are added, filled in or removed."""
        laptop = self._who(who)
        for what in said:
            visit = laptop.visit
            rows = visit.state.rows("check").get("outlets", [])
            if what % 4 < 2 or not rows:
                with suppress(KeyError):
                    self._said(laptop, visit.add_row("check", "outlets", {"tag": tag} if what % 2 else {}))
                continue
            path = f"outlets[{rows[what % len(rows)]}]"
            if what % 4 == 2:
                self._said(laptop, visit.record(acts.ANSWER, "check", f"{path}/tag", tag, why="looked again"))
            else:
                self._said(laptop, visit.record(acts.REMOVE_ROW, "check", path, why="there is none"))

    @rule(who=numbers, what=numbers)
    def decides_rows(self, who: int, what: int) -> None:
        """Rows entered twice are joined, or kept apart."""
        laptop = self._who(who)
        for twice in rows_entered_twice(laptop.visit)[:1]:
            if what % 2:
                self._said(laptop, keep_apart(laptop.visit, twice, "two pipes"))
            else:
                self._said(laptop, join_rows(laptop.visit, twice, twice.rows[what % len(twice.rows)], "one pipe"))

    @rule(who=numbers, what=numbers, text=st.sampled_from(["seen", "ask again"]))
    def writes_beside(self, who: int, what: int, text: str) -> None:
        """A note or a comment is written, or taken back."""
        laptop = self._who(who)
        act = acts.NOTE if what % 2 else acts.COMMENT
        path = ("words", "meter", "")[what % 3]
        self._said(laptop, laptop.visit.record(act, "check" if path else "", path, text))

    @rule(who=numbers, what=numbers)
    def attaches(self, who: int, what: int) -> None:
        """A paper is attached."""
        laptop = self._who(who)
        stored = store_file(laptop.folder, [b"paper %d\n" % (what % 4)], name="paper.txt")
        laptop.store.note_evidence(stored.sha256, stored.size, stored.type)
        about = {"sha256": stored.sha256, "name": "paper.txt", "type": stored.type}
        recorded = laptop.visit.record(acts.ATTACH, "check", "meter", Evidence("document", about), why="needed")
        self._said(laptop, recorded)

    @rule(who=numbers, what=numbers)
    def withdraws(self, who: int, what: int) -> None:
        """A paper is withdrawn, wherever it was."""
        laptop = self._who(who)
        files = sorted({file_of(entry) for _, entry in laptop.visit.state.standing_files()})
        if files:
            self._said(laptop, withdraw(laptop.visit, files[what % len(files)], "shows a face").recorded)

    @rule(who=numbers, what=numbers)
    def returns(self, who: int, what: int) -> None:
        """Something is returned; a return is replied to, or ended."""
        laptop = self._who(who)
        visit = laptop.visit
        there = open_returns(visit.state)
        if what % 3 == 0 or not there:
            place = (("check", "meter"), ("check", "words"), ("check", ""), ("", ""))[what % 4]
            self._said(laptop, give_back(visit, [place], "look again"))
        elif what % 3 == 1:
            one = there[what % len(there)].entry
            self._said(laptop, reply(visit, (one.form, one.path), "done so"))
        else:
            self._said(laptop, end(visit, [there[what % len(there)]], "good"))

    @rule(who=numbers, what=numbers)
    def settles(self, who: int, what: int) -> None:
        """A conflict is settled by one of its sides, or all of them by what one person said."""
        laptop = self._who(who)
        visit = laptop.visit
        conflicts = list(visit.state.conflicts.values())
        if what % 3 == 0:
            plan = all_of(visit, within(visit, "check"), ("Lee", "Ann", "Bob")[what % 3])
            self._said(laptop, settle_together(visit, plan.settled, "as agreed"))
        elif conflicts:
            conflict = conflicts[what % len(conflicts)]
            take = conflict.heads[what % len(conflict.heads)][1] if conflict.heads else None
            self._said(laptop, visit.settle(conflict, take=take, why="as seen"))

    @rule(who=numbers, again=st.booleans())
    def undoes(self, who: int, again: bool) -> None:
        """The last act is taken back, or done again."""
        laptop = self._who(who)
        self._said(laptop, laptop.visit.redo() if again else laptop.visit.undo())

    @rule(who=numbers, what=numbers)
    def signs(self, who: int, what: int) -> None:
        """The lead signs, over a gap if need be; a signature is lifted."""
        laptop = self._who(who)
        if laptop.visit.signed:
            if what % 2:
                self._said(laptop, laptop.visit.reopen("something was forgotten"))
        else:
            over = "a laptop is lost" if what % 2 else ""
            self._said(laptop, laptop.visit.sign("Lee", despite=over))

    @rule(who=numbers, what=numbers)
    def moves(self, who: int, what: int) -> None:
        """The checklist is taken into use in its other version."""
        laptop = self._who(who)
        version = _VERSIONS[what % 2]
        with suppress(KeyError):
            laptop.store.form(version)
            if not laptop.visit.signed:
                draft = Draft(laptop.visit.id, acts.USE_FORM, "check", version=version)
                self._acknowledged(laptop, laptop.store.append([draft]))

    # Carrying

    @rule(who=numbers, other=numbers, how=numbers, purpose=st.sampled_from([DELTA, FULL, RECEIPT, REQUEST, INVITE]))
    def hands_out(self, who: int, other: int, how: int, purpose: str) -> None:
        """A bundle is made: for all or somebody, of everything or a part."""
        laptop = self._who(who)
        to = [self._who(other).device] if how % 3 == 0 and self._who(other) is not laptop else []
        portion = None
        if how % 4 == 1 and purpose in (DELTA, FULL):
            rows = laptop.store.logs(laptop.visit.id)
            portion = Portion({(row.device, row.fork): max(row.end - how, 0) for row in rows})
        evidence = ("", "none", "only")[how % 3] if portion is None and purpose == DELTA else ""
        with suppress(NothingToCarry, NotForThem):
            written = make_bundle(
                laptop.store, laptop.visit, self.stick, purpose, to=to, evidence=evidence, portion=portion
            )
            self.bundles.append(written.path)

    @rule(who=numbers, which=st.lists(numbers, min_size=1, max_size=5))
    def takes_in(self, who: int, which: list[int]) -> None:
        """Bundles come by a stick, in any order, some of them again; those that nobody takes in are lost."""
        if self.bundles:
            self._take(self._who(who), [self.bundles[-1 - each % len(self.bundles)] for each in which])

    @rule(who=numbers, one=numbers)
    def takes_in_alone(self, who: int, one: int) -> None:
        """One bundle comes by itself."""
        if self.bundles:
            laptop = self._who(who)
            with suppress(BundleError):
                merge_bundle(laptop.store, self.bundles[-1 - one % len(self.bundles)])
            self._take(laptop, [])

    @rule(who=numbers)
    def pushes(self, who: int) -> None:
        """A laptop pushes to the shared folder."""
        laptop = self._who(who)
        list(push(laptop.store, [laptop.visit], self.folder))
        self._look(laptop)

    @rule(who=numbers)
    def pulls(self, who: int) -> None:
        """A laptop pulls from the shared folder."""
        laptop = self._who(who)
        self._pull(laptop)

    @rule(several=st.lists(numbers, min_size=2, max_size=4))
    def meet(self, several: list[int]) -> None:
        """Some of them share the folder, one after the other."""
        for who in several:
            self.pulls(who)
            self.pushes(who)

    @rule(which=numbers)
    def folder_loses(self, which: int) -> None:
        """Somebody removes a bundle from the shared folder."""
        files = sorted(self.folder.iterdir())
        if files:
            files[which % len(files)].unlink()

    def _pull(self, laptop: Laptop) -> int:
        new = sum(merged.new for merged in pull(laptop.store, self.folder))
        self._take(laptop, [])
        return new

    # Disks

    @precondition(lambda self: len(self.laptops) < MOST)
    @rule(who=numbers, unnoticed=st.booleans())
    def is_cloned(self, who: int, unnoticed: bool) -> None:
        """A data folder is copied to another machine, and both go on; now and then nothing there tells it is a copy."""
        laptop = self._who(who)
        laptop.store.close()
        twin = self.base / f"copy {len(self.laptops)}"
        shutil.copytree(laptop.folder, twin)
        if unnoticed:
            markers = twin.with_name(f"{twin.name} state")
            shutil.copytree(laptop.markers, markers)
            for each in markers.iterdir():
                text = each.read_text(encoding="utf-8")
                each.write_text(text.replace(f"\n{laptop.folder}\n", f"\n{twin}\n"), encoding="utf-8")
        laptop.open()
        device, held = laptop.device, laptop.held
        new = self._laptop(twin.name)
        new.shift, new.held = laptop.shift, held
        if new.device == device:
            assert unnoticed
            self.twins.add(device)
        self._look(laptop)
        self._look(new)

    @rule(who=numbers)
    def is_kept(self, who: int) -> None:
        """Somebody copies a data folder away, for later."""
        laptop = self._who(who)
        if len(laptop.kept) < 2:
            laptop.store.close()
            self.snaps += 1
            path = self.base / f"kept {self.snaps}"
            shutil.copytree(laptop.folder, path)
            laptop.kept.append(Kept(path, laptop.held))
            laptop.open()
            self._look(laptop)

    @rule(who=numbers, which=numbers)
    def is_put_back(self, who: int, which: int) -> None:
        """The older copy of the data folder takes its place: the disk with what was newer is gone."""
        laptop = self._who(who)
        if laptop.kept:
            kept = laptop.kept[which % len(laptop.kept)]
            laptop.store.close()
            shutil.rmtree(laptop.folder)
            shutil.copytree(kept.path, laptop.folder)
            self._lost(laptop, kept.held)
            laptop.open()
            self._look(laptop)

    @rule(who=numbers)
    def is_backed_up(self, who: int) -> None:
        """The ledger is backed up."""
        self._who(who).store.back_up("asked")

    @rule(who=numbers, damage=st.booleans())
    def is_restored(self, who: int, damage: bool) -> None:
        """``doctor --restore``: over a sound ledger nothing is lost; where its file is gone the backup comes back."""
        laptop = self._who(who)
        if not all_backups(laptop.folder):
            return
        laptop.store.close()
        if damage:
            for each in laptop.folder.glob(f"{DATABASE}*"):
                each.unlink()
        former = laptop.device
        done = restore(laptop.folder, now=lambda: self._clock() + laptop.shift, markers=laptop.markers)
        assert done.device is not None and done.device.id != former
        laptop.open()
        if damage:
            self._lost(laptop, frozenset(laptop.store.hashes(laptop.visit.id)) & laptop.held)
        self._look(laptop)

    @rule(who=numbers)
    def is_rebuilt(self, who: int) -> None:
        """``doctor --rebuild``: what is derived is what the entries say."""
        store = self._who(who).store
        before = derived(store)
        store.rebuild()
        assert derived(store) == before

    @rule(who=numbers)
    def is_closed_and_opened(self, who: int) -> None:
        """The program is ended and started again."""
        laptop = self._who(who)
        laptop.store.close()
        laptop.open()
        assert laptop.store.renewed == "" or laptop.device not in self.by_number
        self._look(laptop)

    @rule(who=numbers, shift=st.integers(-YEARS, YEARS))
    def clock_jumps(self, who: int, shift: int) -> None:
        """A clock is off by up to fifty years, either way."""
        self._who(who).shift = shift

    # Trust

    @rule(who=numbers)
    def roster_comes(self, who: int) -> None:
        """A roster of everybody is signed, and one laptop has it, its fingerprint compared."""
        self._enact([self._who(who)])

    @precondition(lambda self: self.version and len(self.laptops) > 1 and not self.revoked)
    @rule(who=numbers, back=st.integers(0, 3))
    def is_revoked(self, who: int, back: int) -> None:
        """A laptop is revoked, at what the lead holds of it or a little before."""
        lead = self.laptops[0]
        device = self.laptops[1 + who % (len(self.laptops) - 1)].device
        if device == lead.device or device in self.twins:
            return
        ends = [row.end for row in lead.store.logs(lead.visit.id) if row.device == device]
        first = {lead.visit.id: max(ends[0] - back, 1)} if ends and back else {}
        self.revoked = (revocation(lead.store, device, first).revoked,)
        self._enact([lead])

    def _enact(self, laptops: Sequence[Laptop]) -> None:
        self.version += 1
        people = tuple(sorted(self.members.values()))
        roster = Roster(self.version, SCHEME.key, self.version, people, self.revoked)
        for each in laptops:
            taken = take_roster(each.store, *signed(roster), confirmed=fingerprint(SCHEME.key))
            assert taken.outcome == "newer"
            reconsider(each.store)
            self._take(each, [])

    @rule(who=numbers, whom=numbers, at=numbers, way=numbers)
    def is_forged(self, who: int, whom: int, at: int, way: int) -> None:
        """A stranger writes in somebody's log: after its end, or in the middle, signed by himself or by nobody."""
        knows = self._who(who)
        victim = self.victims[whom % len(self.victims)]
        number = at % max(len([1 for row in knows.held if self.genuine[row].device == victim]), 1)
        items = after(knows.visit, victim, f"forged {next(self.ids)}", 1 + way % 2, number)
        if way % 4 > 1:
            # Behind what is good, so that it looks like a part of it.
            log = [head for head in knows.store.entries(knows.visit.id) if head[1].device == victim]
            items = [*[head for head in log if head[1].seq < items[0][1].seq], *items]
            if not _is_unbroken(items):
                return
        eve = person("Eve") if way % 3 else None
        self.bundles.append(forged(eve, self.stick, knows.visit.id, items))

    def _who(self, number: int) -> Laptop:
        return self.laptops[number % len(self.laptops)]

    # The end of every story

    def teardown(self) -> None:
        """Nothing, when after exchanging everything all is where it must be."""
        try:
            # After a failure there is nothing to compare any more.
            if self.laptops and self.genuine and sys.exc_info()[0] is None:
                self._exchange()
                self._compare()
        finally:
            self._make.stop()
            for each in self.laptops:
                each.store.close()
            shutil.rmtree(self.base, ignore_errors=True)

    def _exchange(self) -> None:
        if self.version:
            self._enact(self.laptops)
        for _ in range(6):
            new = 0
            for each in self.laptops:
                new += self._pull(each)
                before = len(list(self.folder.iterdir()))
                list(push(each.store, [each.visit], self.folder))
                new += len(list(self.folder.iterdir())) - before
                self._look(each)
                if self.version and each.device not in {member.device for member in _roster(each).people}:
                    self._enact(self.laptops)  # a twin has noticed, and asks for a place of its own
                    new += 1
            if not new:
                break
        else:
            raise AssertionError("the laptops never come to an end")

    def _compare(self) -> None:
        """Nothing, when every promise holds."""
        visit = self.laptops[0].visit.id
        union = frozenset().union(*(each.held for each in self.laptops))
        lost = self.genuine.keys() - union
        assert lost <= self.gone, f"{len(lost - self.gone)} entries were acknowledged and are nowhere"
        pictures: dict[frozenset[str], dict[str, str]] = {}
        for each in self.laptops:
            name = each.folder.name
            self._account(each, union - each.held)
            problems = {problem.code for problem in each.store.verify_logs()}
            gaps = bool(lost) or each.held != union
            allowed = {"ledger.fork", "ledger.gap"} if gaps else {"ledger.fork"}
            if self.twins and lost:
                # The one of two twins that signed a number is gone, and the other one wrote under it, too.
                allowed.add("ledger.seal")
            assert problems <= allowed, (name, problems)
            assert each.store.integrity() == []
            before = derived(each.store)
            each.store.rebuild()
            assert derived(each.store) == before, f"{name} is not as a rebuild makes it"
            pictures.setdefault(each.held, {})[name] = picture_of(each.store, visit)
            self._files(each)
            for kept in receipts(each.store, visit):
                self._true(kept.device, kept.receipt)
            self._true(each.device, receipt_of(each.store, visit))
            if not self.version and not self.twins:
                assert standing(each.store, visit)[1:] == (0, 0), f"{name}: {standing(each.store, visit)}"
        for names in pictures.values():
            assert len(set(names.values())) == 1, f"not the same on {sorted(names)}"

    def _account(self, laptop: Laptop, missing: frozenset[str]) -> None:
        """Nothing, when every entry that is not on this laptop waits there for a reason that holds."""
        if not missing:
            return
        roster = roster_of(laptop.store)
        held = [part for each in bundles_held(laptop.store) for part in each.held]
        if roster is None:
            what = [(each.device[:4], each.seq, each.act) for each in map(self.genuine.__getitem__, missing)]
            why = [(part.reason, part.device[:4], part.begin, part.end) for part in held]
            there = [each.folder.name for each in self.laptops if missing & each.held]
            raise AssertionError(f"{laptop.folder.name} lacks {sorted(what)}, waiting {why}, held by {there}")
        for digest in missing:
            entry = self.genuine[digest]
            member = roster.member(entry.device)
            assert member is not None
            reasons = {
                part.reason for part in held if part.device == entry.device and part.begin <= entry.seq <= part.end
            }
            assert reasons, f"{laptop.folder.name} lacks {entry.act} number {entry.seq}, and nothing waits"
            allowed = {REVOKED, NOT_PROVEN} if roster.is_revoked(entry.device) else set()
            if not may(member.role, entry.act):
                allowed.add(ROLE)
            assert reasons & allowed, (laptop.folder.name, entry.act, entry.seq, reasons)

    def _files(self, laptop: Laptop) -> None:
        """Nothing, when every file that the visit ties is here, and none that it has withdrawn."""
        state = laptop.visit.state
        for _, entry in state.standing_files():
            digest = file_of(entry)
            here = evidence_path(laptop.folder, digest).is_file()
            assert here or not any(evidence_path(each.folder, digest).is_file() for each in self.laptops), (
                f"{laptop.folder.name} lacks a file that others have"
            )
        for digest in state.withdrawn:
            assert not evidence_path(laptop.folder, digest).exists(), f"{laptop.folder.name} has a withdrawn file"

    def _true(self, device: str, receipt: Receipt) -> None:
        """Nothing, when everything that the receipt claims was once held by that device."""
        for held in receipt.logs if device in self.ever else ():
            digest, seq = held.last, held.to
            while seq:
                assert digest in self.ever[device], f"{device[:4]} claims number {seq}, which it never held"
                digest, seq = self.genuine[digest].prev, seq - 1
            assert digest == ""


def picture_of(store: Store, visit: str) -> str:
    """Digest of everything that a ledger says of a visit: lines, heads, conflicts, tally, returns, assessment."""
    lines = {
        (device, digest, line)
        for device, fork in {(row.device, row.fork) for row in store.logs(visit)}
        for _, digest, line in store.lines(visit, device, 0, fork)
    }
    state = VisitState(store.entries(visit))
    here = Visit(store, visit, new_id=lambda: "0" * 32)
    rows = [row._replace(facts=None) for row in store.visits()]
    parts = (
        sorted(lines), in_words(store)[:2], rows, store.conflicts(visit), list(state.conflicts),
        sorted(state.withdrawn), [(each.digest, each.state) for each in returns_of(state)], here.signed, here.digest(),
    )  # fmt: skip
    return hashlib.sha256(repr(parts).encode()).hexdigest()


def _roster(laptop: Laptop) -> Roster:
    roster = roster_of(laptop.store)
    assert roster is not None
    return roster


def _is_unbroken(items: Sequence[tuple[str, Entry]]) -> bool:
    before = [("", 0), *((digest, entry.seq) for digest, entry in items)]
    pairs = zip(before, items, strict=False)
    return all(entry.prev == digest and entry.seq == seq + 1 for (digest, seq), (_, entry) in pairs)


def _fast_disk() -> str | None:
    """A disk in memory where there is one: how durable it all is, others try."""
    return "/dev/shm" if Path("/dev/shm").is_dir() else None


_VERSIONS = tuple(hashlib.sha256(canonical_bytes(form)).hexdigest()[:12] for form in (CHECK, SECOND_FORM))
_QUESTIONS: tuple[tuple[str, tuple[Value, ...]], ...] = (
    ("meter", (("yes",), ("no",), ("partly",))),
    ("power", (kilowatt_hours("5"), kilowatt_hours("5000"), kilowatt_hours("-1"))),
    ("words", ("clean", "dirty")),
    ("carriers", (("grid",), ("gas", "sun"))),
    ("more/why_not", ("no money",)),
)
