"""Which entries are let in: whatever comes in whatever order, what is forged or revoked never, what is good always."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from assessor_tui.bundle.seal import Seal
from assessor_tui.ledger.entry import ANSWER, DECIDE, RETURN, SIGN
from assessor_tui.trust.judge import (
    ACCEPTED,
    DECLINED,
    NOT_PROVEN,
    ROLE,
    UNKNOWN,
    UNSIGNED,
    Bench,
    bench_of,
    judge,
    runs_of,
)
from assessor_tui.trust.roster import Mark, Revoked
from tests.trust_worlds import Carried, Head, Ledger, Person, bundle, log_of, person, roster_of, seal_of

ANN, BOB, CY, EVE = (person(name) for name in ("Ann", "Bob", "Cy", "Eve"))
TEAM = bench_of(roster_of(ANN.member("lead"), BOB.member("assessor"), CY.member("reviewer")))
NOBODY = bench_of(None)


def taken(bench: Bench, carried: Carried, ledger: Ledger | None = None, decision: str = "") -> set[str]:
    """Hashes of what goes in; it is seen that everything else is held back."""
    judgement = judge(bench, carried, (ledger or Ledger()).known, decision)
    into = {digest for run in runs_of(carried, judgement.taken) for digest in run.digests}
    numbers = {(each.device, seq) for each in judgement.held for seq in range(each.begin, each.end + 1)}
    assert {
        (entry.device, entry.seq)
        for segment in carried.seal.segments for run in carried.runs(segment)
        for digest, entry in zip(run.digests, run.entries(), strict=True) if digest not in into
    } <= numbers  # fmt: skip
    return into


def reasons(bench: Bench, carried: Carried, ledger: Ledger | None = None) -> list[tuple[str, int, int]]:
    judgement = judge(bench, carried, (ledger or Ledger()).known)
    return [(each.reason, each.begin, each.end) for each in judgement.held]


def hashes(log: list[Head]) -> set[str]:
    return {digest for digest, _ in log}


# In a team without a roster


def test_whoever_signs_for_himself_is_let_in() -> None:
    assert reasons(NOBODY, bundle(EVE, log_of(EVE, [ANSWER] * 3))) == []


def test_what_a_relay_brings_with_the_seal_of_its_device_is_let_in() -> None:
    log = log_of(BOB, [ANSWER] * 3)
    assert reasons(NOBODY, bundle(ANN, log, seals=[seal_of(BOB, log)])) == []


def test_a_relay_without_a_seal_cannot_speak_for_a_device_that_is_known_to_sign() -> None:
    log, ledger = log_of(BOB, [ANSWER] * 3), Ledger()
    assert reasons(NOBODY, bundle(ANN, log), ledger) == []  # nobody has ever seen a signature of it
    ledger.seals.append(seal_of(BOB, log_of(BOB, [ANSWER], words="else")))
    assert reasons(NOBODY, bundle(ANN, log), ledger) == [(NOT_PROVEN, 1, 3)]
    assert reasons(NOBODY, bundle(BOB, log, key=False), ledger) == [(UNSIGNED, 1, 3)]


def test_a_bundle_of_the_first_version_could_not_carry_a_seal_and_is_no_way_round_those_of_later_ones() -> None:
    log, ledger = log_of(BOB, [ANSWER] * 3), Ledger()
    ledger.seals.append(seal_of(BOB, log_of(BOB, [ANSWER], words="else"), version="1.0"))
    assert reasons(NOBODY, bundle(ANN, log, version="1.0"), ledger) == []
    ledger.seals.append(seal_of(BOB, log_of(BOB, [ANSWER], words="more")))
    assert reasons(NOBODY, bundle(ANN, log, version="1.0"), ledger) == [(NOT_PROVEN, 1, 3)]


def test_what_is_put_behind_the_sealed_end_of_a_log_is_held_back() -> None:
    log = log_of(BOB, [ANSWER] * 3)
    longer = [*log, *log_of(BOB, [ANSWER] * 2, log[-1], "forged")]
    assert reasons(NOBODY, bundle(EVE, longer, seals=[seal_of(BOB, log)])) == [(NOT_PROVEN, 4, 5)]


def test_a_seal_of_another_key_proves_nothing() -> None:
    log, ledger = log_of(BOB, [ANSWER] * 3), Ledger()
    ledger.seals.append(seal_of(BOB, log_of(BOB, [ANSWER], words="else")))
    assert reasons(NOBODY, bundle(EVE, log, seals=[seal_of(EVE, log)]), ledger) == [(NOT_PROVEN, 1, 3)]


# In a team with one


def test_each_role_brings_what_it_may_record_and_only_the_rest_is_held_back() -> None:
    carried = bundle(BOB, log_of(BOB, [ANSWER, SIGN, ANSWER, RETURN, RETURN, ANSWER]))
    assert reasons(TEAM, carried) == [(ROLE, 2, 2), (ROLE, 4, 5)]
    assert [each.act for each in judge(TEAM, carried, Ledger().known).held] == [SIGN, RETURN]
    assert reasons(TEAM, bundle(ANN, log_of(ANN, [ANSWER, SIGN, DECIDE]))) == [(ROLE, 3, 3)]
    assert reasons(TEAM, bundle(CY, log_of(CY, [RETURN, ANSWER]))) == [(ROLE, 2, 2)]


def test_a_stranger_is_held_back_and_what_he_relays_with_its_seal_is_not() -> None:
    mine, hers = log_of(EVE, [ANSWER] * 2), log_of(BOB, [ANSWER] * 2)
    carried = bundle(EVE, mine, hers, seals=[seal_of(BOB, hers)])
    assert reasons(TEAM, carried) == [(UNKNOWN, 1, 2)]
    assert taken(TEAM, carried) == hashes(hers)


def test_an_unsigned_bundle_is_held_back() -> None:
    assert reasons(TEAM, bundle(BOB, log_of(BOB, [ANSWER] * 2), key=False)) == [(UNSIGNED, 1, 2)]


def test_a_bundle_without_entries_is_held_back_when_its_senders_word_does_not_count() -> None:
    assert reasons(TEAM, bundle(EVE)) == [(UNKNOWN, 0, 0)]
    assert reasons(TEAM, bundle(BOB, key=False)) == [(UNSIGNED, 0, 0)]
    assert reasons(TEAM, bundle(BOB)) == reasons(NOBODY, bundle(EVE)) == []


def revoked_at(log: list[Head], number: int) -> Bench:
    last = log[number - 1][0]
    roster = roster_of(ANN.member("lead"), BOB.member("assessor"))
    return bench_of(roster._replace(revoked=(Revoked(BOB.device, {log[0][1].visit: Mark(number, last)}),)))


def test_of_a_revoked_device_counts_what_it_wrote_before() -> None:
    log = log_of(BOB, [ANSWER] * 6)
    bench = revoked_at(log, 4)
    assert taken(bench, bundle(BOB, log)) == hashes(log[:4])
    assert taken(bench, bundle(BOB, log[4:])) == set()
    assert taken(bench, bundle(ANN, log, seals=[seal_of(BOB, log)])) == hashes(log[:4])


def test_whoever_has_the_key_of_a_revoked_device_cannot_write_under_the_numbers_that_count() -> None:
    log = log_of(BOB, [ANSWER] * 6)
    bench = revoked_at(log, 4)
    other = [*log[:2], *log_of(BOB, [ANSWER] * 4, log[1], "forged")]
    assert taken(bench, bundle(BOB, other)) == set()
    assert taken(bench, bundle(BOB, other[2:3])) == set()
    assert taken(bench, bundle(BOB, log, other)) == hashes(log[:4])


def test_an_early_part_of_a_revoked_log_goes_in_as_soon_as_what_follows_shows_that_it_counts() -> None:
    log = log_of(BOB, [ANSWER] * 6)
    bench, ledger = revoked_at(log, 4), Ledger()
    early = bundle(BOB, log[:2])
    assert taken(bench, early, ledger) == set()
    assert taken(bench, bundle(BOB, log[:2], log[2:5])) == hashes(log[:4])
    ledger.heads.update(log[2:4])
    assert taken(bench, early, ledger) == hashes(log[:2])


def test_a_revoked_log_in_thousands_of_pieces_is_judged_soon() -> None:
    log = log_of(BOB, [ANSWER] * 3_000)
    bench = revoked_at(log, 3_000)
    pieces = [[each] for each in log]
    carried = bundle(BOB, *pieces[:40], log[40:])
    assert taken(bench, carried) == hashes(log)


# Decisions, and what is here already


def test_what_a_person_accepted_goes_in_whole_and_what_was_declined_does_not() -> None:
    carried = bundle(EVE, log_of(EVE, [ANSWER, SIGN]))
    assert taken(TEAM, carried, decision=ACCEPTED) == carried.everything()
    assert taken(TEAM, carried, decision=DECLINED) == set()


def test_what_stands_in_the_ledger_is_not_held_back_again_and_vouches_for_all_before_it() -> None:
    log, ledger = log_of(EVE, [ANSWER] * 4), Ledger()
    ledger.heads.update(log[:3])
    assert taken(TEAM, bundle(ANN, log), ledger) == hashes(log[:3])
    hers = log_of(BOB, [ANSWER] * 4)
    ledger.heads.update(hers[2:3])
    assert taken(TEAM, bundle(ANN, hers), ledger) == hashes(hers[:3])


def test_a_copy_that_this_laptop_sealed_brings_everything_back() -> None:
    mine = bench_of(TEAM.roster, [ANN.device])
    copy = bundle(ANN, log_of(ANN, [ANSWER]), log_of(EVE, [SIGN]))
    assert reasons(mine, copy) == []
    assert reasons(TEAM, copy) == [(UNKNOWN, 1, 1)]
    stolen = TEAM.roster._replace(revoked=(Revoked(ANN.device, {}),))  # type: ignore[union-attr]
    assert reasons(bench_of(stolen, [ANN.device]), copy) != []


# Whatever comes, in whatever order


@st.composite
def deliveries(draw: st.DrawFn) -> tuple[list[Carried], set[str], set[str]]:
    """Bundles in some order, some twice; hashes of what is good; hashes of what must never go in."""
    good: set[str] = set()
    bad: set[str] = set()
    bundles: list[Carried] = []
    for who in (ANN, BOB):
        log = log_of(who, [ANSWER] * draw(st.integers(2, 6)))
        good |= hashes(log)
        cut = draw(st.integers(1, len(log)))
        own = bundle(who, log)
        bundles.append(own)
        relay: Person = draw(st.sampled_from([ANN, BOB, EVE]))
        sealed: list[Seal] = [seal_of(who, log[:cut])]
        forged = log_of(who, [ANSWER] * draw(st.integers(1, 3)), log[cut - 1], f"forged by {relay.name}")
        if relay != who:
            bad |= hashes(forged)
            bundles.append(bundle(relay, [*log[:cut], *forged], seals=sealed))
            bundles.append(bundle(relay, log, seals=[seal_of(who, log)]))
    stranger = log_of(EVE, [ANSWER] * 2)
    bad |= hashes(stranger)
    bundles.append(bundle(EVE, stranger))
    signs = log_of(CY, [RETURN, SIGN])
    good |= hashes(signs[:1])
    bad |= hashes(signs[1:])
    bundles.append(bundle(CY, signs))
    order = draw(st.lists(st.sampled_from(range(len(bundles))), min_size=0, max_size=8))
    everything = draw(st.permutations(range(len(bundles))))
    return [bundles[each] for each in (*order, *everything)], good, bad


@settings(max_examples=150)
@given(deliveries())
def test_whatever_the_order_what_is_good_goes_in_and_what_is_forged_never(
    world: tuple[list[Carried], set[str], set[str]],
) -> None:
    arriving, good, bad = world
    ledger = Ledger()
    for carried in arriving:
        into = taken(TEAM, carried, ledger)
        for segment in carried.seal.segments:
            for run in carried.runs(segment):
                ledger.heads.update(
                    (digest, entry) for digest, entry in zip(run.digests, run.entries(), strict=True) if digest in into
                )
        ledger.seals.append(carried.seal)
    assert good <= ledger.heads.keys()
    assert bad.isdisjoint(ledger.heads)


@pytest.mark.parametrize("numbers", [(1, 2, 3, 4, 5, 6), (6, 5, 4, 3, 2, 1), (3, 1, 6, 2, 5, 4)])
def test_a_revoked_log_that_comes_in_pieces_ends_the_same_whatever_the_order(numbers: tuple[int, ...]) -> None:
    log = log_of(BOB, [ANSWER] * 6)
    bench, ledger = revoked_at(log, 4), Ledger()
    waiting = [bundle(BOB, [log[number - 1]]) for number in numbers]
    for _ in numbers:  # what waits is judged again when something new has come
        for carried in waiting:
            ledger.heads.update(each for each in log if each[0] in taken(bench, carried, ledger))
    assert ledger.heads.keys() == hashes(log[:4])
