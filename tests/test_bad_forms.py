"""Forms that attack are refused in words with their place, or run in bounded time; nothing is half-written."""

import io
import json
import random
import re
import subprocess
import sys
import zipfile
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import pytest
import yaml
from openpyxl import Workbook  # type: ignore[import-untyped]

from assessor_tui.carry.exchange import make_bundle, merge_bundle
from assessor_tui.form.canonical import CanonicalError, canonical_bytes, form_from_canonical
from assessor_tui.form.model import Form, Node, Question, Repeat
from assessor_tui.form.read import read_form
from assessor_tui.form.source import read_source
from assessor_tui.form.write import to_yaml
from assessor_tui.i18n.sentences import sentence
from assessor_tui.ledger import entry as acts
from assessor_tui.logic import effort, recalculation
from assessor_tui.logic.compile import compile_form
from assessor_tui.logic.filling import Filling
from assessor_tui.logic.lint import lint
from assessor_tui.logic.views import Context
from assessor_tui.moving import preview, update_form
from assessor_tui.using_form import use_form
from assessor_tui.visit import Visit
from tests.all_types import FORM as ALL_TYPES
from tests.cli_world import Laptop, named, new_visit
from tests.small_visit import CHECK, asked, begin, ids, kilowatt_hours, laptop, say, text

Capsys = pytest.CaptureFixture[str]
ACTING = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\u200e\u200f\u061c\u202a-\u202e\u2066-\u2069]")
"""Characters that act on a terminal or turn the text around."""
EVIL = "\x1b]0;owned\x07\x1b[2J[red]\u202eevil<script>"


def book(*rows: tuple[str, ...]) -> bytes:
    made = Workbook()
    made.active.title = "survey"
    for row in (("type", "name", "label"), *rows):
        made.active.append(row)
    stream = io.BytesIO()
    made.save(stream)
    return stream.getvalue()


def changed(part: str, change: Callable[[bytes], bytes]) -> bytes:
    """A good workbook with one part changed, or added."""
    stream = io.BytesIO()
    with (
        zipfile.ZipFile(io.BytesIO(book(("text", "a", "A")))) as good,
        zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as bad,
    ):
        for name in dict.fromkeys((*good.namelist(), part)):
            data = good.read(name) if name in good.namelist() else b""
            bad.writestr(name, change(data) if name == part else data)
    return stream.getvalue()


def table(*rows: Mapping[str, str], choices: str = "") -> bytes:
    columns = list(dict.fromkeys(("type", "name", "label", *(column for row in rows for column in row))))
    lines = ["| survey |", "| | " + " | ".join(columns) + " |"]
    lines += ["| | " + " | ".join(row.get(column, "") for column in columns) + " |" for row in rows]
    return ("\n".join(lines) + "\n" + choices).encode("utf-8", "surrogatepass")


def question(kind: str = "text", name: str = "a", label: str = "A", **columns: str) -> dict[str, str]:
    return {"type": kind, "name": name, "label": label, **columns}


FAR_ROW = b'<row r="999999999"><c><v>1</v></c></row></sheetData>'
ENTITIES = b'<!DOCTYPE x [<!ENTITY a "b">]>'
SHEET = "xl/worksheets/sheet1.xml"
XFORM = (
    '<h:html xmlns:h="http://www.w3.org/1999/xhtml" xmlns="http://www.w3.org/2002/xforms"><h:head><h:title>t</h:title>'
    '<model><instance><data id="x">{nodes}</data></instance>{model}</model></h:head><h:body>{body}</h:body></h:html>'
)
REFUSED: dict[str, tuple[str, Callable[[], bytes], str]] = {
    "text that is called a workbook": ("a.xlsx", lambda: b"hello", "This is no form"),
    "nothing": ("a.xlsx", lambda: b"", "This is no form"),
    "half a workbook": ("a.xlsx", lambda: book()[:3000], "damaged"),
    "30 MB of blanks in a sheet": (
        "a.xlsx",
        lambda: changed(SHEET, lambda data: data.replace(b"</sheetData>", b" " * (30 << 20) + b"</sheetData>")),
        "no spreadsheet program",
    ),
    "a row in the thousandth million": (
        "a.xlsx",
        lambda: changed(SHEET, lambda data: data.replace(b"</sheetData>", FAR_ROW)),
        "too large",
    ),
    "seventy thousand parts": ("a.xlsx", lambda: _many_parts(), "parts"),
    "entities in a sheet": ("a.xlsx", lambda: changed(SHEET, lambda data: ENTITIES + data), "DOCTYPE"),
    "macros": ("a.xlsx", lambda: changed("xl/vbaProject.bin", lambda _: b"x"), "macros"),
    "a macro workbook": ("a.xlsm", lambda: changed("xl/vbaProject.bin", lambda _: b"x"), "macros"),
    "a password": (
        "a.xlsx",
        lambda: b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(504) + "EncryptedPackage".encode("utf-16-le"),
        "password",
    ),
    "an old workbook of noise": ("a.xls", lambda: b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\xff" * 9000, "damaged"),
    "commands as formulas": ("a.xlsx", lambda: book(("text", "a", "=cmd|' /C calc'!A0")), "survey row 2"),
    "no survey": ("a.md", lambda: b"| choices |\n| | list_name | name | label |\n| | l | a | A |\n", "no sheet survey"),
    "ten thousand groups inside each other": (
        "a.md",
        lambda: table(
            *(question("begin_group", f"g{number}") for number in range(10_000)), question(),
            *({"type": "end_group"},) * 10_000,
        ),
        "stand inside each other",
    ),
    "calculations that wait for each other": (
        "a.md",
        lambda: table(
            question("calculate", "a", "", calculation="${b}"), question("calculate", "b", "", calculation="${a}")
        ),
        "a → b → a",
    ),
    "questions that hide each other": (
        "a.md",
        lambda: table(question(name="a", relevant="${b} = 1"), question(name="b", relevant="${a} = 1")),
        "a → b → a",
    ),
    "a cell of thirty thousand brackets": (
        "a.md", lambda: table(question("calculate", calculation="(" * 30_000 + "1" + ")" * 30_000)), "D2"
    ),
    "names that are ways": ("a.md", lambda: table(question(name="../../x")), "cannot be a name"),
    "names that steer a terminal": ("a.md", lambda: table(question(name=f"a{EVIL}")), "cannot be a name"),
    "types that steer a terminal": ("a.md", lambda: table(question(kind=EVIL)), "There is no type"),
    "a doctype": ("a.xml", lambda: b'<!DOCTYPE a [<!ENTITY b SYSTEM "file:///etc/passwd">]><a>&b;</a>', "DOCTYPE"),
    "ten thousand elements inside each other": ("a.xml", lambda: b"<a>" * 10_000 + b"</a>" * 10_000, "100 elements"),
    "a hundred thousand attributes": (
        "a.xml", lambda: b"<a " + b" ".join(b'b%d="1"' % number for number in range(100_000)) + b"/>", "64 attributes"
    ),
    "a million lines of nothing": ("a.xml", lambda: b"\n" * 1_000_000, "no XML"),
    "twenty thousand nodes and one": (
        "a.xml",
        lambda: XFORM.format(nodes="".join(f"<q{n}/>" for n in range(20_001)), model="", body="").encode(),
        "20000 nodes",
    ),
}  # fmt: skip
"""What attacks -> the name of its file, the file, and a piece of the sentence that refuses it."""


def _many_parts() -> bytes:
    stream = io.BytesIO(book())
    with zipfile.ZipFile(stream, "a") as archive:
        for number in range(5_000):
            archive.writestr(f"xl/{number}.xml", b"")
    return stream.getvalue()


@pytest.mark.parametrize("kind", REFUSED)
def test_a_form_that_cannot_be_used_is_refused_in_words_and_nothing_is_written(
    tmp_path: Path, capsys: Capsys, kind: str
) -> None:
    name, made, told = REFUSED[kind]
    (tmp_path / name).write_bytes(made())
    to = tmp_path / "checklists"

    said = Laptop(tmp_path / "data", capsys)("form", "import", tmp_path / name, "--to", to)

    assert said.code == 3, said
    assert said.out == ""
    first, last = said.err.strip().splitlines()[0], said.err.strip().splitlines()[-1]
    assert first.startswith(str(tmp_path / name)) and told in first, said.err
    assert last.startswith("Nothing was written."), said.err
    assert not ACTING.search(said.err.replace("\n", ""))
    assert not to.exists() and not (tmp_path / "data").exists()


@pytest.mark.skipif(sys.platform != "linux", reason="memory is measured as Linux does")
def test_all_of_it_is_refused_in_little_memory(tmp_path: Path) -> None:
    files = []
    for number, (name, made, _told) in enumerate(REFUSED.values()):
        if name.endswith(".md"):
            continue  # which another reader judges first, for seconds
        files.append(tmp_path / f"{number}{name}")
        files[-1].write_bytes(made())
    # Not resource's figure: a child begins with what the tests themselves hold.
    program = (
        "import sys; from assessor_tui.cli import main; code = main(sys.argv[1:]);"
        "status = open('/proc/self/status').read();"
        "print(code, next(int(line.split()[1]) for line in status.splitlines() if line.startswith('VmHWM')) // 1024)"
    )

    ran = subprocess.run(
        [sys.executable, "-c", program, "form", "import", *files, "--to", tmp_path / "to", "--data", tmp_path / "data"],
        capture_output=True, text=True, encoding="utf-8", check=True, timeout=120,
    )  # fmt: skip

    code, megabytes = map(int, ran.stdout.split())
    assert code == 3
    assert megabytes < 256


def test_lists_are_looked_for_beside_the_form_only(tmp_path: Path, capsys: Capsys) -> None:
    (tmp_path / "secret.csv").write_text("name,label\na,A\n", encoding="utf-8")
    inside = tmp_path / "forms"
    inside.mkdir()
    named_so = (
        "../secret.csv",
        "..\\secret.csv",
        str(tmp_path / "secret.csv"),
        "CON.csv",
        "nul.csv",
        "a" * 300 + ".csv",
    )
    rows = (question(f"select_one_from_file {name}", f"q{at}") for at, name in enumerate(named_so))
    (inside / "a.md").write_bytes(table(*rows))

    said = Laptop(tmp_path / "data", capsys).ok("form", "import", inside / "a.md", "--to", tmp_path / "to")

    assert said.err.count("does not stand beside the form") == len(named_so)
    assert [each.name for each in (tmp_path / "to").iterdir()] == ["a.yaml"]


def test_an_import_that_is_refused_leaves_the_open_visit_as_it_is(tmp_path: Path, capsys: Capsys) -> None:
    chan = named(tmp_path / "data", capsys)
    visit = new_visit(chan)
    before = chan.ok("log", "show", visit).out
    for name, made, _told in (REFUSED["macros"], REFUSED["a doctype"], REFUSED["questions that hide each other"]):
        (tmp_path / name).write_bytes(made())

        said = chan("visit", "use-form", visit, tmp_path / name)

        assert said.code == 3, said
    assert chan.ok("log", "show", visit).out == before


ACTS: dict[str, str] = {
    "no JSON": "{",
    "a hundred thousand brackets": "[" * 100_000,
    "numbers instead of acts": "[1, 2, 3]",
    "a way that leads out": '[{"a": "answer", "ref": "../../x", "v": "1"}]',
    "a row beyond all rows": '[{"a": "answer", "ref": "/data/one[99999999999999999999]", "v": "1"}]',
    "half a letter": '[{"a": "answer", "ref": "one", "v": "\\ud800\\u001b[2J"}]',
    "a number of a million digits": '[{"a": "answer", "ref": "one", "v": "' + "9" * 1_000_000 + '"}]',
    "no number": '[{"a": "answer", "ref": "one", "v": NaN}]',
    "a language that is none": '[{"a": "lang", "v": "\\u001b[31m"}]',
    "rows of a question": '[{"a": "new", "ref": "one"}, {"a": "remove", "ref": "one[0]"}]',
}


@pytest.mark.parametrize("kind", ACTS)
def test_acts_that_make_no_sense_are_said(tmp_path: Path, capsys: Capsys, kind: str) -> None:
    form = tmp_path / "form.md"
    form.write_bytes(table(question("integer", "one")))
    file = tmp_path / "acts.json"
    file.write_text(ACTS[kind], encoding="utf-8")

    said = Laptop(tmp_path / "data", capsys)("form", "run", form, "--acts", file)

    assert said.code in (0, 2, 3), said.err
    assert not ACTING.search((said.out + said.err).replace("\n", ""))
    assert not (tmp_path / "data").exists()


# -- shapes that nobody wrote on purpose ------------------------------------------------------------------------------

_ODD: tuple[Any, ...] = (
    None, "", " ", "x", 5, -1, 1.5, True, [], {}, [[]], {"a": 1}, ["a"], [1], "${x}", "${", "1 +", "x" * 2000, "../..",
    "yes", {"en": "x"}, {"en": 5}, {"en": None}, "select_one", "select_one zz", "repeat", "group", "range", "rank",
    "9" * 400, [None], [{}], [{"on": "load"}], [{"on": "boom"}], [{"on": "change", "value": "1", "of": "${name}"}],
    "count(//*)", "position(..)", "__proto__", "start=0 end=1 step=0", "randomize=true seed=x", [["a", "b"], ["c"]],
)  # fmt: skip


def _ways(data: Any, way: tuple[Any, ...] = ()) -> list[tuple[Any, ...]]:
    inner = data.items() if isinstance(data, dict) else enumerate(data) if isinstance(data, list) else ()
    return [way, *(each for key, part in inner for each in _ways(part, (*way, key)))]


def _spoilt(text: str, chance: random.Random) -> Any:
    """The JSON text as data, with some of its parts other than anybody would write them."""
    data = json.loads(text)
    keys = sorted(set(re.findall(r'"(\w+)":', text)))
    for _ in range(chance.choice((1, 1, 2, 3))):
        ways = _ways(data)[1:]
        *above, last = chance.choice(ways)
        around = data
        for key in above:
            around = around[key]
        what = chance.random()
        if what < 0.2:
            del around[last]
        elif what < 0.4 and isinstance(around, dict):
            around[chance.choice(keys)] = chance.choice(_ODD)
        else:
            around[last] = json.loads(json.dumps(chance.choice(_ODD)))
    return data


def _tried(form: Form) -> None:
    """Everything that is done with a form that was read."""
    compiled = compile_form(form)
    for problem in (*compiled.problems, *lint(compiled)):
        assert sentence(problem)
    filling = Filling(compiled, Context(today="2026-11-12"))
    filling.open()
    for item in list(filling.items()):
        filling.label(item.path, "en")
        if item.kind == "question":
            filling.state(item.path)
            list(filling.choices(item.path))
    assert form_from_canonical(canonical_bytes(form)) == form
    to_yaml(form)


@pytest.mark.parametrize("seed", range(25))
def test_any_yaml_is_a_form_or_mistakes_with_sentences(seed: int) -> None:
    as_read = read_source(to_yaml(ALL_TYPES).encode()).data
    data = _spoilt(json.dumps(as_read), random.Random(seed))

    form, problems = read_form(yaml.dump(data, allow_unicode=True).encode(), "form.yaml")

    assert form is not None or problems
    assert all(sentence(problem) and problem.place.file == "form.yaml" for problem in problems)
    if form is not None and not problems:
        _tried(form)


@pytest.mark.parametrize("seed", range(25))
def test_any_json_of_a_bundle_is_a_form_or_none(seed: int) -> None:
    spoilt = _spoilt(canonical_bytes(ALL_TYPES).decode(), random.Random(seed))
    spelling = json.dumps(spoilt, ensure_ascii=False, sort_keys=True, separators=(",", ":")).encode()

    try:
        form = form_from_canonical(spelling)
    except CanonicalError:
        return
    _tried(form)


# -- a colleague's bundle ---------------------------------------------------------------------------------------------


def hostile(*children: Node) -> Form:
    return Form("hostile", "1", {"en": EVIL}, (asked("text", "plain"), *children), languages=("en",))


ENDLESS: dict[str, tuple[Node, ...]] = {
    "every row looks at everything": (
        Repeat("r", text("r"), (
            asked("calculate", "x", calculation="position(..)"),
            asked("calculate", "y", calculation="count(//*[string(.) != current()/../x])"),
        ), repeat_count="120"),
    ),
    "rows that count each other": (
        Repeat("r", text("r"), (asked("text", "x"),), repeat_count="count(${s}) + 1"),
        Repeat("s", text("s"), (asked("text", "y"),), repeat_count="count(${r}) + 1"),
    ),
    "rows of rows of rows": (
        Repeat("r", text("r"), (
            Repeat("s", text("s"), (Repeat("t", text("t"), (asked("text", "x"),), repeat_count="2000"),),
                   repeat_count="2000"),
        ), repeat_count="2000"),
    ),
    "texts that double": tuple(
        asked("calculate", f"t{at}", calculation=f"concat(${{t{at - 1}}}, ${{t{at - 1}}})" if at else "'0123456789'")
        for at in range(40)
    ),
    "patterns that never end": tuple(
        asked("calculate", f"p{at}", calculation=f"regex('{'a' * 1500}b{at}', '(a|aa)+$')") for at in range(1)
    ),
    "a label that shows everything": (
        Question("note", "n", {"en": "${plain} " * 300 + "<output value=\"count(//*[count(following::*) > 0])\"/>"}),
    ),
}  # fmt: skip


@pytest.mark.parametrize("kind", ENDLESS)
def test_a_bundle_with_a_form_that_never_ends_is_merged_and_opened(
    tmp_path: Path, kind: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(recalculation, "MAX_COUNTED", 2_000)
    monkeypatch.setattr(recalculation, "MOST_LOOKS", 5_000)
    monkeypatch.setattr(effort, "MOST_LOOKS_OF_ACT", 20_000)
    form = hostile(*ENDLESS[kind])
    with laptop(tmp_path / "lee", "Lee") as theirs:
        visit = begin(theirs)
        assert use_form(visit, form).problems == ()
        say(visit, "plain", "as seen", form="hostile")
        bundle = make_bundle(theirs, visit, tmp_path).path
    with laptop(tmp_path / "chan", "Chan", "lead") as store:
        assert merge_bundle(store, bundle).error is None
        mine = Visit(store, visit.id, new_id=ids("c"))

        assert mine.filling("hostile").state("plain").value == "as seen"
        say(mine, "plain", "seen again", form="hostile", why="looked once more")
        assert len(mine.filling("hostile").nodes) < 5_000
        assert not ACTING.search(mine.filling("hostile").label("plain", "en"))


# -- nothing is lost --------------------------------------------------------------------------------------------------

VERSIONS: tuple[Form, ...] = (
    CHECK,
    CHECK._replace(version="2", children=tuple(node for node in CHECK.children if node.name not in ("words", "twice"))),
    CHECK._replace(
        version="3", children=tuple(node for node in CHECK.children if node.name not in ("outlets", "worst"))
    ),
    CHECK._replace(
        version="4",
        children=tuple(
            asked("text", "power") if node.name == "power" else node for node in CHECK.children if node.name != "twice"
        ),
    ),
    CHECK._replace(
        version="5",
        children=tuple(node._replace(name="remarks") if node.name == "words" else node for node in CHECK.children),
    ),
)


@pytest.mark.parametrize("seed", range(4))
def test_whatever_versions_a_visit_goes_through_no_answer_is_lost(tmp_path: Path, seed: int) -> None:
    chance = random.Random(seed)
    with laptop(tmp_path / "lee", "Lee", "lead") as first, laptop(tmp_path / "chan", "Chan") as second:
        lee = begin(first)
        (tmp_path / "0").mkdir()
        assert merge_bundle(second, make_bundle(first, lee, tmp_path / "0").path).error is None
        chan = Visit(second, lee.id, new_id=ids("c"))
        recorded: set[tuple[str, str]] = set()
        for step in range(1, 25):
            visit, other = chance.choice(((lee, chan), (chan, lee)))
            what = chance.choice(("say", "say", "say", "row", "version", "version", "undo", "merge"))
            if what == "say":
                name = chance.choice(["words", "power", "share"])
                value = kilowatt_hours(str(step)) if name == "power" else str(step)
                done = visit.record(acts.ANSWER, "check", name, value, why="seen")
                recorded |= {(entry.path, str(entry.value)) for _, entry in done.entries if entry.act == acts.ANSWER}
            elif what == "row":
                done = visit.record(acts.ADD_ROW, "check", "outlets")
                if done.entries:
                    path = f"{done.entries[0][1].path}/tag"
                    done = visit.record(acts.ANSWER, "check", path, f"tag {step}")
                    recorded |= {(entry.path, str(entry.value)) for _, entry in done.entries}
            elif what == "version":
                form = chance.choice(VERSIONS)
                preview(visit, form)
                update_form(visit, form, why="a newer edition")
            elif what == "undo":
                visit.undo()
            else:
                folder = tmp_path / str(step)
                folder.mkdir()
                assert merge_bundle(other.store, make_bundle(visit.store, visit, folder).path).error is None
                other.refresh()
            filling = visit.filling("check")
            assert filling.state("meter")
        for at, (giver, taker) in enumerate(((lee, chan), (chan, lee), (lee, chan))):
            folder = tmp_path / f"end{at}"
            folder.mkdir()
            assert merge_bundle(taker.store, make_bundle(giver.store, giver, folder).path).error is None
            taker.refresh()
        for visit in (lee, chan):
            written = {
                (entry.path, str(entry.value))
                for _hash, entry in visit.store.entries(visit.id)
                if entry.act == acts.ANSWER
            }
            assert recorded <= written, "every answer ever recorded stands in both ledgers"
            assert visit.filling("check").state("meter")
