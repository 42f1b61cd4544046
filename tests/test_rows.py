"""Tables of a visit: rows and their fields."""

from assessor_tui.ledger.value import Quantity
from assessor_tui.tui.commands import ROWS, WALK
from tests.tui_visits import CONTROL, add_row, closing, opened, opened_small, ready, text_of  # noqa: F401


def scrubbers(visit):
    """A visit with two devices, the second not complete."""
    visit.record("answer", CONTROL, "has_exhaust_air", ("yes",))
    add_row(visit, CONTROL, "devices", device_tag="RTO no.1", device_type=("oxidiser",))
    return add_row(
        visit, CONTROL, "devices", device_tag="Scrubber [red]WS-02", device_type=("wet_scrubber",),
        design_air_flow=Quantity("24000", "m3/h"),
    )  # fmt: skip


async def test_all_tables_are_listed_by_form_and_enter_opens_one(tmp_path):
    app, visit = opened(tmp_path, ROWS)
    scrubbers(visit)
    async with app.run_test(size=(80, 24)) as pilot:
        await ready(pilot)
        shown = text_of(app.screen)
        assert "Tables" in shown
        page = app.screen
        index = next(i for i, each in enumerate(page.table.rows) if each.path == "devices")
        page.table.move_cursor(index)
        await pilot.press("enter")
        await pilot.pause()
        shown = text_of(app.screen)
        assert "RTO no.1" in shown
        assert "Scrubber [red]WS-02" in shown
        assert "2 rows" in shown
        await pilot.press("backspace")
        assert page.table.row.path == "devices"


async def test_a_row_is_added_filled_field_by_field_and_taken_back(tmp_path):
    app, visit = opened(tmp_path, ROWS, f"{CONTROL}/devices")
    visit.record("answer", CONTROL, "has_exhaust_air", ("yes",))
    async with app.run_test(size=(80, 24)) as pilot:
        await ready(pilot)
        assert "No rows yet" in text_of(app.screen)
        await pilot.press("a", "W", "S", "tab")
        filling = app.visit.filling(CONTROL)
        (row,) = filling.rows("devices")
        assert filling.state(f"devices[{row}]/device_tag").value == "WS"
        await pilot.press("2")
        assert filling.state(f"devices[{row}]/device_type").value == ("wet_scrubber",)
        await pilot.press("ctrl+z", "ctrl+z", "ctrl+z")
        assert app.visit.filling(CONTROL).rows("devices") == ()
        assert "No rows yet" in text_of(app.screen)


async def test_calculated_values_of_a_row_follow_while_it_is_filled(tmp_path):
    app, visit = opened(tmp_path, ROWS)
    row = scrubbers(visit)
    app.first_target = f"{CONTROL}/{row}/actual_air_flow"
    async with app.run_test(size=(80, 24)) as pilot:
        await ready(pilot)
        await pilot.press("1", "8", "0", "0", "0", "enter")
        state = app.visit.filling(CONTROL).state(f"{row}/air_flow_use")
        assert state.value is not None
        assert "75" in text_of(app.screen)


async def test_a_copy_leaves_out_what_tells_rows_apart_and_is_one_step_back(tmp_path):
    app, visit = opened(tmp_path, ROWS)
    row = scrubbers(visit)
    app.first_target = f"{CONTROL}/{row}"
    async with app.run_test(size=(80, 24)) as pilot:
        await ready(pilot)
        await pilot.press("c")
        filling = app.visit.filling(CONTROL)
        copy = f"devices[{filling.rows('devices')[-1]}]"
        assert len(filling.rows("devices")) == 3
        assert filling.state(f"{copy}/device_tag").status == "missing"
        assert filling.state(f"{copy}/design_air_flow").value == Quantity("24000", "m3/h")
        await pilot.press("ctrl+z")
        assert len(app.visit.filling(CONTROL).rows("devices")) == 2


async def test_a_removed_row_comes_back(tmp_path):
    app, visit = opened(tmp_path, ROWS)
    row = scrubbers(visit)
    app.first_target = f"{CONTROL}/{row}"
    async with app.run_test(size=(80, 24)) as pilot:
        await ready(pilot)
        await pilot.press("delete")
        assert len(app.visit.filling(CONTROL).rows("devices")) == 1
        assert "Ctrl+Z brings it back" in text_of(app.screen)
        await pilot.press("ctrl+z")
        assert len(app.visit.filling(CONTROL).rows("devices")) == 2
        assert app.screen.table.row.path == row
        await pilot.press("s", "s")
        assert [line.cells[0] for line in app.screen.table.rows] == ["RTO no.1", "Scrubber [red]WS-02"]


async def test_a_question_of_a_row_opens_in_the_walk(tmp_path):
    app, visit = opened(tmp_path, ROWS)
    row = scrubbers(visit)
    app.first_target = f"{CONTROL}/{row}/interlock"
    async with app.run_test(size=(80, 24)) as pilot:
        await ready(pilot)
        await pilot.press("right")
        assert app.place == WALK
        assert app.screen.target == f"{CONTROL}/{row}/interlock"


async def test_notes_are_not_drawn_while_people_look_on(tmp_path):
    app, visit = opened(tmp_path, ROWS)
    row = scrubbers(visit)
    visit.record("note", CONTROL, row, "operator says the log is made up")
    app.first_target = f"{CONTROL}/{row}"
    async with app.run_test(size=(140, 40)) as pilot:
        await ready(pilot)
        assert "made up" in text_of(app.screen)
        await pilot.press("h")
        assert "made up" not in text_of(app.screen)


async def test_what_was_typed_and_left_is_there_again(tmp_path):
    app, visit = opened(tmp_path, ROWS)
    row = scrubbers(visit)
    app.first_target = f"{CONTROL}/{row}/device_tag"
    async with app.run_test(size=(80, 24)) as pilot:
        await ready(pilot)
        await pilot.press("X", "Y", "escape")
        assert app.visit.filling(CONTROL).state(f"{row}/device_tag").value == "Scrubber [red]WS-02"
        await pilot.press("enter", "enter")
        assert app.visit.filling(CONTROL).state(f"{row}/device_tag").value.startswith("X")


async def test_a_table_inside_a_row_opens_and_leads_back(tmp_path):
    app, visit = opened_small(tmp_path, ROWS)
    outlet = add_row(visit, "check", "outlets", tag="DA001")
    app.first_target = f"check/{outlet}"
    async with app.run_test(size=(80, 24)) as pilot:
        await ready(pilot)
        await pilot.press("enter", "end", "enter")
        await pilot.pause()
        assert app.screen.repeat == f"{outlet}/tests"
        assert "DA001" in text_of(app.screen)
        await pilot.press("a", "7", ".", "5", "enter")
        filling = app.visit.filling("check")
        (test,) = filling.rows(f"{outlet}/tests")
        assert filling.state(f"{outlet}/tests[{test}]/result").value == Quantity("7.5")
        await pilot.press("backspace", "backspace")
        await pilot.pause()
        assert app.screen.inside
        assert app.screen.field.path == f"{outlet}/tests"
        assert "1 row" in text_of(app.screen)


async def test_counted_rows_are_neither_added_nor_taken_away(tmp_path):
    app, _visit = opened_small(tmp_path, ROWS, "check/months")
    async with app.run_test(size=(80, 24)) as pilot:
        await ready(pilot)
        await pilot.press("a")
        assert "follows from another answer" in text_of(app.screen)
        await pilot.press("delete")
        assert len(app.visit.filling("check").rows("months")) == 2


async def test_a_signed_visit_is_read_and_not_changed(tmp_path):
    app, visit = opened_small(tmp_path, ROWS)
    outlet = add_row(visit, "check", "outlets", tag="DA001")
    visit.store.append([visit._draft("sign", "", "", "0" * 64)])
    app.first_target = f"check/{outlet}/tag"
    async with app.run_test(size=(80, 24)) as pilot:
        await ready(pilot)
        await pilot.press("X", "enter", "backspace", "c")
        assert "signed" in text_of(app.screen)
        assert app.visit.filling("check").state(f"{outlet}/tag").value == "DA001"
        assert len(app.visit.filling("check").rows("outlets")) == 1
