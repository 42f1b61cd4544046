"""``assessor rows import``: what is taken from a file, what holds it back, and what is said."""

from pathlib import Path

import pytest
from openpyxl import Workbook

from tests.cli_world import Laptop, named, new_visit

TABLE = "energy_material_flow/energy_by_month"
Capsys = pytest.CaptureFixture[str]


@pytest.fixture
def laptop(tmp_path: Path, capsys: Capsys) -> Laptop:
    """A laptop with a visit whose period is 2025 and which buys electricity and water."""
    laptop = named(tmp_path / "data", capsys)
    new_visit(laptop)
    lines = tmp_path / "lines.jsonl"
    lines.write_text(
        '{"path": "energy_material_flow/period_from", "value": "2025-01-01"}\n'
        '{"path": "energy_material_flow/period_to", "value": "2025-12-31"}\n'
        '{"path": "energy_material_flow/energy_carriers[+a]/carrier_name", "value": "电 1号户"}\n'
        '{"path": "energy_material_flow/energy_carriers[+a]/carrier_unit", "value": "kWh"}\n'
        '{"path": "energy_material_flow/energy_carriers[+b]/carrier_name", "value": "自来水"}\n'
        '{"path": "energy_material_flow/energy_carriers[+b]/carrier_unit", "value": "m3"}\n',
        encoding="utf-8",
    )
    laptop.ok("answer", "alpha", "--from", lines)
    return laptop


def sheet(folder: Path, *rows: list[object]) -> Path:
    book = Workbook()
    for row in rows:
        book.active.append(row)
    book.save(folder / "table.xlsx")
    return folder / "table.xlsx"


MONTHS = [["电 1号户", f"{month}月", 1.2 + month / 100] for month in range(1, 13)]
HEAD = ["能源品种", "月份", "计量值（万度）"]


def test_a_years_table_is_taken_and_the_same_file_again_changes_nothing(laptop: Laptop, tmp_path: Path) -> None:
    file = sheet(tmp_path, ["2025年用电统计"], HEAD, *MONTHS, ["合计", None, 15.18])

    said = laptop.ok("rows", "import", "alpha", TABLE, file)
    again = laptop.ok("rows", "import", "alpha", TABLE, file)

    assert "12 new rows" in said.err
    assert "Line 15 is a total and is left out" in said.err
    assert "Everything stands already" in again.err


def test_a_dry_run_says_what_would_be_taken_and_takes_nothing(laptop: Laptop, tmp_path: Path) -> None:
    file = sheet(tmp_path, HEAD, *MONTHS)

    said = laptop.ok("rows", "import", "alpha", TABLE, file, "--dry-run")
    data = laptop.ok("rows", "import", "alpha", TABLE, file, "--dry-run", "--json").data

    assert "metered: 12100" in said.out.splitlines()[0]
    assert (data["new"], data["filled"], data["taken"], len(data["lines"])) == (12, 0, 0, 12)


def test_one_cell_that_cannot_be_taken_holds_everything_back(laptop: Laptop, tmp_path: Path) -> None:
    file = sheet(tmp_path, HEAD, *MONTHS[:5], ["电 1号户", "6月", "=C2*2"], ["电 1号户", "13月", 3])

    said = laptop("rows", "import", "alpha", TABLE, file)
    data = laptop("rows", "import", "alpha", TABLE, file, "--json").data
    rest = laptop.ok("rows", "import", "alpha", TABLE, file, "--leave-out")

    assert said.code == 3
    assert "C7: Cell C7 holds a formula without its result" in said.err
    assert "B8: 13月 is not a month" in said.err
    assert "Nothing was taken" in said.err
    assert [each["code"] for each in data["refused"]] == ["sheet.no_result", "typed.month"]
    assert "6 new rows" in rest.err


def test_numbers_far_from_the_others_are_named(laptop: Laptop, tmp_path: Path) -> None:
    rows = [*MONTHS]
    rows[4] = ["电 1号户", "5月", 12500]

    said = laptop.ok("rows", "import", "alpha", TABLE, sheet(tmp_path, HEAD, *rows))

    assert "C6: 125 000 000 is about 10 000 times the other rows (12 700)" in said.err


def test_what_the_file_does_not_say_is_said_for_all_lines(laptop: Laptop, tmp_path: Path) -> None:
    file = tmp_path / "water.csv"
    file.write_text("月份,计量值\n2025-01,300\n2025-02,310\n", encoding="utf-8")

    assert "which tells the rows apart" in laptop("rows", "import", "alpha", TABLE, file).err
    assert "2 new rows" in laptop.ok("rows", "import", "alpha", TABLE, file, "--set", "carrier_of=自来水").err
    assert laptop("rows", "import", "alpha", TABLE, file, "--set", "carrier_of=gas").code == 2
    assert "carrier_of, month" in laptop("rows", "import", "alpha", TABLE, file, "--set", "carrier=gas").err


def test_what_is_no_table_is_said(laptop: Laptop, tmp_path: Path) -> None:
    file = sheet(tmp_path, HEAD)

    assert "is no table" in laptop("rows", "import", "alpha", "energy_material_flow/period_from", file).err
    assert laptop("rows", "import", "alpha", TABLE, tmp_path / "gone.xlsx").code == 1
    assert laptop("rows", "import", "alpha", TABLE, file, "--sheet", "2030").code == 2


def test_answers_of_somebody_else_need_one_reason_for_all(laptop: Laptop, tmp_path: Path) -> None:
    laptop.ok("rows", "import", "alpha", TABLE, sheet(tmp_path, HEAD, *MONTHS))
    changed = [[carrier, month, 2 * used] for carrier, month, used in MONTHS]
    file = sheet(tmp_path, HEAD, *changed)

    refused = laptop("rows", "import", "alpha", TABLE, file, "--as", "Bo")
    done = laptop.ok("rows", "import", "alpha", TABLE, file, "--as", "Bo", "--why", "the bills themselves")

    assert refused.code == 4
    assert "Chan Tai Man answered this" in refused.err
    assert "12 rows filled in" in done.err


def test_an_answer_far_from_its_neighbours_is_recorded_with_a_warning(laptop: Laptop, tmp_path: Path) -> None:
    laptop.ok("rows", "import", "alpha", TABLE, sheet(tmp_path, HEAD, *MONTHS))
    row = laptop.ok("rows", "import", "alpha", TABLE, sheet(tmp_path, HEAD, *MONTHS), "--dry-run", "--json").data
    path = f"energy_material_flow/{row['lines'][0]['row']}/metered"

    said = laptop.ok("answer", "alpha", path, "121,000")

    assert "is about 10 times the other rows" in said.err


WIDE = [
    ["能源消耗统计表"], ["月份", "用电量(万度)", "供水(吨)", "电费(元)"],
    *([f"{month}月", 1.2 + month / 100, 30 + month, 9000] for month in range(1, 13)), ["合计", 15.18, 450, 108000],
]  # fmt: skip


def test_a_table_with_carriers_across_is_turned_round_when_every_column_tells_its_carrier(
    laptop: Laptop, tmp_path: Path
) -> None:
    file = sheet(tmp_path, *WIDE)

    held = laptop("rows", "import", "alpha", TABLE, file)
    said = laptop.ok("rows", "import", "alpha", TABLE, file, "--column", "供水(吨)=自来水/Metered")
    again = laptop.ok("rows", "import", "alpha", TABLE, file, "--column", "供水(吨)=自来水/Metered")

    assert held.code == 3
    assert "C: It is not clear what the column 供水(吨) is about: 自来水?" in held.err
    assert "--column HEADING=CARRIER" in held.err
    assert "24 new rows" in said.err
    assert "B: 用电量(万度) is taken as 电 1号户, metered." in said.err
    assert "D: The column 电费(元) is left out" in said.err
    assert "C15: The total of line 15 is 450 m3, but the lines taken add up to 438 m3" in said.err
    assert "Everything stands already" in again.err


def test_a_column_is_left_out_by_a_dash_and_a_meaning_that_is_none_is_refused(laptop: Laptop, tmp_path: Path) -> None:
    file = sheet(tmp_path, *WIDE)

    assert "12 new rows" in laptop.ok("rows", "import", "alpha", TABLE, file, "--column", "供水(吨)=-").err
    wrong = laptop("rows", "import", "alpha", TABLE, file, "--column", "供水(吨)=steam")
    assert (wrong.code, "steam is neither one carrier" in wrong.err) == (2, True)
    assert laptop("rows", "import", "alpha", TABLE, file, "--column", "蒸汽=自来水").code == 2


def test_a_heading_of_an_ordinary_column_can_be_said_too(laptop: Laptop, tmp_path: Path) -> None:
    file = sheet(tmp_path, ["能源品种", "月份", "本期"], ["电 1号户", "1月", "3"])

    said = laptop.ok("rows", "import", "alpha", TABLE, file, "--column", "本期=Invoiced", "--dry-run")
    assert "invoiced: 3" in said.out


def test_a_table_is_named_by_its_number_and_choices_are_said_as_the_cell_speaks(laptop: Laptop, tmp_path: Path) -> None:
    file = sheet(tmp_path, ["姓名", "所屬"], ["何嘉偉", "廠方"], ["Lam", "The plant"])

    said = laptop("rows", "import", "alpha", "H.33", file)

    first, second = (line for line in said.err.splitlines() if "is not one of the choices" in line)
    assert (
        "廠方" in first and "Site" not in first and any("\u4e00" <= each <= "\u9fff" for each in first.split("are")[1])
    )
    assert "Choices are Site" in second
