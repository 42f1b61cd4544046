"""The lead's board: what is read with a few statements says what opening each visit would say, and how lines sort."""

from pathlib import Path

from hypothesis import given, settings
from hypothesis import strategies as st

from assessor_tui.assess import board as values
from assessor_tui.assess.board import Facts, Finding, Member, ToCome, board, facts_of, line_of
from assessor_tui.ledger import entry as acts
from assessor_tui.ledger.awaited import Awaited
from assessor_tui.ledger.entry import Entry, hash_of
from assessor_tui.store.ledger import Store
from assessor_tui.visit import create_visit
from tests.ledger_worlds import VISIT, Laptop, device
from tests.small_visit import FORMS, asked, begin, ids, materials, scheme

HEADER, FINDINGS, CHECK = "header", "findings", "check"
MEMBERS = [f"team[{letter * 32}]" for letter in "12"]
FOUND = [f"findings[{letter * 32}]" for letter in "34"]
TABLE = [f"outlets[{'5' * 32}]"]

places = st.one_of(
    st.sampled_from(
        [(HEADER, "batch", each) for each in ("Spring", "autumn \N{LATIN SMALL LETTER E WITH ACUTE}")]
        + [(HEADER, "deadline", each) for each in ("2026-12-01", "2026-11-01")]
        + [(HEADER, "site_name_en", "Mock Works"), (HEADER, "visit_date", "2026-11-12")]
        + [(HEADER, f"{row}/member_name", name) for row in MEMBERS for name in ("bob", 'An "odd"\\ name')]
        + [(HEADER, f"{row}/member_role", (role,)) for row in MEMBERS for role in ("lead", "assessor", "observer")]
    ),
    st.sampled_from(
        [(FINDINGS, f"{row}/grade", (grade,)) for row in FOUND for grade in ("major", "observation")]
        + [(FINDINGS, f"{row}/{name}", "2026-12-01") for row in FOUND for name in ("owner", "due")]
        + [(FINDINGS, f"{row}/status", (state,)) for row in FOUND for state in ("open", "closed")]
    ),
    st.sampled_from([(CHECK, path, "seen") for path in ("meter", "flow", f"{TABLE[0]}/tag")]),
)
rows = st.sampled_from(
    [(HEADER, row) for row in MEMBERS] + [(FINDINGS, row) for row in FOUND] + [(CHECK, row) for row in TABLE]
)
AWAITED = "Test report\nthe site\n2026-11-20"
moves = st.one_of(
    st.tuples(st.sampled_from([acts.ANSWER, acts.ANSWER, acts.ANSWER, acts.SETTLE]), places),
    st.tuples(st.sampled_from([acts.CLEAR, acts.TO_COME, acts.NOT_APPLICABLE]), places),
    st.tuples(st.sampled_from([acts.ADD_ROW, acts.ADD_ROW, acts.REMOVE_ROW]), rows),
    st.tuples(st.sampled_from([acts.SIGN, acts.REOPEN, acts.NOTE]), st.just(("", ""))),
)
stories = st.lists(
    st.one_of(
        st.tuples(st.just("record"), st.integers(0, 3), moves, st.integers(0, 7)),
        st.tuples(st.just("meet"), st.integers(0, 3), st.integers(0, 3), st.integers(0, 5)),
    ),
    max_size=30,
)


def play(story, version: str) -> Laptop:
    """What Ann's laptop knows at the end: three people and a clone of Ann's laptop record and meet."""
    laptops = [Laptop("ann"), Laptop("bob"), Laptop("cho")]
    laptops[0].record(acts.OPEN_VISIT, form="small", value=("assessment",), version=version)
    laptops[0].record(acts.USE_FORM, form=CHECK, version="c" * 12, together=True)
    laptops[0].answer("share", "5", form=CHECK, together=True)
    for other in laptops[1:]:
        other.learn(laptops[0].known)
    for kind, who, what, chance in story:
        if who == 3 and len(laptops) == 3:
            laptops.append(laptops[0].copy())
        laptop = laptops[who]
        if kind == "meet":
            other = laptops[what % len(laptops)]
            laptop.learn(other.known[: len(other.known) if chance else len(other.known) // 2])
            continue
        act, (form, path, *value) = what
        value = value[0] if value and act in (acts.ANSWER, acts.SETTLE) else None
        if act == acts.SIGN:
            value = "digest"
        laptop.person = {6: 'Dora "D" Li', 7: "\N{CJK UNIFIED IDEOGRAPH-9673}"}.get(chance, laptop.person)
        laptop.record(act, path, value, form=form, why=AWAITED if act == acts.TO_COME else "", blind=chance == 5)
    return laptops[0]


@settings(max_examples=80, deadline=None)
@given(stories, st.booleans())
def test_what_the_statements_say_is_what_opening_each_visit_says(tmp_path_factory, story, known):
    with Store.open(tmp_path_factory.mktemp("board")) as store:
        store.identify("Ann", "lead")
        version = store.add_scheme(scheme())
        laptop = play(story, version[:12] if known else "f" * 12)
        store.add(laptop.known)
        state = store.state(VISIT)
        wanted = facts_of(
            state, HEADER if known else "", FINDINGS if known else "", conflicts=len(store.conflicts(VISIT))
        )
        assert store.board() == [wanted]


@settings(max_examples=30, deadline=None)
@given(st.lists(stories, min_size=3, max_size=3))
def test_each_visit_is_read_as_if_it_were_alone(tmp_path_factory, several):
    with Store.open(tmp_path_factory.mktemp("board")) as store:
        store.identify("Ann", "lead")
        version = store.add_scheme(scheme())
        for number, story in enumerate(several):
            visit = f"{number:032x}"
            store.add([(digest_of(entry), entry) for entry in chained(play(story, version[:12]), visit)])
        wanted = [
            facts_of(store.state(row.id), HEADER, FINDINGS, conflicts=row.conflicts)
            for row in sorted(store.visits(), key=lambda each: each.id)
        ]
        assert store.board() == wanted


def chained(laptop: Laptop, visit: str) -> list[Entry]:
    """What the laptop itself has recorded, as entries of another visit."""
    said: list[Entry] = []
    for _, entry in laptop.state.log(device("ann")):
        if entry.seq == len(said) + 1:  # of two sides of a fork only one
            before = digest_of(said[-1]) if said else ""
            said.append(entry._replace(visit=visit, prev=before, replaces=(), seen=()))
    return said


def digest_of(entry: Entry) -> str:
    return hash_of(entry)


def facts(**known) -> Facts:
    """A visit of which these facts are known."""
    header = {"site_name_en": "Mock Works", "visit_date": "2026-11-12", **known.pop("header", {})}
    return Facts("a" * 32, complete=True, header=header, opener="dev", **known)


CHAN, LEE, OWN = Member("Chan", "lead"), Member("Lee", "assessor"), values.Came("dev", ("Chan",), 1, 9, 0, False, True)
LEES = values.Came("other", ("lee",), 2, 7, 7, False, True)


def stage(today: str = "2026-11-13", **known) -> str:
    return line_of(facts(**known), today, "Chan", "dev").stage


def test_a_visit_goes_through_its_stages():
    team = (CHAN, LEE)
    idle = OWN._replace(worked=False)
    assert stage(team=team, came=(idle,)) == "opened"
    assert stage(team=team, came=(idle,), handed_out=True) == "handed out"
    assert stage(team=team, came=(OWN,), handed_out=True) == "on site"
    assert stage(team=(*team, Member("Ho", "expert")), came=(OWN, LEES)) == "delivered"
    assert stage(team=team, came=(OWN, LEES)) == "merged"
    assert stage(team=team, came=(OWN, LEES), conflicts=1) == "conflicts"
    assert stage(team=team, came=(OWN, LEES), to_come=(ToCome("f", "p", "Lee", Awaited("x")),)) == "to settle"
    assert stage(team=team, came=(OWN, LEES), conflicts=1, signed=True) == "signed"


def test_what_came_from_another_laptop_was_handed_out():
    assert line_of(facts(came=(OWN._replace(device="x", worked=False),))._replace(opener="x"), "2026-11-01").stage == (
        "handed out"
    )


def test_who_works_alone_is_done_when_the_last_day_is_over():
    assert stage("2026-11-12", team=(CHAN,), came=(OWN,)) == "on site"
    assert stage("2026-11-13", team=(CHAN,), came=(OWN,)) == "merged"


def test_observers_deliver_nothing_and_names_are_compared_without_case_and_spaces():
    line = line_of(facts(team=(CHAN, LEE, Member("Wu", "observer")), came=(OWN, LEES)), "2026-11-13", " chan ", "dev")
    assert (line.expected, line.missing, line.has_come) == ((LEE,), (), 1)


def test_a_device_that_others_know_more_of_is_behind_and_the_visit_not_merged():
    line = line_of(facts(team=(CHAN, LEE), came=(OWN, LEES._replace(named=8))), "2026-11-13", "Chan", "dev")
    assert [each.device for each in line.behind] == ["other"]
    assert line.stage == "delivered" and line.reasons == ("behind",)
    assert LEES._replace(gap=True).owes


def test_somebody_is_missed_only_when_the_last_day_is_over():
    known = {"team": (CHAN, LEE), "came": (OWN,)}
    assert line_of(facts(**known), "2026-11-12", "Chan", "dev").reasons == ()
    assert line_of(facts(**known), "2026-11-13", "Chan", "dev").reasons == ("missing",)
    two_days = facts(header={"visit_last_date": "2026-11-13"}, **known)
    assert line_of(two_days, "2026-11-13", "Chan", "dev").reasons == ()


def test_a_finding_needs_owner_and_date_when_it_has_to_be_put_right():
    assert Finding("f", "major", True, False, "open").undated
    assert Finding("f", "minor", False, True, "draft").undated
    assert not Finding("f", "minor", True, True, "open").undated
    assert not Finding("f", "good_practice", False, False, "open").undated
    assert not Finding("f", "veto", False, False, "withdrawn").undated


def test_what_is_awaited_is_overdue_the_day_after():
    paper = ToCome("f", "p", "Lee", Awaited("Report", "the site", "2026-11-20"))
    assert line_of(facts(to_come=(paper,)), "2026-11-20").overdue == ()
    late = line_of(facts(to_come=(paper,)), "2026-11-21")
    assert late.overdue == (paper,) and late.reasons == ("overdue",)


def test_the_deadline_presses_a_week_before_and_a_deadline_that_is_no_date_never_does():
    def days(deadline: str):
        line = line_of(facts(header={"deadline": deadline}), "2026-11-20")
        return line.days, line.reasons

    assert days("2026-11-28") == (8, ())
    assert days("2026-11-27") == (7, ("soon",))
    assert days("2026-11-19") == (-1, ("late",))
    assert days("soon") == (None, ())


def test_what_presses_most_stands_first_signed_visits_last():
    quiet = facts(header={"batch": "A"})._replace(visit="0" * 32)
    signed = facts(signed=True, header={"deadline": "2026-01-01"})._replace(visit="1" * 32)
    late = facts(header={"deadline": "2026-11-10"})._replace(visit="2" * 32)
    later = facts(header={"deadline": "2026-11-11"})._replace(visit="3" * 32)
    conflict = facts(conflicts=2)._replace(visit="4" * 32)
    unknown = Facts("5" * 32, complete=False)
    lines = board([quiet, signed, unknown, later, late, conflict], today="2026-11-20")
    assert [line.facts.visit[0] for line in lines] == list("234051")


def test_a_batch_is_found_whatever_its_case_and_spaces_and_lost_visits_stay():
    spring = facts(header={"batch": " Spring  2026"})._replace(visit="1" * 32)
    other = facts(header={"batch": "Autumn"})._replace(visit="2" * 32)
    assert [each.facts for each in board([spring, other], today="2026-11-20", batch="spring 2026")] == [spring]
    assert values.batches([spring, other, facts()]) == [" Spring  2026", "Autumn"]


def test_no_visits_are_an_empty_board(tmp_path: Path):
    with Store.open(tmp_path) as store:
        assert store.board() == [] and board(store.board(), today="2026-11-20") == ()


def test_a_visit_is_asked_for_by_its_batch_with_what_is_not_known_yet(tmp_path: Path):
    with Store.open(tmp_path) as store:
        store.identify("Ann", "lead")
        known = materials(store)
        header = FORMS[HEADER]._replace(children=(*FORMS[HEADER].children, asked("text", "batch")))
        with_batch = known._replace(forms={**known.forms, HEADER: (header, store.add_form(header))})
        for letter, batch in (("a", "Spring"), ("b", "Autumn")):
            said = {"site_name_en": batch, "visit_date": "2026-11-12", "batch": batch}
            create_visit(store, with_batch, said, new_id=ids(letter))
        begin(store, "c")
        lost = Laptop("bob", visit="f" * 32)
        lost.answer("meter", "seen", form=CHECK)
        store.add(lost.known)
        found = store.board("SPRING")
        assert [each.header.get("batch", "") for each in found] == ["Spring", ""]
        assert [each.complete for each in found] == [True, False]
        assert len(store.board()) == 4
