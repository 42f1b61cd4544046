"""``assessor closing``: what it says before the record is printed, and what it keeps."""

from pathlib import Path

import pytest

from assessor_tui.cli.session import new_id
from assessor_tui.form.model import Question
from assessor_tui.store.ledger import Store
from assessor_tui.visit import Visit
from tests.cli_world import Laptop, named, new_visit


@pytest.fixture
def laptop(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> Laptop:
    made = named(tmp_path / "lead", capsys)
    new_visit(made)
    return made


def finding(laptop: Laptop, **answers: str) -> None:
    """A finding as it is typed: all its answers name the same new row."""
    laptop.ok("answer", "alpha", "findings/findings[+]/text", answers.pop("text"))
    with Store.open(laptop.folder, write=False) as store:
        visit = Visit(store, store.visits()[0].id, new_id=new_id)
        row = f"findings/findings[{visit.filling('findings').rows('findings')[-1]}]"
    for name, value in answers.items():
        laptop.ok("answer", "alpha", f"{row}/{name}", value)


def test_texts_that_are_missing_are_named_before_the_file_is(laptop: Laptop, tmp_path: Path) -> None:
    finding(laptop, text="Three labels have no date.", grade="minor")
    finding(laptop, text="三个标签没有日期。", grade="minor")
    said = laptop.ok("closing", "alpha", "-o", tmp_path / "out", lang="zh-Hans-CN")
    first = said.err.splitlines()[0]
    assert "Three labels have no date." in first and "三个标签" not in first
    page = Path(said.out.strip())
    assert page.is_file() and page.name == "Alpha-Works-2026-11-12-closing-zh-Hans-CN.html"


def test_the_data_say_the_same_and_the_digest_is_in_the_header(laptop: Laptop, tmp_path: Path) -> None:
    finding(laptop, text="Three labels have no date.", grade="major")
    said = laptop.ok("closing", "alpha", "-o", tmp_path / "out", "--json", lang="zh-Hant-HK").data
    assert said["language"] == "zh-Hant-HK" and len(said["without_text"]) == 1
    assert said["record"]["findings"][0]["grade"] == "major"
    with Store.open(laptop.folder, write=False) as store:
        assert Visit(store, store.visits()[0].id, new_id=new_id).header("closing_record") == said["digest"]
    again = laptop.ok("closing", "alpha", "-o", tmp_path / "out", "--json").data
    assert again["digest"] == said["digest"], "in whatever language it is printed"


def test_a_sheet_needs_a_record_and_is_kept_once(laptop: Laptop, tmp_path: Path) -> None:
    sheet = Path(__file__).parents[1] / "sample_sites/battery_maker/pictures/meter-substation.png"
    said = laptop("closing", "alpha", "--sheet", sheet)
    assert said.code == 4 and "No closing record has been written yet." in said.err
    digest = laptop.ok("closing", "alpha", "-o", tmp_path / "out", "--json").data["digest"]
    said = laptop.ok("closing", "alpha", "--sheet", sheet, "--json")
    assert said.data["digest"] == digest and said.data["attached"] is True
    assert laptop.ok("closing", "alpha", "--sheet", sheet, "--json").data["attached"] is False


def test_a_sheet_that_is_no_picture_is_refused_in_words(laptop: Laptop, tmp_path: Path) -> None:
    laptop.ok("closing", "alpha", "-o", tmp_path / "out")
    (tmp_path / "sheet.jpg").write_bytes(b"MZ\x90\x00\x03\x00 not a picture")
    said = laptop("closing", "alpha", "--sheet", tmp_path / "sheet.jpg")
    assert said.code != 0 and "sheet.jpg" in said.err
    assert laptop("closing", "alpha", "--sheet", tmp_path / "gone.jpg").code != 0


def test_beside_the_open_program_the_record_is_written_and_nothing_is_recorded(laptop: Laptop, tmp_path: Path) -> None:
    with Store.open(laptop.folder) as store:
        said = laptop.ok("closing", "alpha", "-o", tmp_path / "out")
        assert Path(said.out.strip()).is_file()
        assert "The program is open: the digest was not recorded." in said.err
        assert Visit(store, store.visits()[0].id, new_id=new_id).header("closing_record") is None
        assert laptop("closing", "alpha", "--sheet", tmp_path / "x.jpg").code == 4


def test_an_unknown_visit_is_a_slip(laptop: Laptop) -> None:
    assert laptop("closing", "beta").code == 2


def test_signing_tells_of_grades_to_look_at_first(laptop: Laptop) -> None:
    with Store.open(laptop.folder, write=False) as store:
        visit = Visit(store, store.visits()[0].id, new_id=new_id)
        form, question = next(
            (form, item.node)
            for form, filling in visit.checklists.items()
            for item in filling.items()
            if isinstance(item.node, Question) and item.node.finding and item.path == item.node.name
        )
        good = next(
            choice.name
            for choice in visit.filling(form).choices(question.name)
            if choice.name not in {*question.finding, *question.veto, *question.limiting}
        )
    laptop.ok("answer", "alpha", f"{form}/{question.name}", good, "--why", "x")
    finding(laptop, text="Labels.", grade="major", question=f"{form}/{question.name}")
    said = laptop("sign", "alpha", "--name", "Chan Tai Man")
    assert said.code == 3, "it lists what stands in the way"
    assert said.err.splitlines()[0].startswith("To look at: findings/findings[")
    assert f"{question.number} " in said.err.splitlines()[0]
