"""Whatever is wrong in the world or on the line: one clear sentence, the exit code of the house, nothing lost."""

import os
import sqlite3
import sys
from pathlib import Path

import pytest

from assessor_tui.cli import main, run
from assessor_tui.store.ledger import Store
from tests.cli_world import Laptop, named, new_visit, typed

Capsys = pytest.CaptureFixture[str]


def one_sentence(err: str) -> bool:
    return err.count("\n") == 1 and err.rstrip().endswith((".", "?"))


def test_without_a_ledger_reading_says_so(tmp_path: Path, capsys: Capsys) -> None:
    said = Laptop(tmp_path / "none", capsys)("visit", "list")
    assert said.code == 1
    assert one_sentence(said.err)
    assert str(tmp_path / "none") in said.err
    assert not (tmp_path / "none").exists()


def test_before_anybody_is_named_nothing_is_recorded(tmp_path: Path, capsys: Capsys) -> None:
    said = Laptop(tmp_path, capsys)("visit", "new", "--site", "Alpha")
    assert (said.code, one_sentence(said.err)) == (2, True)
    assert said.err.startswith("Nobody is named yet")


def test_an_unknown_visit_and_an_ambiguous_one_are_told_apart(tmp_path: Path, capsys: Capsys) -> None:
    laptop = named(tmp_path, capsys)
    new_visit(laptop, "Alpha North")
    new_visit(laptop, "Alpha South")
    unknown = laptop("visit", "show", "Beta")
    assert (unknown.code, one_sentence(unknown.err)) == (2, True)
    assert unknown.err.startswith("There is no visit Beta.")
    several = laptop("visit", "show", "alpha")
    assert several.code == 2
    assert "Alpha North" in several.err and "Alpha South" in several.err
    assert laptop.ok("visit", "show", "alphanorth").out.startswith(laptop.ok("visit", "show", "Alpha N").out[:32])
    assert laptop("visit", "show", "").code == 2


def test_a_second_program_writes_not_but_reads(tmp_path: Path, capsys: Capsys) -> None:
    laptop = named(tmp_path, capsys)
    new_visit(laptop)
    with Store.open(tmp_path):
        said = laptop("answer", "alpha", "visit_header/employees", "5")
        assert (said.code, one_sentence(said.err)) == (4, True)
        assert said.err.startswith("Another assessor program is open on ")
        for reading in (("visit", "list"), ("score", "alpha"), ("log", "show", "alpha"), ("conflicts", "list")):
            assert laptop.ok(*reading)


def test_a_damaged_ledger_is_code_5_and_doctor_says_so(tmp_path: Path, capsys: Capsys) -> None:
    laptop = named(tmp_path, capsys)
    new_visit(laptop)
    (tmp_path / "ledger.sqlite3").write_bytes(b"not a database, not at all" * 1000)
    for name in ("ledger.sqlite3-wal", "ledger.sqlite3-shm"):
        (tmp_path / name).unlink(missing_ok=True)
    said = laptop("visit", "list")
    assert said.code == 5
    assert "damaged" in said.err
    assert laptop("doctor").code == 5


def test_a_changed_line_is_found_by_log_verify(tmp_path: Path, capsys: Capsys) -> None:
    laptop = named(tmp_path, capsys)
    new_visit(laptop)
    with sqlite3.connect(tmp_path / "ledger.sqlite3") as connection:
        connection.execute("UPDATE entry SET line = CAST(replace(CAST(line AS TEXT), 'Alpha', 'Omega') AS BLOB)")
    connection.close()
    said = laptop("log", "verify", "--json")
    assert said.code == 5
    assert {problem["code"] for problem in said.data["problems"]} == {"ledger.hash"}


@pytest.mark.skipif(os.name == "nt" or os.getuid() == 0, reason="this user may write everywhere")
def test_a_folder_that_cannot_be_written_is_named(tmp_path: Path, capsys: Capsys) -> None:
    tmp_path.chmod(0o500)
    try:
        said = Laptop(tmp_path, capsys)("identity", "--name", "Chan")
    finally:
        tmp_path.chmod(0o700)
    assert (said.code, one_sentence(said.err)) == (1, True)


def test_a_data_folder_that_is_a_file_is_named(tmp_path: Path, capsys: Capsys) -> None:
    file = tmp_path / "file"
    file.write_text("x", encoding="utf-8")
    said = Laptop(file, capsys)("identity", "--name", "Chan")
    assert (said.code, str(file) in said.err) == (1, True)


def test_damaged_bundles_are_refused_one_by_one_and_the_good_ones_taken(tmp_path: Path, capsys: Capsys) -> None:
    lead = named(tmp_path / "lead", capsys)
    new_visit(lead)
    lead.ok("bundle", "make", "alpha", "-o", tmp_path / "out")
    (good,) = (tmp_path / "out").iterdir()
    data = good.read_bytes()
    (tmp_path / "out" / "cut.zip").write_bytes(data[: len(data) // 2])
    changed = bytearray(data)
    changed[len(data) // 3] ^= 1
    (tmp_path / "out" / "changed.zip").write_bytes(bytes(changed))
    (tmp_path / "out" / "photo.zip").write_bytes(b"\x89PNG\r\n\x1a\n")
    lee = named(tmp_path / "lee", capsys, "Lee", "assessor")
    merged = lee("merge", tmp_path / "out", "--json")
    assert merged.code == 4
    outcomes = {Path(file["file"]).name: file["outcome"] for file in merged.data["files"]}
    assert outcomes == {
        good.name: "other visit",
        "cut.zip": "refused",
        "changed.zip": "refused",
        "photo.zip": "refused",
    }
    assert all(file["sentence"].endswith(".") for file in merged.data["files"] if file["outcome"] == "refused")
    assert lead("bundle", "check", tmp_path / "out").code == 4
    assert lead.ok("bundle", "check", good).out.startswith("good: ")
    nothing = lee("merge", tmp_path / "lee" / "*.zip")
    assert (nothing.code, one_sentence(nothing.err)) == (2, True)


def test_a_visit_whose_opening_has_not_arrived_is_listed_and_says_what_is_missing(
    tmp_path: Path, capsys: Capsys
) -> None:
    lead = named(tmp_path / "lead", capsys)
    visit = new_visit(lead)
    lead.ok("bundle", "make", "alpha", "-o", tmp_path / "in")
    lee = named(tmp_path / "lee", capsys, "Lee", "assessor")
    lee.ok("merge", tmp_path / "in")
    lee.ok("answer", "alpha", "visit_header/main_products", "Cells")
    lee.ok("answer", "alpha", "visit_header/sector", "metal")
    with Store.open(tmp_path / "lee") as store:
        mine = [head for head in store.entries(visit) if head[1].person == "Lee"]
    wong = named(tmp_path / "wong", capsys, "Wong", "assessor")
    with Store.open(tmp_path / "wong") as store:
        store.add(mine)
    assert "its opening has not arrived yet" in wong.ok("visit", "list").out
    assert wong.ok("visit", "list", "--json").data["visits"] == [{"visit": visit, "complete": False}]
    for command in (
        ("visit", "show", "VISIT"),
        ("score", "VISIT"),
        ("bundle", "make", "VISIT"),
        ("report", "VISIT"),
        ("sign", "VISIT", "--name", "x"),
        ("walk", "VISIT", "--plain"),
        ("answer", "VISIT", "visit_header/sector", "paper"),
    ):
        said = wong(*(visit if part == "VISIT" else part for part in command))
        assert (said.code, one_sentence(said.err)) == (1, True), said
        assert "has not arrived yet" in said.err
    assert "Cells" in wong.ok("log", "show", visit).out
    assert wong.ok("conflicts", "list").out == ""


def test_a_photo_that_is_no_picture_is_refused_and_nothing_recorded(tmp_path: Path, capsys: Capsys) -> None:
    laptop = named(tmp_path, capsys)
    new_visit(laptop)
    script = tmp_path / "photo.jpg"
    script.write_bytes(b"\x7fELF\x02\x01\x01")
    before = laptop.ok("visit", "list", "--json").data["visits"][0]["entries"]
    for file in (script, tmp_path / "gone.jpg", tmp_path):
        said = laptop("answer", "alpha", "visit_header/main_products", "Cells", "--photo", file)
        assert said.code == 1
        assert one_sentence(said.err)
    assert laptop.ok("visit", "list", "--json").data["visits"][0]["entries"] == before


@pytest.mark.parametrize(
    ("arguments", "start"),
    [
        (["frob"], "There is no command frob here."),
        (["visit", "frob"], "There is no command frob here."),
        (["answer", "--frob"], "There is no option --frob here."),
        (["answer"], "VISIT is missing."),
        (["conflicts", "settle", "x", "--take", "many"], "--take cannot be read"),
        (["answer", "x"], "Say which question"),
        (["answer", "x", "y", "z", "--clear"], "An answer is one thing"),
        (["form", "schema", "frob"], "There is no schema frob."),
        (["bundle", "check"], "FILE... is missing."),
        (["report", "x", "--for", "press"], "There is no report for press."),
    ],
)
def test_a_line_typed_wrongly_is_code_2(tmp_path: Path, capsys: Capsys, arguments: list[str], start: str) -> None:
    said = typed([*arguments, "--data", str(tmp_path)], capsys)
    assert said.code == 2
    assert said.err.startswith(start)
    assert said.out == ""


@pytest.mark.parametrize(
    ("arguments", "start"),
    [
        ([], "A visit needs the site's name."),
        (["--site", " "], "A visit needs the site's name."),
        (["--site", "A", "--date", "soon"], "soon is not a date."),
        (["--site", "A", "--category", "frob"], "There is no category frob."),
        (["--site", "A", "--scheme", "frob"], "Name one scheme with --scheme."),
        (["--site", "A", "--forms", "nowhere"], "Name one scheme with --scheme."),
    ],
)
def test_a_visit_that_cannot_be_opened_is_not_opened_in_part(
    tmp_path: Path, capsys: Capsys, arguments: list[str], start: str
) -> None:
    laptop = named(tmp_path, capsys)
    said = laptop("visit", "new", *arguments)
    assert (said.code, one_sentence(said.err)) == (2, True)
    assert said.err.startswith(start)
    assert laptop.ok("visit", "list", "--json").data == {"visits": [], "put_away": []}


def test_forms_with_mistakes_open_no_visit(tmp_path: Path, capsys: Capsys) -> None:
    laptop = named(tmp_path, capsys)
    forms = tmp_path / "forms"
    forms.mkdir()
    (forms / "broken.yaml").write_bytes(b"[" * 30_000)
    said = laptop("visit", "new", "--site", "Alpha", "--forms", forms)
    assert (said.code, one_sentence(said.err)) == (3, True)
    assert str(forms) in said.err
    checked = laptop("form", "check", forms)
    assert checked.code == 3
    assert checked.out.startswith(str(forms / "broken.yaml") + ":1:")


def test_the_language_is_taken_from_the_option_and_from_the_environment(
    tmp_path: Path, capsys: Capsys, monkeypatch: pytest.MonkeyPatch
) -> None:
    from assessor_tui.i18n import language

    for name in ("LANGUAGE", "LC_ALL", "LC_MESSAGES"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("LANG", "zh_HK.UTF-8")
    main(["--version"])
    assert language() == "zh-Hant-HK"
    main(["--version", "--lang=zh-CN"])
    assert language() == "zh-Hans-CN"
    main(["--version", "--lang", "en-HK"])
    assert language() == "en-HK"


def test_the_data_folder_is_taken_from_the_environment(
    tmp_path: Path, capsys: Capsys, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("ASSESSOR_DATA", str(tmp_path / "here"))
    assert typed(["identity", "--name", "Chan", "--lang", "en-HK"], capsys).code == 0
    assert (tmp_path / "here" / "ledger.sqlite3").is_file()
    assert typed(["--data", tmp_path / "there", "identity", "--name", "Lee", "--lang", "en-HK"], capsys).code == 0
    assert (tmp_path / "there" / "ledger.sqlite3").is_file()


def test_an_error_of_the_program_itself_leaves_a_note_without_answers(
    tmp_path: Path, capsys: Capsys, monkeypatch: pytest.MonkeyPatch
) -> None:
    laptop = named(tmp_path, capsys)
    secret = "the secret answer"

    def broken(*_: object, **__: object) -> None:
        raise ZeroDivisionError(secret)

    monkeypatch.setattr(Store, "visits", broken)
    said = laptop("visit", "list")
    assert said.code == 1
    assert "Your work is saved" in said.err
    (note,) = (tmp_path / "crashes").iterdir()
    assert str(note) in said.err
    assert "ZeroDivisionError" in note.read_text(encoding="utf-8")
    assert secret not in note.read_text(encoding="utf-8") + said.err


def test_a_name_full_of_escapes_is_plain_text(tmp_path: Path, capsys: Capsys) -> None:
    laptop = named(tmp_path, capsys)
    name = "[red]=HYPERLINK(1)\x1b[2J<script>\u202eevil\u2066\x9b31m"
    new_visit(laptop, name)
    for said in (laptop.ok("visit", "list"), laptop.ok("visit", "list", "--json"), laptop.ok("visit", "show", "[red]")):
        assert all(one.isprintable() or one == "\n" for one in said.out)
        assert "[red]=HYPERLINK(1)" in said.out
        assert "<script>" in said.out


def test_output_that_nobody_reads_is_no_error(tmp_path: Path, capsys: Capsys, monkeypatch: pytest.MonkeyPatch) -> None:
    class Closed:
        def write(self, text: str) -> int:
            raise BrokenPipeError

        def flush(self) -> None:
            raise BrokenPipeError

    monkeypatch.setattr(run, "_forget_output", lambda: None)
    monkeypatch.setattr(sys, "stdout", Closed())
    assert main(["--version"]) == 1
