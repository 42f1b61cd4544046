"""The walk: answering by keys, what the card says, what comes next."""

import pytest

from assessor_tui.ledger.value import Quantity
from assessor_tui.store.ledger import Store
from assessor_tui.tui.pages import answering
from tests.tui_visits import closing, opened, ready, text_of, until  # noqa: F401
from tests.walk_world import make_visit, program, shown


@pytest.fixture
def patient(monkeypatch):
    """Keys of a test come faster than a person's."""
    monkeypatch.setattr(answering, "TOO_SOON", 0.0)


def answer(app, path, form="air"):
    return app.visit.filling(form).state(path).value


async def test_a_digit_answers_saves_and_moves_on(tmp_path):
    async with program(tmp_path, target="air/log") as (app, pilot):
        await pilot.press("1")
        assert answer(app, "log") == ("yes",)
        assert app.screen.target == "air/used"
        assert "3.02: Yes" in shown(app) and "Ctrl+Z takes it back" in shown(app)
        assert Store.open(tmp_path, write=False).state(app.visit_id).standing("air", "log").value == ("yes",)


async def test_an_answer_that_demands_proof_stays_and_says_so(tmp_path):
    async with program(tmp_path, target="air/led") as (app, pilot):
        await pilot.press("1")
        assert app.screen.target == "air/led"
        assert "needs proof" in shown(app)
        assert "Proof is needed: photo" in shown(app)


async def test_an_answer_that_calls_for_a_finding_offers_it(tmp_path):
    async with program(tmp_path, target="air/led") as (app, pilot):
        await pilot.press("3")
        assert "calls for a finding (minor)" in shown(app)
        assert "air/log" not in [line.target for line in app.screen.lines]


async def test_the_same_digit_takes_the_answer_back(tmp_path, patient):
    async with program(tmp_path, target="air/led") as (app, pilot):
        await pilot.press("1", "1")
        assert answer(app, "led") is None


async def test_a_second_digit_right_after_an_answer_is_ignored_with_a_word(tmp_path):
    async with program(tmp_path, target="air/led") as (app, pilot):
        await pilot.press("1", "2")
        assert answer(app, "led") == ("yes",)
        assert "2 was ignored" in shown(app)


async def test_a_typed_digit_opens_the_field_of_a_number_and_enter_saves_and_goes_on(tmp_path):
    async with program(tmp_path, target="air/used") as (app, pilot):
        await pilot.press("1", "2", "full_stop", "5")
        assert "EDIT" in shown(app)
        await pilot.press("enter")
        assert answer(app, "used") == Quantity("12.5", "kWh")
        assert app.screen.target == "air/tested"


async def test_the_unit_is_chosen_with_the_arrows_or_typed(tmp_path, patient):
    async with program(tmp_path, target="air/used") as (app, pilot):
        await pilot.press("3", "down", "enter")
        assert answer(app, "used") == Quantity("3", "MWh")
    async with program(tmp_path, target="air/used") as (app, pilot):
        await pilot.press("4", "k", "w", "h", "enter")
        assert answer(app, "used") == Quantity("4", "kWh")


async def test_what_is_no_number_keeps_the_field_open(tmp_path):
    async with program(tmp_path, target="air/used") as (app, pilot):
        await pilot.press("1", "x", "enter")
        assert "The unit is not one of kWh, MWh" in shown(app)
        assert answer(app, "used") is None


async def test_an_unusual_number_is_saved_and_asks_for_a_note(tmp_path):
    async with program(tmp_path, target="air/used") as (app, pilot):
        await pilot.press("5", "0", "0", "0", "enter")
        assert answer(app, "used") == Quantity("5000", "kWh")
        assert app.screen.target == "air/used"
        assert "Is the unit right?" in shown(app)


async def test_a_date_may_be_typed_as_the_day_alone(tmp_path):
    async with program(tmp_path, target="air/tested") as (app, pilot):
        await pilot.press("7", "enter")
        assert answer(app, "tested") == "2026-11-07"


async def test_letters_on_a_text_question_are_text_and_not_commands(tmp_path):
    async with program(tmp_path, target="air/who") as (app, pilot):
        await pilot.press("u", "n", "張", "enter")
        assert answer(app, "who") == "un張"


async def test_digits_tick_several_choices_and_enter_goes_on(tmp_path):
    async with program(tmp_path, target="air/seen") as (app, pilot):
        await pilot.press("3", "1", "3")
        assert answer(app, "seen") == ("yes",)
        assert app.screen.target == "air/seen"


async def test_more_than_nine_choices_open_a_search(tmp_path):
    async with program(tmp_path, target="air/metal") as (app, pilot):
        await pilot.press("1", "1", "enter")
        await pilot.pause()
        assert answer(app, "metal") == ("c11",)


async def test_not_applicable_asks_for_its_reason(tmp_path):
    async with program(tmp_path, target="air/log") as (app, pilot):
        await pilot.press("minus", "1")
        await pilot.pause()
        state = app.visit.filling("air").state("log")
        assert state.status == "not applicable"
        assert app.visit.state.standing("air", "log").entry.why == "the site has no such process"


async def test_a_question_that_always_applies_says_so_before_it_asks_for_a_reason(tmp_path):
    app, _ = opened(tmp_path, "walk", "gate/applicant_kind")
    async with app.run_test(size=(80, 24)) as pilot:
        await ready(pilot)
        await pilot.press("minus")
        await pilot.pause()
        assert "cannot be answered with “not applicable”" in text_of(app.screen)


async def test_undo_takes_back_and_shows_where(tmp_path):
    async with program(tmp_path, target="air/log") as (app, pilot):
        await pilot.press("2", "end", "ctrl+z")
        assert answer(app, "log") is None
        assert app.screen.target == "air/log"
        assert "taken back: 3.02" in shown(app)


async def test_a_note_is_written_in_its_own_field(tmp_path):
    async with program(tmp_path, target="air/log") as (app, pilot):
        await pilot.press("f2", "h", "i", "ctrl+s")
        await pilot.pause()
        assert [entry.value for _, entry in app.visit.state.notes("air", "log")] == ["hi"]
        assert "hi" in shown(app)


async def test_text_that_was_not_saved_is_offered_again(tmp_path):
    async with program(tmp_path, target="air/who") as (app, pilot):
        await pilot.press("M", "r")
        await until(pilot, lambda: app.store.local(app.visit_id, "draft:air/who") == "Mr")
    async with program(tmp_path, target="air/who") as (app, pilot):
        assert "Typed and not saved: Mr" in shown(app)
        await pilot.press("tab", "enter")
        assert answer(app, "who") == "Mr"
        assert app.store.local(app.visit_id, "draft:air/who") is None


async def test_enter_goes_to_the_next_question_without_an_answer(tmp_path):
    async with program(tmp_path, target="visit_header/site_name_en") as (app, pilot):
        await pilot.press("enter")
        assert app.screen.target == "air/led"


async def test_a_flag_stays_on_this_laptop(tmp_path):
    async with program(tmp_path, target="air/log") as (app, pilot):
        await pilot.press("space")
        assert app.store.local(app.visit_id, "flags") == ["air/log"]
        await pilot.press("space")
        assert app.store.local(app.visit_id, "flags") == []


async def test_by_place_the_questions_stand_where_one_walks(tmp_path):
    async with program(tmp_path, target="air/led") as (app, pilot):
        await pilot.press("ctrl+e")
        places = [line.label for line in app.screen.lines if line.kind == "place"]
        assert places[:2] == ["Office", "Treatment"]
        assert app.screen.target == "air/led"


async def test_one_key_flips_the_language_of_the_card(tmp_path):
    async with program(tmp_path, target="air/led") as (app, pilot):
        await pilot.press("ctrl+l")
        assert "部分" in shown(app)
        assert app.language == "en-HK"


async def test_onlookers_see_no_points(tmp_path):
    async with program(tmp_path, target="air/led") as (app, pilot):
        before = shown(app)
        await pilot.press("ctrl+k")
        assert "of 100" in before
        assert "of 100" not in shown(app)
        assert "scores hidden" in shown(app)


async def test_a_digit_on_a_table_walks_through_that_row(tmp_path):
    with Store.open(tmp_path) as store:
        store.identify("Chan T.M.", "lead")
        visit = make_visit(store)
        row = visit.record("add row", "air", "meters").entries[0][1].path
        visit.record("answer", "air", f"{row}/meter", "M-1")
    async with program(tmp_path, target="air/meters") as (app, pilot):
        assert "M-1" in shown(app)
        await pilot.press("1")
        assert app.screen.target == f"air/{row}/meter"
        await pilot.press("down", "4", "enter")
        assert answer(app, f"{row}/fitted") == Quantity("4")


@pytest.mark.parametrize("size", [(80, 24), (60, 18), (140, 40)])
async def test_every_line_fits_at_every_size(tmp_path, size):
    async with program(tmp_path, target="air/led", size=size) as (app, _pilot):
        assert {strip.cell_length for strip in app.screen._compositor.render_strips()} == {size[0]}
        assert "3.01" in shown(app)


async def test_colleagues_answer_changes_only_with_a_reason(tmp_path):
    with Store.open(tmp_path / "lee") as other:
        other.identify("Lee", "assessor")
        visit = make_visit(other)
        visit.record("answer", "air", "log", ("yes",))
        entries = other.entries(visit.id)
        forms = [other.definition("form", version) for version in visit.versions.values()]
        schemes = [other.definition("scheme", visit.opening.version)]
    with Store.open(tmp_path / "chan") as store:
        store.identify("Chan T.M.", "lead")
        store.add(entries, forms=forms, schemes=schemes)
    async with program(tmp_path / "chan", target="air/log") as (app, pilot):
        assert "answered by Lee" in shown(app)
        await pilot.press("2")
        assert "Reason" in shown(app)
        await pilot.press("2")
        await pilot.pause()
        assert answer(app, "log") == ("partial",)
        assert app.visit.state.standing("air", "log").entry.why == "seen again on site"


async def test_a_text_that_is_refused_is_not_typed_twice(tmp_path):
    async with program(tmp_path, target="air/who") as (app, pilot):
        await pilot.press("M")
        app.focused.value = "M" * 20_001
        await pilot.press("enter")
        await pilot.pause()
        assert "Shorten it" in shown(app)
        assert "Typed and not saved:" in shown(app)
        assert answer(app, "who") is None


async def test_a_text_is_kept_while_its_reason_is_asked_for(tmp_path):
    with Store.open(tmp_path / "lee") as other:
        other.identify("Lee", "assessor")
        visit = make_visit(other)
        visit.record("answer", "air", "who", "Ho")
        carried = (
            other.entries(visit.id),
            [other.definition("form", version) for version in visit.versions.values()],
            [other.definition("scheme", visit.opening.version)],
        )
    with Store.open(tmp_path / "chan") as store:
        store.identify("Chan T.M.", "lead")
        store.add(carried[0], forms=carried[1], schemes=carried[2])
    async with program(tmp_path / "chan", target="air/who") as (app, pilot):
        await pilot.press("W", "u", "enter")
        await pilot.pause()
        assert "Reason" in shown(app)
        await pilot.press("escape")
        await pilot.pause()
        assert "Typed and not saved: Wu" in shown(app) and answer(app, "who") == "Ho"
        await pilot.press("tab", "enter")
        await pilot.pause()
        await pilot.press("2")
        await pilot.pause()
        assert answer(app, "who") == "Wu"
        assert "Typed and not saved" not in shown(app)


async def test_the_help_begins_with_what_is_needed_most_and_end_shows_what_has_no_key(tmp_path):
    async with program(tmp_path, target="air/led") as (app, pilot):
        await pilot.press("question_mark")
        screen = shown(app)
        assert (
            screen.index("Answer with this choice") < screen.index("Write a note") < screen.index("Write a line down")
        )
        await pilot.press("end")
        await pilot.pause()
        assert "By name, after F9" in shown(app) and "print walk sheets" in shown(app)
        await pilot.press("home")
        await pilot.pause()
        assert "Answer with this choice" in shown(app)


async def test_escape_right_after_the_last_letter_loses_no_letter(tmp_path):
    async with program(tmp_path, target="air/led") as (app, pilot):
        await pilot.press("f2", *"Roof", "escape", "f2")
        assert "Roof" in shown(app)
        await pilot.press("escape", "ctrl+n", *"own words", "escape", "escape", "ctrl+n", "0")
        assert "own words" in shown(app)
        await pilot.press("enter")
        await pilot.pause()
        assert app.visit.state.standing("air", "led").entry.why == "own words"


async def test_a_field_that_is_left_as_it_was_is_no_draft(tmp_path):
    async with program(tmp_path, target="air/who") as (app, pilot):
        await pilot.press(*"Ho", "enter", "up", "tab", "escape")
        await pilot.pause()
        assert "kept as a draft" not in shown(app) and "Typed and not saved" not in shown(app)


async def test_undo_says_what_it_took_back_in_the_words_of_people(tmp_path):
    async with program(tmp_path, target="air/log") as (app, pilot):
        await pilot.press("1", "ctrl+z")
        assert "taken back: 3.02" in shown(app) and "takes it back" not in shown(app)
        await pilot.press("semicolon", *"ask", "enter", "ctrl+z")
        await pilot.pause()
        assert "taken back: note" in shown(app)
        await app.go("rows", "air/meters")
        await pilot.press("plus", "ctrl+z")
        await pilot.pause()
        assert "Meters" in next(line for line in shown(app).splitlines() if "taken back" in line)
