"""What a person types becomes the value the question asks for, or one sentence says why not and nothing is recorded."""

import io
import json
import sys
from pathlib import Path

import pytest

from tests.cli_world import Laptop, named, new_visit

Capsys = pytest.CaptureFixture[str]


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """One data folder for the whole file; each test answers questions of its own."""
    return tmp_path_factory.mktemp("answers")


@pytest.fixture
def laptop(folder: Path, capsys: Capsys) -> Laptop:
    if (folder / "ledger.sqlite3").exists():
        return Laptop(folder, capsys)
    laptop = named(folder, capsys)
    new_visit(laptop)
    return laptop


def recorded(laptop: Laptop, path: str, *value: str) -> object:
    """The value that stands in the entry of an answer."""
    return laptop.ok("answer", "alpha", path, *value, "--json").data["recorded"][-1]["value"]


def test_a_choice_is_meant_by_its_name_or_its_label_in_any_language(laptop: Laptop) -> None:
    assert recorded(laptop, "visit_header/sector", "metal") == ["metal"]
    assert recorded(laptop, "visit_header/sector", "Printing and publishing") == ["printing"]
    assert recorded(laptop, "visit_header/sector", "紡織業") == ["textiles"]


def test_several_choices_stand_in_the_order_of_the_list(laptop: Laptop) -> None:
    assert recorded(laptop, "visit_header/site_languages", "英语、cantonese") == ["cantonese", "english"]
    assert recorded(laptop, "visit_header/site_languages", "putonghua english") == ["putonghua", "english"]


@pytest.mark.parametrize(
    ("typed", "value"),
    [
        ("1,200.50 m2", {"n": "1200.5", "u": "m2"}),
        ("１２００ m²", {"n": "1200", "u": "m2"}),
        ("12 400m2", {"n": "12400", "u": "m2"}),
    ],
)
def test_a_quantity_is_read_with_its_unit(laptop: Laptop, typed: str, value: object) -> None:
    assert recorded(laptop, "gate/site_area", typed) == value


def test_a_date_is_read_year_first(laptop: Laptop) -> None:
    assert recorded(laptop, "visit_header/period_from", "2026/1/5") == "2026-01-05"
    assert recorded(laptop, "visit_header/period_from", "2026年2月28日") == "2026-02-28"


def test_a_number_alone_is_not_taken_for_a_quantity_with_several_units_nor_text_for_a_number(laptop: Laptop) -> None:
    said = laptop("answer", "alpha", "visit_header/employees", "12.5")
    assert (said.code, said.err) == (
        4,
        "visit_header/employees: 12.5 is not a whole number. Write digits only.\n",
    )
    said = laptop("answer", "alpha", "visit_header/employees", "many")
    assert said.err.startswith("visit_header/employees: many is not a number.")
    said = laptop("answer", "alpha", "visit_header/visit_date", "12 November")
    assert said.err.startswith("visit_header/visit_date: 12 November is not a date.")
    assert laptop("answer", "alpha", "visit_header/period_to", "2026-02-30").code == 4


def test_a_question_is_found_by_its_number_and_a_wrong_name_gets_a_suggestion(laptop: Laptop) -> None:
    assert recorded(laptop, "H.02", "Alpha Works (North)") == "Alpha Works (North)"
    said = laptop("answer", "alpha", "gate/site_areas", "5 m2")
    assert "Did you mean site_area?" in said.err
    assert "Did you mean gate?" in laptop("answer", "alpha", "gat/site_area", "5 m2").err
    assert laptop("answer", "alpha", "nowhere", "5").err.startswith("nowhere: nowhere names no question.")


def test_a_row_is_added_and_then_named_by_number_id_or_label(laptop: Laptop) -> None:
    entries = laptop.ok("answer", "alpha", "visit_header/team[+]/member_name", "Lee", "--json").data["recorded"]
    assert [entry["act"] for entry in entries] == ["add row", "answer"]
    row = entries[0]["path"][5:-1]
    lead_letters = laptop.ok("identity", "--json").data["letters"]
    number = f"{lead_letters}1"
    for name in (row, row[:6], number, number.lower(), "lee"):
        laptop.ok("answer", "alpha", f"visit_header/team[{name}]/member_organisation", f"Office {name}")
    said = laptop("answer", "alpha", "visit_header/team[ZZZ9]/member_name", "Wong")
    assert "There is no row ZZZ9 in team." in said.err
    assert "Name the row as team[row]" in laptop("answer", "alpha", "visit_header/team/member_name", "Wong").err
    laptop.ok("answer", "alpha", f"visit_header/team[{row[:6]}]", "--remove-row")
    assert laptop("answer", "alpha", f"visit_header/team[{row[:6]}]/member_name", "Wong").code == 4


def test_not_applicable_needs_a_reason_and_to_come_says_what(laptop: Laptop) -> None:
    said = laptop("answer", "alpha", "visit_header/main_products", "--to-come")
    assert said.err == "visit_header/main_products: A reason is needed. Say why.\n"
    place = ("answer", "alpha", "visit_header/main_products")
    laptop.ok(*place, "--to-come", "--why", "List, from Mr Ho, by Friday")
    said = laptop.ok(*place, "--to-come", "--why", "List", "--whom", "Mr Ho", "--until", "20", "--json").data
    assert said["recorded"][0]["why"] == "List\nMr Ho\n2026-11-20"
    assert "soon is not a date" in laptop(*place, "--to-come", "--why", "List", "--until", "soon").err
    assert laptop(*place, "Labels", "--whom", "Mr Ho").code == 2
    assert "to come: List, from Mr Ho, until 2026-11-20" in laptop.ok("visit", "show", "alpha").out
    said = laptop("answer", "alpha", "visit_header/main_products", "--not-applicable")
    assert said.code == 4
    laptop.ok("answer", "alpha", "visit_header/main_products", "--clear")


def test_a_file_of_answers_is_one_transaction(laptop: Laptop, tmp_path: Path) -> None:
    lines = [
        {"path": "visit_header/attendance[+first]/attendee_name", "value": "Ho"},
        {"path": "visit_header/attendance[+first]/attendee_side", "value": "企业"},
        {"path": "visit_header/attendance[+second]/attendee_name", "value": "Lam", "note": "Came late"},
        {"path": "visit_header/employees", "value": 320},
        {"path": "visit_header/site_languages", "value": ["english", "cantonese"]},
        {"path": "visit_header/statistics_year", "value": None},
        {"path": "visit_header/confidentiality", "value": True},
        {
            "path": "visit_header/registered_number",
            "value": "91440",
            "record": {"kind": "original_seen", "number": "91440", "kept": "Office"},
        },
    ]
    file = tmp_path / "answers.jsonl"
    file.write_text("\n".join(json.dumps(line, ensure_ascii=False) for line in lines) + "\n\n", encoding="utf-8")
    done = laptop.ok("answer", "alpha", "--from", file, "--json").data["recorded"]
    assert [entry["act"] for entry in done].count("add row") == 2
    assert {"note", "attach"} <= {entry["act"] for entry in done}
    assert next(e for e in done if e["path"] == "employees")["value"] == {"n": "320"}


def test_answers_may_come_from_standard_input(laptop: Laptop, monkeypatch: pytest.MonkeyPatch) -> None:
    class Input:
        buffer = io.BytesIO(b'\xef\xbb\xbf{"path": "visit_header/employees", "value": "11"}\r\n')

    monkeypatch.setattr(sys, "stdin", Input())
    assert laptop.ok("answer", "alpha", "--from", "-", "--json").data["recorded"][0]["value"] == {"n": "11"}


def test_two_hundred_answers_are_one_transaction_and_one_word(laptop: Laptop, tmp_path: Path) -> None:
    file = tmp_path / "many.jsonl"
    lines = [{"path": f"visit_header/team[+{n}]/member_name", "value": f"Person {n}"} for n in range(100)]
    file.write_text("\n".join(json.dumps(line) for line in lines), encoding="utf-8")
    assert laptop.ok("answer", "alpha", "--from", file).err.endswith(": 200 entries.\n")


def test_a_file_with_mistakes_changes_nothing_and_names_every_line(laptop: Laptop, tmp_path: Path) -> None:
    before = laptop.ok("visit", "list", "--json").data["visits"][0]["entries"]
    file = tmp_path / "wrong.jsonl"
    file.write_bytes(
        b'{"path": "visit_header/employees", "value": 7}\n'
        b'{"path": "visit_header/attendance[+x]/attendee_name", "value": "New"}\n'
        b'{"path": "visit_header/employees", "value": "many"}\n'
        b'{"path": "visit_header/nothing", "value": "x"}\n'
    )
    said = laptop("answer", "alpha", "--from", file)
    assert said.code == 3
    lines = said.err.splitlines()
    assert [line.partition(": ")[0] for line in lines[:2]] == [f"{file}:3", f"{file}:4"]
    assert said.err.endswith("Nothing was recorded. Correct the lines named and run it again.\n")
    assert laptop.ok("visit", "list", "--json").data["visits"][0]["entries"] == before


@pytest.mark.parametrize(
    ("line", "words"),
    [
        (b"{", "This line is not one JSON object"),
        (b"[1]", "This line is not one JSON object"),
        (b'{"path": "a/b", "path": "c/d"}', "This line is not one JSON object"),
        (b"[" * 100_000, "This line is not one JSON object"),
        (b"\xff\xfe", "This line is not UTF-8 text."),
        (b'{"value": 5}', "This line has no path."),
        (b'{"path": ["x"]}', "path must be text in quotes."),
        (b'{"path": "gate/site_area", "valeu": 5}', "There is no key valeu."),
        (b'{"path": "gate/site_area", "act": "sign"}', "There is no act sign."),
        (b'{"path": "gate/site_area"}', "This line records nothing."),
        (b'{"path": "gate/site_area", "value": [[1]]}', "This value cannot be read."),
        (b'{"path": "gate/site_area", "record": {"kind": "gossip"}}', "The record is not well made."),
    ],
)
def test_a_broken_line_is_named_with_what_to_do(laptop: Laptop, tmp_path: Path, line: bytes, words: str) -> None:
    file = tmp_path / "broken.jsonl"
    file.write_bytes(b"\n" + line + b"\n")
    said = laptop("answer", "alpha", "--from", file)
    assert said.code == 3
    assert said.err.startswith(f"{file}:2: ")
    assert words in said.err


def test_a_file_of_proof_that_is_missing_is_named_with_its_line(laptop: Laptop, tmp_path: Path) -> None:
    file = tmp_path / "proof.jsonl"
    line = {"path": "gate/site_area", "value": "5 m2", "photo": str(tmp_path / "gone.jpg")}
    file.write_text(json.dumps(line) + "\n" + json.dumps({"path": "gate/nothing", "value": "x"}), encoding="utf-8")
    said = laptop("answer", "alpha", "--from", file)
    assert said.code == 3
    assert said.err.startswith(f"{file}:1: gate/site_area: gone.jpg cannot be read")
    assert f"{file}:2: gate/nothing: There is no nothing here in the form gate." in said.err


def test_changing_what_a_colleague_answered_asks_for_a_reason(laptop: Laptop, tmp_path: Path, capsys: Capsys) -> None:
    laptop.ok("answer", "alpha", "visit_header/contact_person", "Mr Ho")
    laptop.ok("bundle", "make", "alpha", "-o", tmp_path)
    lee = named(tmp_path / "lee", capsys, "Lee", "assessor")
    lee.ok("merge", tmp_path)
    said = lee("answer", "alpha", "visit_header/contact_person", "Ms Lam")
    assert (said.code, said.err) == (
        4,
        "visit_header/contact_person: Chan Tai Man answered this. Say why you change it.\n",
    )
    lee.ok("answer", "alpha", "visit_header/contact_person", "Ms Lam", "--why", "Mr Ho left")
    again = lee.ok("answer", "alpha", "visit_header/contact_person", "Ms Lam", "--why", "Mr Ho left")
    assert again.err == "This stands already; nothing was recorded.\n"


def test_what_is_no_picture_is_kept_as_a_document_whatever_it_was_called(laptop: Laptop, tmp_path: Path) -> None:
    paper = tmp_path / "paper.txt"
    paper.write_text("Calibrated until 2027.\n", encoding="utf-8")
    answer = laptop.ok("answer", "alpha", "gate/site_area", "6 m2", "--photo", paper, "--json").data
    kinds = [entry["value"]["kind"] for entry in answer["recorded"] if entry["act"] == "attach"]
    assert kinds == ["document"]
