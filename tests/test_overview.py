"""The overview: sections, gates, score, and the list of what is left to do."""

from assessor_tui.tui.pages.overview import Row, draw_row
from assessor_tui.tui.widgets.text import width_of
from tests.tui_visits import until
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
        assert "no row yet" in next(line for line in shown(app).splitlines() if "Meters" in line)
        await pilot.press("down", "enter")
        assert (app.place, app.screen.target) == ("walk", "air/led")


async def test_an_answer_without_proof_is_left_to_do(tmp_path):
    async with program(tmp_path, target="air/led") as (app, pilot):
        await pilot.press("1", "left_square_bracket")
        line = next(line for line in shown(app).splitlines() if "needs proof: photo" in line)
        assert "Is every outlet led" in line, "what the proof is for is said with it"


async def test_flags_stand_in_the_list(tmp_path):
    async with program(tmp_path, target="air/who") as (app, pilot):
        await pilot.press("space", "left_square_bracket")
        assert "Who looks after it?" in shown(app)


async def test_onlookers_see_no_score(tmp_path):
    async with program(tmp_path, place="overview", size=(140, 40)) as (app, pilot):
        await pilot.press("ctrl+k")
        assert "0-100" not in shown(app) and "possible" not in shown(app) and "passed" not in shown(app)
        await app.go("review")
        await pilot.pause()
        assert "Signature" in shown(app) and "none" not in shown(app)
        await app.go("home")
        await until(pilot, lambda: "left to do" in shown(app))
        assert "known" not in shown(app)


async def test_what_a_form_never_comes_to_an_end_with_stands_in_what_is_left_to_do(tmp_path):
    async with program(tmp_path, "overview") as (app, pilot):
        app.visit.filling("air").given_up[app.visit.filling("air").compiled.rules[0]] = None
        app.screen.show()
        await until(pilot, lambda: "this looks at" in shown(app))


def test_what_a_demand_is_about_and_what_it_demands_both_show_in_a_narrow_line():
    row = Row(
        "left", "Result of the check with the authority's public list", number="VLZ2", state="warning",
        note="needs proof: document or original seen", around="Work safety authority of the city and the district",
    )  # fmt: skip
    for width in (80, 140):
        line = draw_row(row, width, cursor=False).plain
        assert width_of(line) < width
        assert "Work s" in line and ": Result" in line and "needs proof: document or original seen" in line
    line = draw_row(row._replace(around="", note="must not be " + "much " * 40), 80, cursor=False).plain
    assert "Result of the check" in line and "must not be" in line and width_of(line) < 80
