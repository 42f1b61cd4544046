"""The window that asks what is to come, from whom and until when."""

from assessor_tui.ledger.awaited import Awaited, awaited_of
from tests.walk_world import program, shown


def awaited(app, path="tested"):
    standing = app.visit.state.standing("air", path)
    assert standing is not None and standing.status == "to come"
    return awaited_of(standing.entry.why)


async def test_a_digit_takes_a_usual_answer_and_the_day_is_read_back(tmp_path):
    async with program(tmp_path, target="air/tested") as (app, pilot):
        await pilot.press("ctrl+t")
        assert "2 paper promised" in shown(app)
        await pilot.press("2", *"Ho", "enter", *"3/1")
        await pilot.pause()
        assert "until 2027-01-03" in shown(app)
        await pilot.press("enter")
        assert awaited(app) == Awaited("paper promised", "Ho", "2027-01-03")


async def test_digits_are_typed_once_a_field_is_not_empty(tmp_path):
    async with program(tmp_path, target="air/tested") as (app, pilot):
        await pilot.press("ctrl+t", *"Bills of 12 months", "ctrl+s")
        assert awaited(app) == Awaited("Bills of 12 months")


async def test_who_was_asked_before_is_offered_and_what_stands_can_be_changed(tmp_path):
    async with program(tmp_path, target="air/tested") as (app, pilot):
        await pilot.press("ctrl+t", "1", *"Ms Lam", "ctrl+s")
        await pilot.pause(0.4)
        await pilot.press("ctrl+t")
        assert app.screen.values()["what"] == ""
        await pilot.press("2")
        assert "1 Ms Lam" in shown(app)
        await pilot.press("1", "ctrl+s")
        assert awaited(app, "who") == Awaited("paper promised", "Ms Lam")
        await pilot.press("up", "ctrl+t")
        assert app.screen.values()["what"] in ("line stands still", "paper promised")


async def test_what_is_no_day_keeps_the_window_open_and_nothing_is_lost(tmp_path):
    async with program(tmp_path, target="air/tested") as (app, pilot):
        await pilot.press("ctrl+t", "1", "enter", *"soon", "enter")
        assert "This is no date" in shown(app)
        assert app.screen.values()["what"] == "line stands still"
        await pilot.press("escape")
        assert app.visit.state.standing("air", "tested") is None


async def test_without_what_nothing_is_recorded(tmp_path):
    async with program(tmp_path, target="air/tested") as (app, pilot):
        await pilot.press("ctrl+t", "ctrl+s")
        assert "What is needed." in shown(app)


async def test_it_stands_apart_in_what_is_left_to_do_overdue_first(tmp_path):
    async with program(tmp_path, target="air/tested", size=(80, 40)) as (app, pilot):
        app.visit.record("to come", "air", "tested", why="Report\nMs Lam\n2026-12-01")
        app.visit.record("to come", "air", "who", why="Name\nMr Ho\n2026-11-01")
        await pilot.press("left_square_bracket")
        lines = shown(app).splitlines()
        start = next(index for index, line in enumerate(lines) if "To come" in line)
        assert "2 items" in lines[start]
        assert "Name, from Mr Ho, until 2026-11-01, overdue" in lines[start + 1]
        assert "Report, from Ms Lam, until 2026-12-01" in lines[start + 2]


async def test_the_same_key_asks_among_the_fields_of_a_row(tmp_path):
    async with program(tmp_path, place="rows", target="air/meters") as (app, pilot):
        await pilot.press("plus")
        await pilot.pause()
        await pilot.press("ctrl+t")
        assert "2 paper promised" in shown(app)
        await pilot.press("2", *"Ho", "ctrl+s")
        await pilot.pause()
        (row,) = app.visit.filling("air").rows("meters")
        path = next(each for each in ("meter", "fitted") if app.visit.state.standing("air", f"meters[{row}]/{each}"))
        assert awaited(app, f"meters[{row}]/{path}") == Awaited("paper promised", "Ho")
        assert "to come: paper promised, from Ho" in shown(app)


async def test_what_was_typed_when_the_window_was_closed_stands_in_it_again_and_nowhere_else(tmp_path):
    async with program(tmp_path, target="air/tested") as (app, pilot):
        await pilot.press("ctrl+t", *"Bills", "enter", *"Ho", "escape", "ctrl+t")
        assert (app.screen.values()["what"], app.screen.values()["whom"]) == ("Bills", "Ho")
        await pilot.press("escape", "down", "ctrl+t")
        assert app.screen.values()["what"] == ""
        await pilot.press("escape", "up", "ctrl+t", "ctrl+s")
        assert awaited(app) == Awaited("Bills", "Ho")
