"""Tables of a visit: rows and their fields."""

from textual import events

from assessor_tui.ledger.value import Evidence, Quantity
from assessor_tui.tui.commands import ROWS, WALK
from tests.tui_visits import (
    CONTROL,
    add_row,
    closing,  # noqa: F401
    opened,
    opened_small,
    ready,
    settled,
    text_of,
    until,
)


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


async def test_from_a_row_that_is_still_empty_no_further_one_is_added(tmp_path):
    app, visit = opened(tmp_path, ROWS, f"{CONTROL}/devices")
    visit.record("answer", CONTROL, "has_exhaust_air", ("yes",))
    async with app.run_test(size=(80, 24)) as pilot:
        await ready(pilot)
        await pilot.press("enter", "plus", "insert")
        assert len(app.visit.filling(CONTROL).rows("devices")) == 1
        assert "still empty" in text_of(app.screen)
        await pilot.press(*"WS", "enter", "plus")
        assert len(app.visit.filling(CONTROL).rows("devices")) == 2


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
        for key in ("f7", "insert"):  # neither a file nor a reason is asked for in vain
            await pilot.press(key)
            await pilot.pause()
            assert app.screen is app.page(ROWS) and "The visit is signed" in text_of(app.screen)
        await app.go(WALK, "check/meter")
        await pilot.press("ctrl+n")
        await pilot.pause()
        assert app.screen is app.page(WALK) and "The visit is signed" in text_of(app.screen)


# Tables of others

FLOW = "energy_material_flow"


def carriers(visit, *names):
    """The period 2025 and these carriers, billed in kWh."""
    visit.record("answer", FLOW, "period_from", "2025-01-01")
    visit.record("answer", FLOW, "period_to", "2025-12-31")
    for name in names:
        add_row(visit, FLOW, "energy_carriers", carrier_name=name, carrier_unit=("kWh",))


def months(visit):
    filling = visit.filling(FLOW)
    return [
        (filling.state(f"energy_by_month[{row}]/month").value, filling.state(f"energy_by_month[{row}]/metered").value)
        for row in filling.rows("energy_by_month")
    ]


async def paste(pilot, text):
    pilot.app.screen.post_message(events.Paste(text))
    await pilot.pause()
    await pilot.pause()


async def test_pasted_rows_are_looked_at_taken_in_one_act_and_taken_back_in_one(tmp_path):
    app, visit = opened(tmp_path, ROWS, f"{FLOW}/energy_by_month")
    carriers(visit, "电 1号户")
    async with app.run_test(size=(80, 24)) as pilot:
        await ready(pilot)
        await paste(pilot, "能源品种\t月份\t计量值(万度)\n电 1号户\t1月\t1.24\n电 1号户\t2月\t1.30\n")
        shown = text_of(app.screen)
        assert "2 new rows" in shown
        assert "1.24 = 12 400" in shown
        assert "1月 = 2025-01" in shown
        assert months(app.visit) == []
        await pilot.press("enter")
        assert months(app.visit) == [("2025-01", Quantity("12400")), ("2025-02", Quantity("13000"))]
        assert "2 rows taken in" in text_of(app.screen)
        await pilot.press("ctrl+z")
        assert months(app.visit) == []


async def test_what_cannot_be_taken_holds_the_paste_back_until_somebody_says_so(tmp_path):
    app, visit = opened(tmp_path, ROWS, f"{FLOW}/energy_by_month")
    carriers(visit, "电")
    table = (
        "月份\t计量值\n"
        + "".join(f"{month}月\t{'1240' if month == 3 else 12400}\n" for month in range(1, 7))
        + "7月\tabc"
    )
    async with app.run_test(size=(80, 24)) as pilot:
        await ready(pilot)
        await paste(pilot, table)
        shown = text_of(app.screen)
        assert "B8" in shown and "abc is not a number" in shown
        assert "B4" in shown and "about 1/10 of the other rows" in shown
        await pilot.press("enter")
        assert months(app.visit) == []
        assert "Enter again takes the rest" in text_of(app.screen)
        await pilot.press("escape")
        assert months(app.visit) == []
        await paste(pilot, table)
        await pilot.press("enter", "enter")
        assert len(months(app.visit)) == 7
        assert months(app.visit)[6] == ("2025-07", None)


async def test_a_table_that_does_not_say_its_carrier_asks_once_for_all_lines(tmp_path):
    app, visit = opened(tmp_path, ROWS, f"{FLOW}/energy_by_month")
    carriers(visit, "电", "蒸汽")
    async with app.run_test(size=(80, 24)) as pilot:
        await ready(pilot)
        await paste(pilot, "Jan 2025\t5\t6\nFeb 2025\t7\t8")
        assert "Which one are all its lines about?" in text_of(app.screen)
        await pilot.press("2")
        await pilot.pause()
        await pilot.press("enter")
        assert months(app.visit) == [("2025-01", Quantity("5")), ("2025-02", Quantity("7"))]
        (row, _other) = app.visit.filling(FLOW).rows("energy_by_month")
        steam = app.visit.filling(FLOW).rows("energy_carriers")[1]
        assert app.visit.filling(FLOW).state(f"energy_by_month[{row}]/carrier_of").value == (steam,)


async def test_a_month_table_opens_with_its_months_in_one_act(tmp_path):
    app, visit = opened(tmp_path, ROWS, f"{FLOW}/energy_by_month")
    carriers(visit, "电")
    async with app.run_test(size=(80, 24)) as pilot:
        await ready(pilot)
        assert "F8 opens its 12 months; rows can be pasted from a spreadsheet" in text_of(app.screen)
        await pilot.press("f8")
        assert [month for month, _ in months(app.visit)] == [f"2025-{month:02}" for month in range(1, 13)]
        await pilot.press("f8")
        assert "Every month of the period has its row" in text_of(app.screen)
        await pilot.press("ctrl+z")
        assert months(app.visit) == []


async def test_without_its_period_a_month_table_says_what_to_answer_first(tmp_path):
    app, visit = opened(tmp_path, ROWS, f"{FLOW}/energy_by_month")
    add_row(visit, FLOW, "energy_carriers", carrier_name="电", carrier_unit=("kWh",))
    async with app.run_test(size=(80, 24)) as pilot:
        await ready(pilot)
        await pilot.press("f8")
        assert "Answer 2.01 first" in text_of(app.screen)


async def test_a_column_of_numbers_goes_down_from_the_field_under_the_cursor(tmp_path):
    app, visit = opened(tmp_path, ROWS, f"{FLOW}/energy_by_month")
    carriers(visit, "电")
    async with app.run_test(size=(80, 24)) as pilot:
        await ready(pilot)
        await pilot.press("f8", "home", "enter")
        assert app.screen.question_path.endswith("/metered")
        await paste(pilot, "".join(f"{12_000 + month}\r\n" for month in range(1, 13)))
        assert "12 rows filled in" in text_of(app.screen)
        await pilot.press("enter")
        assert [value for _, value in months(app.visit)] == [Quantity(str(12_000 + month)) for month in range(1, 13)]


async def test_a_file_is_chosen_and_its_rows_are_taken(tmp_path):
    app, _visit = opened(tmp_path, ROWS, f"{FLOW}/energy_carriers")
    (tmp_path / "carriers.csv").write_text("Carrier and account,Unit of the bill\n电,度\n水,m3\n", encoding="utf-8")
    app.store.set_local("", "sheets folder", str(tmp_path))
    async with app.run_test(size=(80, 24)) as pilot:
        await ready(pilot)
        await pilot.press("f7")
        await pilot.pause()
        await pilot.press(*"carriers", "enter")
        await settled(pilot)
        await until(pilot, lambda: "2 new rows" in text_of(app.screen))
        await pilot.press("enter")
        filling = app.visit.filling(FLOW)
        assert [filling.row_label(f"energy_carriers[{row}]") for row in filling.rows("energy_carriers")] == ["电", "水"]


async def test_a_file_that_is_no_table_is_refused_with_words(tmp_path):
    app, _visit = opened(tmp_path, ROWS, f"{FLOW}/energy_carriers")
    (tmp_path / "bad.xlsx").write_bytes(b"PK\x03\x04 nothing")
    app.store.set_local("", "sheets folder", str(tmp_path))
    async with app.run_test(size=(80, 24)) as pilot:
        await ready(pilot)
        await pilot.press("f7")
        await pilot.pause()
        await pilot.press(*"bad", "enter")
        await until(pilot, lambda: "bad.xlsx is damaged" in text_of(app.screen))


async def test_a_row_is_ticked_as_checked_against_the_original_and_the_tick_goes_again(tmp_path):
    app, visit = opened(tmp_path, ROWS)
    row = scrubbers(visit)
    app.first_target = f"{CONTROL}/{row}"
    async with app.run_test(size=(80, 24)) as pilot:
        await ready(pilot)
        await pilot.press("ctrl+e")
        ((_digest, entry),) = app.visit.state.evidence(CONTROL, row)
        assert entry.value == Evidence("original_seen", {"date": app.visit.today})
        assert "☑" in text_of(app.screen)
        await pilot.press("ctrl+e")
        assert app.visit.state.evidence(CONTROL, row) == []
        assert "☑" not in text_of(app.screen)


async def test_a_number_in_another_spelling_is_shown_as_it_will_be_kept(tmp_path):
    app, visit = opened(tmp_path, ROWS)
    row = scrubbers(visit)
    app.first_target = f"{CONTROL}/{row}/actual_air_flow"
    async with app.run_test(size=(80, 24)) as pilot:
        await ready(pilot)
        await pilot.press("1", "8")
        assert "= 18" not in text_of(app.screen)
        await pilot.press(".", "2", "5", "千", "方", "/", "h")
        await pilot.pause()
        assert "= 18 250 m³/h" in text_of(app.screen)
        await pilot.press("enter")
        assert app.visit.filling(CONTROL).state(f"{row}/actual_air_flow").value == Quantity("18250", "m3/h")


async def test_a_number_far_from_its_neighbours_is_asked_about_once_before_it_is_saved(tmp_path):
    app, visit = opened(tmp_path, ROWS)
    carriers(visit, "电")
    (carrier,) = visit.filling(FLOW).rows("energy_carriers")
    for month, used in enumerate(("12400", "13000", "11800"), 1):
        add_row(visit, FLOW, "energy_by_month", carrier_of=(carrier,), month=f"2025-0{month}", metered=Quantity(used))
    row = add_row(visit, FLOW, "energy_by_month", carrier_of=(carrier,), month="2025-04")
    app.first_target = f"{FLOW}/{row}/metered"

    def metered():
        return app.visit.filling(FLOW).state(f"{row}/metered").value

    async with app.run_test(size=(80, 24)) as pilot:
        await ready(pilot)
        await pilot.press(*"124000", "enter")
        await pilot.pause()
        assert "about 10 times the other rows" in text_of(app.screen)
        assert "again saves it as it is" in text_of(app.screen)
        assert metered() is None
        await pilot.press("backspace", "1", "enter")
        await pilot.pause()
        assert "again saves it" in text_of(app.screen)
        await pilot.press("enter")
        assert metered() == Quantity("124001")


async def test_somebody_says_once_what_the_headings_of_the_sites_own_table_mean(tmp_path):
    app, visit = opened(tmp_path, ROWS, f"{FLOW}/energy_by_month")
    carriers(visit, "电")
    table = "统计月份\t抄表数\t{}\n1月\t12400\t3\n2月\t13000\t4"
    async with app.run_test(size=(80, 24)) as pilot:
        await ready(pilot)
        await paste(pilot, table.format("班次"))
        assert "looks like headings" in text_of(app.screen)
        await pilot.press("c")
        assert "统计月份" in text_of(app.screen)
        await pilot.press("2", "2", "escape")
        await pilot.pause()
        assert "2 new rows" in text_of(app.screen)
        await pilot.press("enter")
        assert months(app.visit) == [("2025-01", Quantity("12400")), ("2025-02", Quantity("13000"))]
        await paste(pilot, table.format("备注"))
        assert "2 rows stand already" in text_of(app.screen)


async def test_a_plants_table_with_carriers_across_is_asked_about_once_and_turned_round(tmp_path):
    app, visit = opened(tmp_path, ROWS, f"{FLOW}/energy_by_month")
    carriers(visit, "电", "水")
    table = "月份\t用电量(万度)\t供水(方)\t电费(元)\n1月\t1.2\t30\t9\n2月\t1.3\t31\t9\n合计\t2.5\t62\t18"
    water = visit.filling(FLOW).rows("energy_carriers")[1]
    visit.record("answer", FLOW, f"energy_carriers[{water}]/carrier_unit", ("m3",))
    async with app.run_test(size=(80, 24)) as pilot:
        await ready(pilot)
        await paste(pilot, table)
        assert "What does the column 供水(方) mean?" in text_of(app.screen)
        assert "水: Metered" in text_of(app.screen)
        await pilot.press("1")
        await pilot.pause()
        assert "2 months x 2 carriers" in text_of(app.screen)
        assert "1 thing to look at" in text_of(app.screen)
        await pilot.press("enter", "enter")
        assert months(app.visit) == [
            ("2025-01", Quantity("12000")), ("2025-01", Quantity("30")),
            ("2025-02", Quantity("13000")), ("2025-02", Quantity("31")),
        ]  # fmt: skip
        await paste(pilot, table.replace("1月\t", "3月\t"))
        assert "2 months x 2 carriers" in text_of(app.screen)  # what the heading means is known now
        await pilot.press("c", "escape", "2", "escape")
        await pilot.pause()
        assert "2 months x 1 carrier" in text_of(app.screen)
