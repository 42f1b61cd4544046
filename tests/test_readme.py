"""What README promises: its commands exist, its links lead somewhere, and its story happens."""

import re
import shutil
import subprocess
from pathlib import Path
from urllib.parse import unquote

import pytest

from tests.cli_world import Laptop, named, typed
from tests.readme import CHECKOUT, README, anchors, links, named_commands, shell_blocks

Capsys = pytest.CaptureFixture[str]

PAGES = [
    README,
    *(page for folder in ("docs", "forms", "sample_sites") for page in sorted((CHECKOUT / folder).rglob("*.md"))),
]
COMMANDS = sorted({command for page in PAGES for command in named_commands(page.read_text(encoding="utf-8"))})


def test_the_first_block_opens_the_demo_and_the_second_runs_the_tests() -> None:
    demo, tests = shell_blocks(README.read_text(encoding="utf-8"))[:2]

    assert demo.startswith("python3 -m venv .venv && ") and demo.endswith("assessor demo")
    assert tests.startswith("python3 -m venv .venv && ") and tests.endswith("python -m pytest")


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.relative_to(CHECKOUT).as_posix())
def test_every_shell_block_can_be_read_by_a_shell(page: Path) -> None:
    for block in shell_blocks(page.read_text(encoding="utf-8")):
        if shell := shutil.which("sh"):
            done = subprocess.run([shell, "-n"], input=block, capture_output=True, text=True, encoding="utf-8")
            assert (done.returncode, done.stderr) == (0, ""), block


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.relative_to(CHECKOUT).as_posix())
def test_every_link_leads_somewhere(page: Path) -> None:
    broken = []
    for link in links(page.read_text(encoding="utf-8")):
        target, _, anchor = unquote(link).partition("#")
        if re.match(r"[a-z]+:", target):
            continue
        file = (page.parent / target).resolve() if target else page
        leads = file.exists() and CHECKOUT in (file, *file.parents)
        if leads and anchor and file.suffix == ".md":
            leads = anchor in anchors(file.read_text(encoding="utf-8"))
        if not leads:
            broken.append(link)

    assert broken == []


@pytest.mark.parametrize("command", COMMANDS)
def test_every_command_named_in_a_page_exists_with_its_options(command: str, capsys: Capsys) -> None:
    words = command.split()[1:]
    path = []
    for word in words:
        if not re.fullmatch(r"[a-z]+(-[a-z]+)*", word):
            break
        path.append(word)
    said = typed([*path, "--help", "--lang", "en-HK"], capsys)

    assert said.code == 0, said.err
    for option in re.findall(r"(?<![\w-])--?[a-z][a-z-]*", command):
        assert option in said.out, f"{command}: there is no {option}"


def test_the_table_of_a_visit_happens_from_gate_to_summary(
    tmp_path: Path, capsys: Capsys, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    Path("LIST.csv").write_text("Site,Date\nAlpha Works,2026-11-12\n", encoding="utf-8")
    lead = named(tmp_path / "lead", capsys, "Chan Tai Man", "lead")
    colleague = named(tmp_path / "colleague", capsys, "Lee Siu Yee", "assessor")
    stick, summary = tmp_path / "stick", tmp_path / "summary"
    steps = _steps()
    told = []
    for who, does, command in steps:
        words = (
            command.replace("STICK", str(stick)).replace("FOLDER", str(summary)).replace("VISIT", "alpha").split()[1:]
        )
        laptops: tuple[Laptop, ...] = {"lead": (lead,), "colleague": (colleague,), "both": (lead, colleague)}[who]
        told.append((does, max(laptop(*words).code for laptop in laptops)))
        if "takes it in" in does:
            colleague.ok("answer", "alpha", "visit_header/employees", "400")
            lead.ok("answer", "alpha", "visit_header/employees", "410")
        if "merges" in does:
            (conflict,) = lead("conflicts", "list", "alpha", "--json").data["conflicts"]
            take = str(conflict["sides"][0]["take"])
            lead.ok("conflicts", "settle", "alpha", "--take", take, "--why", "By the licence")
            stick = tmp_path / "elsewhere"

    assert [code for does, code in told] == [0, 0, 0, 0, 0, 0, 3, 0, 0], told
    assert list(tmp_path.glob("*closing*.html"))
    assert {path.suffix for path in summary.iterdir()} == {".html", ".json"}


def _steps() -> list[tuple[str, str, str]]:
    """(who, does, command) of each row of README's table that a command stands for."""
    rows = re.findall(
        r"^\| (lead|colleague|both) \| (.+?) \| (.+?) \|$", README.read_text(encoding="utf-8"), re.MULTILINE
    )
    named = (
        (who, does, [each for each in named_commands(commands) if each != "assessor"]) for who, does, commands in rows
    )
    return [(who, does, commands[0]) for who, does, commands in named if commands]


def test_trust_in_five_lines_happens_as_the_leads_page_says(
    tmp_path: Path, capsys: Capsys, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("ASSESSOR_SCHEME_PASSPHRASE", "for this page only")
    page = (CHECKOUT / "docs/lead.md").read_text(encoding="utf-8").partition("## During")[0]
    rows = re.findall(r"^\| (lead|assessor) \| .+? \| `assessor (.+?)` \|$", page, re.MULTILINE)
    lead = named(tmp_path / "lead", capsys, "Chan Tai Man", "lead")
    colleague = named(tmp_path / "colleague", capsys, "Lee Siu Yee", "assessor")
    lead.ok("visit", "new", "--site", "Alpha Works", "--date", "2026-11-12")
    shared, key = tmp_path / "shared", tmp_path / "key"
    shared.mkdir()
    for who, command in rows:
        files = {"REQUEST": [*shared.glob("*enrol*")], "ROSTER": sorted(shared.glob("*roster*"), key=_age)}
        stand_for = {"KEY": key, "FOLDER": shared} | {name: found[-1] for name, found in files.items() if found}
        words: list[str | Path] = [stand_for.get(word, word) for word in command.split()]
        if words[1] == "sign":
            words += ["--fingerprint", colleague.ok("trust", "fingerprint", "--json").data["fingerprint"]]
        if words[1] == "use":
            words += ["--fingerprint", lead.ok("trust", "list", "--json").data["fingerprint"]]
        (lead if who == "lead" else colleague).ok(*words)

    assert len(rows) == 5
    assert [path.suffix for path in shared.glob("*Alpha*")] == [".age"]
    assert colleague("sync", "pull", shared).code == 0
    assert [each["site"] for each in colleague.ok("visit", "list", "--json").data["visits"]] == ["Alpha Works"]


def _age(path: Path) -> int:
    return path.stat().st_mtime_ns
