"""Who is at the keyboard of a laptop that two people use."""

import pytest

from assessor_tui.ledger import entry as acts
from assessor_tui.store.errors import NoDevice
from assessor_tui.store.ledger import Store
from assessor_tui.tui.widgets.header_bar import HeaderBar, short_names
from tests.cli_world import named, new_visit
from tests.small_visit import begin, laptop, say
from tests.tui_visits import CONTROL, add_row, closing, opened, ready, text_of, until  # noqa: F401

HEADER = "visit_header"


def test_what_is_recorded_carries_the_person_at_the_keyboard_and_the_device_stays(tmp_path):
    with laptop(tmp_path, "Chan", "lead") as store:
        visit = begin(store)
        store.set_person("Lee  Siu\nYan")
        say(visit, "words", "seen")
        entry = visit.state.standing("check", "words").entry
        assert (entry.person, entry.device) == ("Lee Siu Yan", store.device.id)
        assert (store.person, store.device.person, store.owner_is_here) == ("Lee Siu Yan", "Chan", False)
    with Store.open(tmp_path) as store:
        assert store.person == "Lee Siu Yan"
        assert store.people() == ["Lee Siu Yan"]
        store.set_person(" chan ")
        assert (store.person, store.owner_is_here) == ("Chan", True)
        assert store.people() == ["Lee Siu Yan"]


def test_a_person_of_one_run_is_forgotten_with_it(tmp_path):
    with laptop(tmp_path, "Chan") as store:
        store.set_person("Lee", keep=False)
        assert store.person == "Lee"
    with Store.open(tmp_path) as store:
        assert store.person == "Chan"
        assert store.people() == []


def test_nobody_can_be_at_a_keyboard_that_is_nobodys(tmp_path):
    with Store.open(tmp_path) as store:
        assert store.person == ""
        with pytest.raises(NoDevice):
            store.set_person("Lee")


def test_replacing_the_answer_of_the_colleague_at_the_same_laptop_asks_for_a_reason(tmp_path):
    with laptop(tmp_path, "Chan", "lead") as store:
        visit = begin(store)
        say(visit, "words", "by Chan")
        store.set_person("Lee")
        refused = visit.record(acts.ANSWER, "check", "words", "by Lee")
        assert [problem.code for problem in refused.problems] == ["visit.someone_else"]
        assert refused.problems[0].parameters["person"] == "Chan"
        say(visit, "words", "by Lee", why="seen again on site")
        say(visit, "words", "by Lee once more")
        store.set_person("Chan")
        assert visit.record(acts.ANSWER, "check", "words", "mine").problems
        assert [entry.person for _, entry in visit.state.changed_by_someone_else()] == ["Lee"]


def test_undo_takes_back_the_laptops_last_act_whoever_is_at_it(tmp_path):
    with laptop(tmp_path, "Chan", "lead") as store:
        visit = begin(store)
        say(visit, "words", "by Chan")
        store.set_person("Lee")
        undone = visit.undo()
        assert undone.problems == ()
        assert visit.state.standing("check", "words").status == "missing"


def test_the_owner_whose_name_was_corrected_goes_on_with_his_own_answers(tmp_path):
    with laptop(tmp_path, "Chn", "lead") as store:
        visit = begin(store)
        say(visit, "words", "one")
        store.identify("Chan", "lead")
        say(visit, "words", "two")
        store.set_person("Lee")
        assert visit.record(acts.ANSWER, "check", "words", "three").problems


def test_only_the_owner_at_the_keyboard_signs(tmp_path):
    with laptop(tmp_path, "Chan", "lead") as store:
        visit = begin(store)
        store.set_person("Lee")
        refused = visit.sign("Chan")
        assert [problem.code for problem in refused.problems] == ["visit.not_at_keyboard"]
        assert dict(refused.problems[0].parameters) == {"person": "Lee", "owner": "Chan"}
        store.set_person("")
        assert "visit.not_at_keyboard" not in {problem.code for problem in visit.sign("Chan").problems}


def test_a_command_can_be_given_as_somebody_else(tmp_path, capsys):
    own = named(tmp_path, capsys)
    visit = new_visit(own)
    data = own.ok("answer", visit, "3.01", "yes", "--as", "Lee Siu Yan", "--json")
    assert data.code == 0
    said = own("answer", visit, "3.01", "no")
    assert said.code == 4
    assert "Lee Siu Yan answered this" in said.err
    assert own.ok("identity").out.startswith("Chan Tai Man")
    assert own("sign", visit, "--name", "Chan Tai Man", "--as", "Lee").err.startswith("Lee is at the keyboard")


async def test_one_key_and_a_digit_change_who_is_at_the_keyboard(tmp_path):
    app, visit = opened(tmp_path, "walk", f"{CONTROL}/has_exhaust_air")
    add_row(visit, HEADER, "team", member_name="Lee Siu Yan", member_role=("assessor",))
    async with app.run_test(size=(80, 24)) as pilot:
        await ready(pilot)
        assert "Chan T.M." in text_of(app.screen).splitlines()[0]
        await pilot.press("ctrl+u")
        shown = text_of(app.screen)
        assert "1 Chan Tai Man" in shown
        assert "2 Lee Siu Yan" in shown
        await pilot.press("2")
        await pilot.pause()
        assert app.store.person == "Lee Siu Yan"
        assert "Lee S.Y." in text_of(app.screen).splitlines()[0]
        assert app.screen.query_one(HeaderBar).state.person == "Lee Siu Yan"
        assert "Lee Siu Yan is at the keyboard" in text_of(app.screen)
        await pilot.press("1")
        await until(pilot, lambda: visit.store.state(visit.id).standing(CONTROL, "has_exhaust_air"))
        assert visit.store.state(visit.id).standing(CONTROL, "has_exhaust_air").entry.person == "Lee Siu Yan"


async def test_a_new_name_is_typed_and_offered_from_then_on(tmp_path):
    app, _visit = opened(tmp_path, "home")
    async with app.run_test(size=(80, 24)) as pilot:
        await pilot.pause()
        await pilot.press("ctrl+u", "0", *"Wong Ka", "enter")
        await pilot.pause()
        assert app.store.person == "Wong Ka"
        assert "Wong Ka" in text_of(app.screen).splitlines()[0]
        await pilot.press("ctrl+u")
        assert "Wong Ka" in text_of(app.screen)
        await pilot.press("1")
        await pilot.pause()
        assert app.store.owner_is_here


async def test_signing_says_who_must_be_at_the_keyboard(tmp_path):
    app, visit = opened(tmp_path, "review")
    visit.store.set_person("Lee Siu Yan")
    async with app.run_test(size=(80, 24)) as pilot:
        await ready(pilot)
        await pilot.press("ctrl+s")
        await pilot.pause()
        assert "Lee Siu Yan is at the keyboard; only Chan Tai Man" in text_of(app.screen)


def test_a_name_gets_shorter_where_there_is_no_room():
    assert short_names("Chan Tai Man") == ("Chan Tai Man", "Chan T.M.", "CTM")
    assert short_names("陳大文") == ("陳大文",)
    assert short_names("Chan") == ("Chan",)
    assert short_names("歐陽大文先生")[-1].startswith("歐陽大")


@pytest.mark.parametrize("typed", ["chan tai man", "Chan　Tai  Man", "Ｃｈａｎ Ｔａｉ Ｍａｎ"])
def test_a_name_typed_with_a_full_width_input_method_is_the_same_person(tmp_path, typed):
    with laptop(tmp_path, "Chan Tai Man", "lead") as store:
        visit = begin(store)
        say(visit, "words", "one")
        assert store.set_person(typed) == "Chan Tai Man" and store.owner_is_here
        assert visit.sign(typed).problems[0].code != "visit.other_name"
        store.set_person("陈明")
        say(visit, "words", "two", why="seen")
        store.set_person("陈　明")
        say(visit, "words", "three")
        assert store.people() == ["陈 明"]
        assert [entry.value for _, entry in visit.state.changed_by_someone_else()] == ["two"]
