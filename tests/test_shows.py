"""Whole days in the real program, in a real terminal, by keys alone: first start, forty answers, three laptops."""

import shutil
import sys
import time
from pathlib import Path
from typing import NamedTuple

import pytest

from assessor_tui.config import shipped
from tests.cli_world import Laptop, named, new_visit
from tests.test_cli_story import FILES

if sys.platform == "win32":
    pytest.skip("pseudo terminals are a matter of POSIX", allow_module_level=True)

from tests.keyboard import (
    BACKSPACE,
    CTRL_G,
    CTRL_K,
    CTRL_S,
    CTRL_Z,
    DOWN,
    ENTER,
    ESCAPE,
    F2,
    F3,
    F4,
    F5,
    F6,
    Person,
    introduces,
)

Capsys = pytest.CaptureFixture[str]


class Given(NamedTuple):
    """One answer of the day: where, what is typed, what then stands in the ledger."""

    number: str
    keys: str
    path: str
    value: object
    act: str = "answer"


DAY = (
    Given("H.03", "91440101MA5A1B2C3D" + ENTER, "visit_header/registered_number", "91440101MA5A1B2C3D"),
    Given("H.04", "廣東省東莞市示例路一號" + ENTER, "visit_header/site_address_zh", "廣東省東莞市示例路一號"),
    Given("H.05", "1 Example Road, Dongguan" + ENTER, "visit_header/site_address_en", "1 Example Road, Dongguan"),
    Given("H.08", "鋰電池 cells, 2 lines" + ENTER, "visit_header/main_products", "鋰電池 cells, 2 lines"),
    Given("H.09", "640" + ENTER, "visit_header/employees", {"n": "640"}),
    Given("H.10", "13", "visit_header/site_languages", ["cantonese", "english"]),
    Given("H.12", "Kam Fung Holdings" + ENTER, "visit_header/applicant_name_en", "Kam Fung Ltd"),
    Given("H.13", "金豐控股" + ENTER, "visit_header/applicant_name_zh", "金豐"),
    Given("H.14", "12345678-000" + ENTER, "visit_header/business_registration", "12345678-000"),
    Given("H.15", "31/3/2027" + ENTER, "visit_header/business_registration_expires", "2027-03-31"),
    Given("H.16", "何小姐 Ms Ho" + ENTER, "visit_header/contact_person", "何小姐 Ms Ho"),
    Given("H.17", "ho@example.com" + ENTER, "visit_header/contact_details", "ho@example.com"),
    Given("H.19", "9-17" + ENTER, "visit_header/application_number", "9-17"),
    Given("H.20", "2", "visit_header/holds_label", ["no"]),
    Given("H.24", "31/12/2026" + ENTER, "visit_header/visit_last_date", "2026-12-31"),
    Given("H.25", "2025-01-01" + ENTER, "visit_header/period_from", "2025-01-02"),
    Given("H.26", "2025-12-31" + ENTER, "visit_header/period_to", "2025-12-30"),
    Given("H.27", "2025" + ENTER, "visit_header/statistics_year", {"n": "2026"}),
    Given("H.28", "1", "visit_header/confidentiality", "OK"),
    Given("H.32", "1357", "visit_header/opening_told", ["purpose", "confidentiality", "safety", "contacts"]),
    Given("H.34", "多謝 thanks" + ENTER, "visit_header/closing_words", "多謝 thanks"),
    Given("H.35", "1", "visit_header/copy_given", "OK"),
    Given("H.38", "u n q g" + ENTER, "visit_header/doubts", "u n q g"),
    Given("1.01", "1", "gate/applicant_kind", ["manufacturer"]),
    Given("1.05", "1", "gate/papers_agree", ["agree"]),
    Given("1.15", "1", "gate/incidents", ["none"]),
    Given("1.29", "4", "gate/environment_system", ["none"]),
    Given("1.41", "2", "gate/public_report", ["no"]),
    Given("1.42", "2", "gate/earlier_assessment", ["no"]),
    Given("1.46", "2025-01-01" + ENTER, "gate/statistics_from", "2025-01-01"),
    Given("1.47", "2025-12-31" + ENTER, "gate/statistics_to", "2025-12-31"),
    Given("1.56", "1", "gate/figures_traced", ["yes"]),
    Given("2.07", "2", "energy_material_flow/logistics_level", ["level_2"]),
    Given("2.30", "1", "energy_material_flow/utilities_present", ["boiler"]),
    Given("2.43", "7.5" + ENTER, "energy_material_flow/lighting_density", {"n": "7.5"}),
    Given("2.47", "1020" + DOWN + ENTER, "energy_material_flow/pv_generated", {"n": "1020", "u": "MWh"}),
    Given("2.49", "12 400.5 kWh" + ENTER, "energy_material_flow/electricity_used", {"n": "12400.5", "u": "kWh"}),
    Given("3.39", "-1", "pollution_control/noise_control", None, "not applicable"),
    Given("3.43", "０" + ENTER, "pollution_control/complaints", {"n": "0"}),
    Given("4.24", "+statement of 2025" + CTRL_S, "recycling_waste/earlier_stock_used", None, "to come"),
    Given("4.41", "１", "recycling_waste/process_wastewater", ["yes"]),
)


PACE = 0.31
"""Seconds between two answers by digits: the program takes a faster one for a slip, a person is slower."""


def answers(person: Person, given: Given) -> None:
    """Nothing; types one answer and waits until the screen says that it is saved."""
    person.goes_to(given.number)
    person.until(lambda _text: time.monotonic() - person.last_answer > PACE)
    if given.act != "answer":
        person.does(given.keys[0], "Esc close")
        person.does(given.keys[1:], f"{given.number}:", without="Esc close")
    elif isinstance(given.value, list) and len(given.keys) > 1:
        for index, digit in enumerate(given.keys):
            person.feed(digit)
            person.until(lambda text, ticks=index + 1: text.count("[x]") >= ticks)
    else:
        person.does(given.keys, f"{given.number}:")
    if given.keys[-1] != ENTER or given.act != "answer":
        person.last_answer = time.monotonic()


def test_forty_answers_by_keys_alone_survive_a_killed_program(tmp_path: Path, capsys: Capsys) -> None:
    data = tmp_path / "work"
    with Person(data) as lee:
        introduces(lee, "Lee Siu Yee", "1")
        lee.does(F2, "New visit", "1 Excellent Partner")
        lee.does("Kam Fung", "Kam Fung")
        lee.does(ENTER + "金豐", "金豐")
        lee.does(ENTER * 4, "1-9 or Enter choose the category")
        lee.does("1", "[Overview]")
        lee.does("]", "[Walk]", "H.03")
        for given in DAY:
            answers(lee, given)
        lee.until(lambda _text: time.monotonic() - lee.last_answer > PACE)
        # A whole burst, as a slow disk or a scanner makes it: each text goes where it belongs.
        lee.does("/H.25\r2025-01-02\r2025-12-30\r2026\r/H.12\rKam Fung Ltd\r金豐\r", "H.13: 金豐")
        lee.goes_to("1.05")
        lee.does(F2, "Note")
        lee.does("廠名相符 names agree" + CTRL_S, "廠名相符 names agree", without="EDIT")
        lee.goes_to("2.61")
        lee.does("4567", "EDIT", "4567")
        laptop = Laptop(data, capsys)
        laptop_sees(laptop, DAY)
        # What is half typed is kept 0.4 seconds after the last key, and the place with it after a second.
        kept(lee, data)
        lee.process.kill()
        lee.process.wait()
    laptop_sees(laptop, DAY)
    with Person(data) as lee:
        lee.shows("[Walk]", "2.61", "4567")
        assert lee.at("2.61")
        lee.does("\t", "EDIT", "4567")
        lee.does("89 m3" + ENTER, "2.61:")
        assert lee.leaves() == 0
    (entry,) = laptop.ok("log", "show", "kam", "energy_material_flow/water_fresh", "--json").data["entries"]
    assert entry["value"] == {"n": "456789", "u": "m3"}


def laptop_sees(laptop: Laptop, day: tuple[Given, ...]) -> None:
    """Nothing; every answer of the day stands in the ledger."""
    last: dict[str, tuple[object, object]] = {}
    notes = []
    for entry in laptop.ok("log", "show", "kam", "--json").data["entries"]:
        if entry["act"] == "note":
            notes.append(entry["value"])
        elif entry.get("path"):
            last[f"{entry['form']}/{entry['path']}"] = (entry["act"], entry.get("value"))
    assert {given.path: last.get(given.path) for given in day} == {
        given.path: (given.act, given.value) for given in day
    }
    assert notes == ["廠名相符 names agree"]


def kept(person: Person, data: Path) -> None:
    """Nothing; waits until the draft and the place are on the disk."""
    from assessor_tui.store.ledger import Store

    def there(_text: str) -> bool:
        with Store.open(data, write=False) as store:
            visit = store.visits()[0].id
            place = store.local(visit, "last place", {})
            return (
                store.local(visit, "draft:energy_material_flow/water_fresh", "") == "4567"
                and place.get("target") == "energy_material_flow/water_fresh"
            )

    person.until(there)


def carries(person: Person, purpose: str) -> None:
    """Nothing; writes a bundle for this purpose (its digit) into the folder the program was started in."""
    person.does(F5, "an invitation for a colleague")
    person.does(purpose, "Take this folder")
    person.does(ENTER, "read back and good")
    person.does(ENTER, without="read back and good")


def signs(person: Person) -> None:
    """Nothing; signs on the review page with the name of this laptop."""
    person.does(CTRL_S, "Type your name to sign")
    person.does("Somebody" + ENTER, "This is not the name of this laptop")
    person.does(BACKSPACE * 8 + "chan tai  man" + ENTER, "signed ", without="Type your name")


@pytest.fixture
def world(tmp_path: Path, capsys: Capsys) -> Path:
    """A folder with the data of a lead, who has opened one small visit, and a photo."""
    forms = tmp_path / "forms"
    forms.mkdir()
    for name, text in FILES.items():
        (forms / name).write_text(text, encoding="utf-8")
    picture = shipped("sample_sites") / "battery_maker/pictures/meter-substation.png"
    (tmp_path / "meter.png").write_bytes(picture.read_bytes())
    new_visit(named(tmp_path / "lead", capsys), "Alpha Works", "--forms", str(forms))
    return tmp_path


def folder(world: Path, name: str, *files: Path) -> Path:
    """A memory stick with these files."""
    made = world / name
    made.mkdir()
    for each in files:
        shutil.copy(each, made)
    return made


def test_a_lead_and_two_assessors_go_from_invitation_to_summary(world: Path) -> None:
    stick = folder(world, "stick")
    with Person(world / "lead", here=stick) as chan:
        chan.shows("Alpha Works", "opened", "6 not sent")
        carries(chan, "3")
        delivered = []
        for name, digit in (("Lee Siu Yee", "1"), ("Wong Ka Ho", "2")):
            hand = folder(world, f"hand of {name}", *stick.glob("*.zip"), world / "meter.png")
            with Person(world / name, here=hand) as colleague:
                introduces(colleague, name, "1")
                colleague.does(F4, "Each is checked before anything", "Chan-Tai-Man")
                colleague.does(ENTER, "6 entries of Chan Tai Man")
                colleague.does(ENTER, "Alpha Works", without="entries of")
                colleague.does(ENTER, "[Overview]", "2 questions without an answer")
                colleague.does("]", "[Walk]")
                colleague.goes_to("1.01")
                colleague.does(digit, "1.01: ")
                if digit == "1":
                    colleague.does(F3, "meter.png")
                    colleague.does(ENTER, "What does it show?")
                    colleague.does("總電錶 main meter" + ENTER, "Saved: photo  總電錶")
                else:
                    colleague.does("1200-5/7", "was ignored: it came within 0.3 seconds")
                    assert colleague.at("1.03") and "EDIT" not in colleague.screen.text()
                    time.sleep(PACE)
                    colleague.does("1200.5" + ENTER, "1.03: 1200.5 kWh")
                colleague.does("[", "[Overview]")
                carries(colleague, "1")
                colleague.does(F6, "Go to")
                colleague.does("h", "Show: [all]", " unconfirmed")
                assert colleague.leaves() == 0
            delivered += [each for each in hand.glob("*.zip") if each.name not in {f.name for f in stick.iterdir()}]
        assert len(delivered) == 2

        chan.does(F4, "Each is checked before anything")
        chan.does(f"{folder(world, 'back', *delivered)}/", "Take all 2 files here")
        chan.does(ENTER, "2 of 2 files", "1 conflict")
        chan.does(ENTER, "[Conflicts]", "Lee Siu Yee", "Wong Ka Ho")
        chan.does("]", "[Review]")
        chan.does(CTRL_S, "Not yet:")
        chan.does("[", "[Conflicts]", "Lee Siu Yee")
        yes = next(line for line in chan.screen.lines() if "Lee Siu Yee" in line).split()
        chan.does("1" if "1" in yes else "2", "Why does this stand?", "Lee Siu Yee")
        chan.does("0", "your own words")
        chan.does("Meter seen 已看錶" + ENTER, "no conflict is left")
        chan.goes_to("H.04")
        chan.does("Mr Ho" + ENTER, "H.04: Mr Ho")
        chan.does(F6, "Go to")
        chan.does("r", "[Review]")
        signs(chan)

        chan.goes_to("1.03")
        chan.does("7", "The visit is signed")
        chan.does(F6, "Go to")
        chan.does("r", "[Review]")
        chan.does(F5, "The signature stays in the record")
        chan.does("1", without="The signature stays in the record")
        chan.goes_to("1.03")
        chan.does("7 kWh" + ENTER, "Reason")
        chan.does("2", "1.03: 7 kWh")
        chan.does(F6, "Go to")
        chan.does("r", "[Review]")
        signs(chan)
        assert chan.leaves() == 0


def test_full_width_and_chinese_keys_do_what_their_plain_twins_do(world: Path) -> None:
    with Person(world / "lead") as chan:
        chan.shows("Alpha Works", "opened")
        chan.does(ENTER, "[Overview]", "2 questions without an answer")
        for forward, back in ("［］"[::-1], "【】"[::-1], "「」"[::-1]):
            chan.does(forward, "[Walk]")
            chan.does(back, "[Overview]")
        for key in "／、":
            chan.does(key, "Up/Down choose")
            chan.does("1.01" + ENTER, "Are there meters?", without="Up/Down choose")
        for key, title in (("？", "─ Keys "), ("：", "─ Commands ")):
            chan.does(key, title)
            chan.does(ESCAPE, without=title)
        for key in "！　":
            chan.does(key, "⚑ 1.01")
            chan.does(key, "  1.01  ", without="⚑ 1.01")
        chan.does("是", "Input method is on")
        chan.does("２", "1.01: No")


def test_slips_undo_language_onlookers_and_small_windows(world: Path) -> None:
    with Person(world / "lead") as chan:
        chan.shows("Alpha Works", "opened")
        chan.does(ENTER, "[Overview]", "2 questions without an answer")
        chan.does("]", "[Walk]")
        chan.goes_to("1.01")
        chan.does("12", "2 was ignored: it came within 0.3 seconds", "(x) Yes")
        chan.does(CTRL_Z, "taken back: 1.01", without="(x) Yes")
        time.sleep(PACE)
        chan.does("1", "1.01: Yes", "(x) Yes")
        chan.does(F2, "EDIT")
        chan.does("only for us 內部" + CTRL_S, "only for us 內部", "of 100", without="EDIT")
        chan.does(CTRL_K, "hidden", without="only for us")
        assert "of 100" not in chan.screen.text()
        chan.does(CTRL_K, "only for us 內部", "of 100")
        chan.does(CTRL_G, "繁體中文")
        chan.does("]", without="Tables")
        chan.does("[", "有錶計嗎？")
        chan.does(CTRL_G, "简体中文")
        chan.does(CTRL_G, "[Walk]", "Are there meters?")
        chan.resize(40, 10)
        chan.shows("too small (40x10)", "60x18")
        chan.does("2")  # nobody answers what cannot be seen
        chan.resize(60, 18)
        chan.shows("1.01", "(x) Yes", "only for us 內部")
        chan.resize(80, 24)
        chan.shows("[Walk]", "(x) Yes", "only for us 內部")
        assert chan.leaves() == 0
