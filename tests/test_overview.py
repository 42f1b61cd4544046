"""The overview: sections, gates, score, and the list of what is left to do."""

from tests.walk_world import program, shown


async def test_sections_show_how_far_they_are_and_what_they_can_still_earn(tmp_path):
    async with program(tmp_path, place="overview") as (app, _pilot):
        screen = shown(app)
        assert "3 Air" in screen and "0/8" in screen and "0-100" in screen
        assert "draft" not in screen


async def test_the_level_and_the_draft_criteria_stand_beside_on_a_wide_terminal(tmp_path):
    async with program(tmp_path, place="overview", size=(140, 40)) as (app, _pilot):
        assert "still possible: Gold, none" in shown(app)
        assert "The criteria are a draft" in shown(app)


async def test_enter_goes_to_what_is_left_to_do(tmp_path):
    async with program(tmp_path, place="overview") as (app, pilot):
        assert "Meters: no row yet" in shown(app)
        await pilot.press("down", "enter")
        assert (app.place, app.screen.target) == ("walk", "air/led")


async def test_an_answer_without_proof_is_left_to_do(tmp_path):
    async with program(tmp_path, target="air/led") as (app, pilot):
        await pilot.press("1", "left_square_bracket")
        assert "needs proof: photo" in shown(app)


async def test_flags_stand_in_the_list(tmp_path):
    async with program(tmp_path, target="air/who") as (app, pilot):
        await pilot.press("space", "left_square_bracket")
        assert "Who looks after it?" in shown(app)


async def test_onlookers_see_no_score(tmp_path):
    async with program(tmp_path, place="overview", size=(140, 40)) as (app, pilot):
        await pilot.press("ctrl+k")
        assert "0-100" not in shown(app) and "possible" not in shown(app)
