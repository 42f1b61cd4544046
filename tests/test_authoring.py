"""The page for those who write checklists is true: its examples run in order and print what it shows."""

import re
import shlex
from pathlib import Path

import pytest

from assessor_tui.config import shipped
from assessor_tui.form.cases import read_cases
from assessor_tui.form.read import read_form
from assessor_tui.logic.case_runs import try_cases
from assessor_tui.logic.compile import compile_form
from tests.cli_world import typed

PAGE = (Path(__file__).parent.parent / "docs" / "authoring.md").read_text(encoding="utf-8")
_BLOCK = re.compile(r"(?:^`(?P<file>[\w.]+)`:\n)?^```(?P<kind>\w+)\n(?P<text>.*?)^```$", re.MULTILINE | re.DOTALL)


def test_every_example_runs_and_prints_what_is_shown(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("ASSESSOR_DATA", "lead")
    monkeypatch.setenv("LANGUAGE", "en")
    out: list[str] = []
    for block in _BLOCK.finditer(PAGE):
        if block["file"]:
            (tmp_path / block["file"]).write_text(block["text"], encoding="utf-8")
            continue
        for line in block["text"].splitlines():
            if line.startswith("$ "):
                said = typed(shlex.split(line.removeprefix("$ assessor ")), capsys)
                assert said.code == 0, (line, said)
                out = said.out.splitlines()
            else:
                assert line in out, (line, out)


@pytest.mark.parametrize("file", sorted(shipped("forms").rglob("*.yaml")), ids=lambda file: file.stem)
def test_the_cases_of_what_we_ship_come_true(file: Path) -> None:
    found = read_cases(file.read_bytes(), file.name)
    assert found.problems == ()
    if found.cases:
        form, _ = read_form(file.read_bytes())
        assert form is not None
        tried = list(try_cases(compile_form(form), found.cases, today="2026-01-15"))
        assert [failure for each in tried for failure in each.failures] == []


def test_two_shipped_checklists_and_every_template_have_cases() -> None:
    with_cases = {file.stem for file in shipped("forms").rglob("*.yaml") if read_cases(file.read_bytes()).cases}
    assert {"gate", "energy_material_flow", "checklist", "register", "findings"} <= with_cases
