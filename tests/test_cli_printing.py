"""``assessor print``: the file, the data about it, and what is said when nothing fits."""

from pathlib import Path

import pytest

from tests.cli_world import named, new_visit

Capsys = pytest.CaptureFixture[str]


def test_sheets_are_written_where_one_says(tmp_path: Path, capsys: Capsys) -> None:
    laptop = named(tmp_path / "data", capsys)
    new_visit(laptop)
    out = tmp_path / "out"
    out.mkdir()
    in_folder = laptop.ok("print", "alpha", "--section", "gate", "-o", out)
    (file,) = out.iterdir()
    assert in_folder.out == f"{file}\n" and "Open it in a browser" in in_folder.err
    found = laptop.ok(
        "print", "alpha", "--section", "1", "-o", tmp_path / "gate.html", "--second", "none", "--json"
    ).data
    assert found["file"] == str(tmp_path / "gate.html") and found["section"] == "gate"
    assert found["languages"] == ["en-HK"] and found["sections"] == ["1"] and found["questions"] > 10
    assert (tmp_path / "gate.html").read_text(encoding="utf-8").startswith("\n") is False


def test_both_languages_are_chosen(tmp_path: Path, capsys: Capsys) -> None:
    laptop = named(tmp_path / "data", capsys)
    new_visit(laptop)
    options = ("--lang", "zh-Hans-CN", "--second", "zh-Hant-HK", "-o", tmp_path / "x.html", "--json")
    assert laptop.ok("print", "alpha", *options).data["languages"] == ["zh-Hans-CN", "zh-Hant-HK"]
    text = (tmp_path / "x.html").read_text(encoding="utf-8")
    assert '<html lang="zh-Hans-CN">' in text and 'lang="zh-Hant-HK"' in text


@pytest.mark.parametrize(
    ("options", "said"),
    [
        (("--place", "the moon"), "no such place: the moon. It has "),
        (("--section", "99"), "no such section: 99. It has "),
        (("--person", "Nobody"), "gives Nobody no section and no place"),
        (("--second", "fr"), "There is no language fr."),
    ],
)
def test_what_does_not_fit_is_one_sentence_and_no_file(
    tmp_path: Path, capsys: Capsys, options: tuple[str, ...], said: str
) -> None:
    laptop = named(tmp_path / "data", capsys)
    new_visit(laptop)
    refused = laptop("print", "alpha", *options, "-o", tmp_path / "x.html")
    assert refused.code == 2 and said in refused.err and refused.out == ""
    assert not (tmp_path / "x.html").exists()


def test_a_place_that_takes_no_file_is_named(tmp_path: Path, capsys: Capsys) -> None:
    laptop = named(tmp_path / "data", capsys)
    new_visit(laptop)
    (tmp_path / "taken").write_text("", encoding="utf-8")
    refused = laptop("print", "alpha", "-o", tmp_path / "taken" / "x.html")
    assert refused.code == 1 and str(tmp_path / "taken" / "x.html") in refused.err
