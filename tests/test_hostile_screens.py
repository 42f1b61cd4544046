"""Text that attacks a terminal, brought by a colleague's bundle, is only text on every page."""

import re
import sys
from pathlib import Path

import pytest

from assessor_tui.carry.exchange import make_bundle, merge_bundle
from assessor_tui.form.model import Group, Node, Repeat
from assessor_tui.ledger.value import Evidence
from assessor_tui.store.ledger import Store
from assessor_tui.using_form import use_form
from assessor_tui.visit import Visit
from tests.all_types import FORM as ALL_TYPES
from tests.walk_world import make_visit, new_id

if sys.platform == "win32":
    pytest.skip("pseudo terminals are a matter of POSIX", allow_module_level=True)

from tests.keyboard import BACKSPACE, CTRL_G, CTRL_R, CTRL_W, DOWN, ENTER, ESCAPE, F4, F6, F7, F8, RIGHT, Person

ACTION = "[@click=app.quit]x[/]"
BIDI = "\u202eevil\u2066\u2067\u200f\u061c"
ESCAPES = "\x1b[2J\x1b]0;owned\x07\x1b]52;c;b3duZWQ=\x1b\\\x9b5;31m\x9d0;owned\x9c\x1bP+q\x1b\\\x1bc\x1b[?1049l"
FLOOD = "e" + "\u0301" * 400
JOINED = "\U0001f469\u200d\U0001f469\u200d\U0001f467\U0001f3fd\U0001f1ed\U0001f1f0"
ATTACK = f"{ACTION}[/][red]{BIDI}{ESCAPES}{FLOOD}{JOINED}"
LONG = (ATTACK + "長long " * 4000)[:19_900]

OWN = re.compile(
    r"\x1b\[[\d;]*m"  # colours
    r"|\x1b\[\d+;\d+H|\x1b\[[ABCDGKJ]|\x1b\[\d+[ABCDGK]"  # moving
    r"|\x1b\[\?(?:1000|1003|1004|1006|1015|1049|2004|2026|25|7)[hl]|\x1b\[\?(?:2026|2048)\$p|\x1b\[[<>]\d*u"  # modes
    r"|\x1b\[6n"  # asking where the cursor stands, to measure how wide marks are drawn
    r"|\x1b\]22;[a-z-]+\x07"  # shape of the pointer
    r"|\x1b\]52;c;[A-Za-z0-9+/=]*\x07"  # the clipboard: the reminder, in letters and digits
)
"""Everything the program itself says to the terminal besides text."""
ACTING = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\u200e\u200f\u061c\u202a-\u202e\u2066-\u2069]")
"""Characters that act on a terminal or turn the text around."""


@pytest.fixture
def attacked(tmp_path: Path) -> Path:
    """Data of a lead who has merged the hostile bundle of a colleague and answered differently."""
    with Store.open(tmp_path / "lee") as other:
        other.identify(f"Lee {ATTACK}", "assessor")
        visit = make_visit(other, f"Site {ATTACK}")
        bundle = make_bundle(other, visit, tmp_path, label="first").path
        with Store.open(tmp_path / "chan") as store:
            store.identify("Chan T.M.", "lead")
            assert merge_bundle(store, bundle).error is None
            mine = Visit(store, visit.id, new_id=new_id)
            for path, value in (("led", ("no",)), ("log", ("partial",)), ("who", "Chan")):
                mine.record("answer", "air", path, value, why="seen")
        visit.record("answer", "air", "led", ("yes",))
        visit.record("answer", "air", "who", LONG)
        visit.record("not applicable", "air", "log", why=ATTACK)
        visit.record("note", "air", "led", LONG)
        visit.record("comment", "air", "led", ATTACK)
        about = {"name": f"../{ATTACK}.jpg", "caption": LONG[:400], "post": ATTACK, "number": ATTACK}
        visit.record("attach", "air", "led", Evidence("interview", about))
        visit.record("attach", "", "", Evidence("original_seen", about))
        for text in (ATTACK, LONG[:2000]):
            row = visit.record("add row", "air", "meters").entries[0][1].path
            visit.record("answer", "air", f"{row}/meter", text)
            finding = visit.record("add row", "findings", "findings").entries[0][1].path
            visit.record("answer", "findings", f"{finding}/grade", ("yes",))
            visit.record("answer", "findings", f"{finding}/text", text)
        (tmp_path / "stick").mkdir()
        second = make_bundle(other, visit, tmp_path / "stick")
    with Store.open(tmp_path / "chan") as store:
        merged = merge_bundle(store, second.path)
        assert merged.error is None
        assert Visit(store, visit.id, new_id=new_id).state.conflicts
    (tmp_path / "stick" / f"{ATTACK[:120].replace('/', '|')}.zip").write_bytes(b"")
    return tmp_path


@pytest.mark.parametrize(("width", "height"), [(80, 24), (140, 40)])
def test_hostile_text_is_only_text_on_every_page(attacked: Path, width: int, height: int) -> None:
    with Person(attacked / "chan", here=attacked / "stick", width=width, height=height) as chan:
        chan.shows("Site [@click=app.quit]x[/][/]")
        chan.does(F4, ".zip")
        chan.does(ESCAPE, without=".zip")
        chan.does(F6, "Urgent", "Site [@click=app")
        chan.does(ENTER, "Space language")
        chan.does(ENTER + " " + RIGHT)
        chan.does(ESCAPE, without="Space language")
        chan.does(BACKSPACE, without="Urgent")
        chan.does(ENTER)
        for page in "wefivcro":
            chan.does(F6, "you are here")
            chan.does(page, without="you are here")
            chan.does(DOWN + DOWN + ENTER)
            chan.does(ESCAPE)
        for number in ("3.01", "3.05", "3.09"):
            chan.does("/", "╭─")
            chan.does(number + ENTER, without="╭─")
            for keys in (CTRL_R, ESCAPE, F7, F8 + F8 + RIGHT + CTRL_G, CTRL_W):
                chan.does(keys)
                if keys == F7 and "╭─" in chan.screen.text():  # among rows it asks for a file
                    chan.does(ESCAPE, without="╭─")
        for size in ((60, 18), (width, height)):
            chan.resize(*size)
            chan.settle()
        assert chan.process.poll() is None, chan.screen.text()
        shown = chan.raw
        assert chan.leaves() == 0
    left = OWN.sub("", shown)
    assert not (acting := ACTING.findall(left.replace("\r", ""))), [
        left[max(left.index(each) - 40, 0) : left.index(each) + 40] for each in acting[:3]
    ]
    assert not list((attacked / "chan").glob("crashes/*"))


def hostile(node: Node) -> Node:
    """The node with text that attacks in all that people read."""
    texts = {column: {"en": f"{ATTACK} {node.name}"} for column in ("label", "hint") if hasattr(node, column)}
    if isinstance(node, Group | Repeat):
        return node._replace(children=tuple(map(hostile, node.children)), **texts)
    return node._replace(**texts)


def test_a_form_whose_every_text_attacks_is_walked_as_any_other(tmp_path: Path) -> None:
    lists = {
        name: tuple(choice._replace(label={"en": ATTACK}) for choice in choices)
        for name, choices in ALL_TYPES.choices.items()
    }
    form = ALL_TYPES._replace(title={"en": ATTACK}, choices=lists, children=tuple(map(hostile, ALL_TYPES.children)))
    with Store.open(tmp_path / "chan") as store:
        store.identify("Chan T.M.", "lead")
        visit = make_visit(store, "Site")
        assert use_form(visit, form).problems == ()
    with Person(tmp_path / "chan", width=80, height=24) as chan:
        chan.shows("Site")
        chan.does(ENTER, without="F2 new visit")
        for name in ("people", "smell", "since", "shift", "gate", "fence"):
            chan.does("/", "╭─")
            chan.does(name + ENTER, without="╭─")
            for keys in (ENTER, DOWN + RIGHT, ESCAPE):
                chan.does(keys)
        assert chan.process.poll() is None, chan.screen.text()
        shown = chan.raw
        chan.leaves()
    assert not ACTING.findall(OWN.sub("", shown).replace("\r", ""))
    assert not list((tmp_path / "chan").glob("crashes/*"))
