"""How wide a terminal draws: asked once, kept, and nothing typed meanwhile is lost."""

import sys
import threading
import types
from unicodedata import east_asian_width

import pytest
from hypothesis import given
from hypothesis import strategies as st
from rich.cells import cell_len
from rich.segment import Segment

from assessor_tui.store.ledger import Store
from assessor_tui.tui import terminal
from assessor_tui.tui.terminal import SAMPLES, Answer, keep, kind_of_terminal, read_answer, recall, unusual
from assessor_tui.tui.widgets import widths
from assessor_tui.tui.widgets.glyphs import ASCII, SAFE, glyphs
from tests.walk_world import make_visit

posix = pytest.mark.skipif(sys.platform == "win32", reason="pseudo terminals are a matter of POSIX")
QUESTION = "Is the run time recorded?"


def as_rich(character):
    return cell_len(character)


def as_chinese(character):
    """A terminal set up for East Asian characters: what is ambiguous takes two cells."""
    return 2 if east_asian_width(character) == "A" else cell_len(character)


def usual():
    return {character: as_rich(character) for character in SAMPLES}


def reported(columns, row=2):
    return "".join(f"\x1b[{row};{column}R" for column in columns).encode()


# What is read


def test_the_columns_of_the_reports_are_the_widths():
    columns = [2] * len(SAMPLES)
    columns[3] = 3
    cells, typed = read_answer(reported(columns))
    assert list(cells) == list(SAMPLES) and typed == ""
    assert [cells[each] for each in SAMPLES[2:5]] == [1, 2, 1]


def test_keys_between_the_reports_are_handed_on_in_their_order():
    columns = reported([2] * len(SAMPLES))
    seen = b"27\r" + columns[:12] + b"\x1b[A" + columns[12:] + "排".encode()
    assert read_answer(seen).typed == "27\r\x1b[A排"


def test_shift_and_f3_is_a_key_and_no_report():
    assert read_answer(b"\x1b[1;2R" + reported([2] * len(SAMPLES))).typed == "\x1b[1;2R"


@pytest.mark.parametrize(
    "seen",
    [
        b"",
        reported([2] * (len(SAMPLES) - 1)),
        reported([2] * (len(SAMPLES) + 1)),
        reported([2] * (len(SAMPLES) - 1) + [81]),
        b"\x1b[?1;2c\x1b[0n",
    ],
)
def test_half_an_answer_is_none(seen):
    assert read_answer(seen).cells == {}


@given(st.binary(max_size=300))
def test_garbage_never_hurts(seen):
    cells, typed = read_answer(seen)
    assert cells == {} and isinstance(typed, str)


def test_the_beginning_of_a_report_never_becomes_keys():
    assert read_answer(reported([2, 2]) + b"\x1b[2;").typed == ""


# What is kept


def test_what_was_measured_is_kept_for_its_kind_of_terminal(tmp_path):
    here, there = (kind_of_terminal({"TERM": "xterm", "LANG": lang}) for lang in ("en_HK.UTF-8", "zh_HK.UTF-8"))
    keep(tmp_path, here, usual())
    keep(tmp_path, there, {})
    keep(tmp_path, here, usual() | {"─": 2})
    assert recall(tmp_path, here)["─"] == 2
    assert recall(tmp_path, there) == {}
    assert recall(tmp_path, kind_of_terminal({"TERM": "tmux"})) is None


def test_a_window_of_its_own_is_not_a_terminal_of_its_own():
    one, two = (kind_of_terminal({"WT_SESSION": each}) for each in ("2f1e", "99aa"))
    assert one == two != kind_of_terminal({})
    assert "\n" not in kind_of_terminal({"TERM": "a\nb\tc"}) and "\t" not in kind_of_terminal({"TERM": "a\nb\tc"})


def test_only_so_many_kinds_are_kept_and_a_broken_file_is_none(tmp_path):
    for number in range(80):
        keep(tmp_path, f"kind {number}", usual())
    assert recall(tmp_path, "kind 79") == usual()
    assert recall(tmp_path, "kind 10") is None
    (tmp_path / terminal.FILE).write_bytes(b"\xff\xfe kind 79\t")
    assert recall(tmp_path, "kind 79") is None
    keep(tmp_path, "kind 79", usual())
    assert recall(tmp_path, "kind 79") == usual()


# What is counted


@pytest.fixture
def fitted():
    yield widths.fit_terminal
    widths.fit_terminal({})


def test_the_usual_terminal_changes_nothing():
    assert not unusual(usual()) and not unusual({})
    assert widths.wide_characters(usual()) == []


def test_in_a_terminal_set_up_for_chinese_everything_counts_as_it_is_drawn(fitted):
    fitted({character: as_chinese(character) for character in SAMPLES})
    for character in "─│·…“”°×→≥①●★█▀中a，é✓":
        assert cell_len(character) == as_chinese(character) or east_asian_width(character) == "N", character
    assert cell_len("“排放”: 3 × 5 °C…") == 22
    assert Segment("a·b").cell_length == 4
    assert Segment("a·b").split_cells(2) == (Segment("a "), Segment(" b"))
    assert (glyphs().rule, glyphs().side, glyphs().half, glyphs().answered) == ("-", "|", " ", "✓")
    fitted({})
    assert cell_len("─·") == 2
    assert glyphs() == SAFE


def test_only_what_the_measured_character_speaks_for_becomes_wide(fitted):
    fitted(usual() | {"·": 2})
    assert (cell_len("°"), cell_len("─"), cell_len("…"), cell_len("e\u0301")) == (2, 1, 1, 1)
    assert glyphs().rule == "─"


def test_a_terminal_that_draws_everything_wide_has_plain_signs(fitted):
    fitted(dict.fromkeys(SAMPLES, 2))
    assert glyphs() == ASCII
    assert all(cell_len(mark) == 1 for mark in glyphs())


# The console of Windows


class Console:
    """Calls of kernel32: a cursor that moves as the characters are wide."""

    def __init__(self, cells_of, *, broken=False):
        self.cells_of, self.broken, self.x, self.written = cells_of, broken, 0, ""

    def GetStdHandle(self, number):
        return 7

    def GetConsoleMode(self, screen, mode):
        return 0 if self.broken else 1

    def WriteConsoleW(self, screen, text, units, written, nothing):
        for character in text.value:
            self.x = 0 if character == "\r" else self.x + self.cells_of(character)
        self.written += text.value
        return 1

    def GetConsoleScreenBufferInfo(self, screen, information):
        information._obj.cursor.X = self.x
        return 1


def test_the_console_is_asked_by_its_own_calls():
    assert terminal.ask_console(Console(as_rich)) == usual()
    assert terminal.ask_console(Console(as_chinese))["─"] == 2
    console = Console(as_rich)
    terminal.ask_console(console)
    assert console.written.endswith("\r   \r")
    assert terminal.ask_console(Console(as_rich, broken=True)) == {}
    assert terminal.ask_console(Console(lambda character: 7)) == {}


# The program


def lay_out(folder):
    with Store.open(folder) as store:
        store.identify("Chan T.M.", "lead")
        visit = make_visit(store)
        place = {"place": "walk", "visit": visit.id, "target": "air/log"}
        store.set_local("", "last place", place)
        store.set_local(visit.id, "last place", place)


def started(folder, **how):
    from tests.pty_terminal import Terminal

    return Terminal([sys.executable, "-m", "assessor_tui", "--data", str(folder)], **how)


def kept(folder):
    (line,) = (folder / terminal.FILE).read_text(encoding="utf-8").splitlines()
    return recall(folder, line.partition("\t")[0])


def leave(program):
    program.settle(0.3)
    program.feed("\x11")
    assert program.end() == 0


@posix
def test_a_usual_terminal_is_asked_once(tmp_path):
    lay_out(tmp_path)
    asked = []

    def answer(program, reports):
        asked.extend(reports)
        program.feed("".join(reports))

    for _ in range(2):
        with started(tmp_path, cells_of=as_rich, answer=answer) as program:
            program.wait_for(QUESTION)
            assert "─" in program.screen.text()
            leave(program)
    assert len(asked) == len(SAMPLES)
    assert kept(tmp_path) == usual()


@posix
def test_in_a_terminal_set_up_for_chinese_lines_stand_where_they_belong(tmp_path):
    lay_out(tmp_path)
    for width, height in ((80, 24), (140, 40)):
        with started(tmp_path, width=width, height=height, cells_of=as_chinese) as program:
            program.wait_for(QUESTION)
            screen = program.settle(0.4)
            assert kept(tmp_path)["│"] == 2
            assert not set("─│┌┐└┘▀█") & set(screen.text())
            # Every cell is drawn: a line counted too short or too long would leave one over or lose its end.
            assert all(len("".join(line)) + line.count("") == width for line in screen.cells)
            program.feed("?")
            screen = program.wait_for(lambda screen: "+-" in screen.text())
            program.settle(0.2)
            corners = [line.rindex("+") for line in map("".join, screen.cells) if line.count("+") > 1]
            assert len(corners) >= 2
            program.feed("\x1b")
            leave(program)


@posix
def test_a_terminal_that_does_not_answer_keeps_the_safe_set_and_is_not_asked_again(tmp_path):
    lay_out(tmp_path)
    asked = []
    for _ in range(2):
        with started(tmp_path, answer=lambda program, reports: asked.extend(reports)) as program:
            program.wait_for(QUESTION)
            assert "─" in program.screen.text()
            leave(program)
    assert len(asked) == len(SAMPLES)
    assert kept(tmp_path) == {}


@posix
@pytest.mark.parametrize("said", ["\x1b[?62;1;2c\x1b[0;0R\x1b[2;999R", "\x1b[2;2R\x1b[2;"])
def test_a_terminal_that_answers_nonsense_keeps_the_safe_set(tmp_path, said):
    lay_out(tmp_path)
    with started(tmp_path, answer=lambda program, reports: program.feed(said)) as program:
        program.wait_for(QUESTION)
        program.settle(0.6)
        assert kept(tmp_path) == {}
        assert "EDIT" not in program.screen.text()
        leave(program)
    with Store.open(tmp_path, write=False) as store:
        (visit,) = store.visits()
        assert store.state(visit.id).standing("air", "log") is None


@posix
def test_a_terminal_that_answers_late_types_nothing(tmp_path):
    lay_out(tmp_path)
    late = []
    with started(tmp_path, answer=lambda program, reports: late.extend(reports)) as program:
        program.wait_for(QUESTION)
        program.settle(0.4)
        program.feed("".join(late))
        program.settle(0.4)
        assert kept(tmp_path) == {}
        program.feed("2")
        program.wait_for("3.02:")
        leave(program)
    with Store.open(tmp_path, write=False) as store:
        (visit,) = store.visits()
        assert store.state(visit.id).standing("air", "log").value == ("partial",)
        assert store.state(visit.id).standing("air", "used") is None


@posix
def test_keys_typed_while_the_terminal_is_asked_count(tmp_path):
    lay_out(tmp_path)

    def answer(program, reports):
        program.feed("2" + "".join(reports[:9]))
        threading.Timer(0.05, lambda: program.feed("".join(reports[9:]) + "7\r")).start()

    with started(tmp_path, cells_of=as_rich, answer=answer) as program:
        program.wait_for("3.03: 7 kWh")
        assert kept(tmp_path) == usual()
        leave(program)
    with Store.open(tmp_path, write=False) as store:
        (visit,) = store.visits()
        assert store.state(visit.id).standing("air", "log").value == ("partial",)


def test_without_a_terminal_nobody_is_asked(monkeypatch):
    nobody = types.SimpleNamespace(isatty=lambda: False, fileno=lambda: 0)
    monkeypatch.setattr(sys, "__stdin__", nobody)
    assert terminal.ask() is None
    monkeypatch.setattr(sys, "stdout", nobody)
    assert terminal.measured() == Answer({}, "")
