"""The parts of the terminal program with invented data: ``python -m tests.tui_gallery``.

Everything in it is made up. Digits answer, the arrows walk, F2 writes a note, F6 shows a window, ``?`` the keys.
"""

import gc

gc.disable()

from typing import NamedTuple  # noqa: E402

from textual.app import ComposeResult  # noqa: E402
from textual.containers import Horizontal, Vertical  # noqa: E402

from assessor_tui.i18n import LANGUAGES, _, system_language  # noqa: E402
from assessor_tui.tui.base import BaseApp, BaseScreen  # noqa: E402
from assessor_tui.tui.commands import bindings  # noqa: E402
from assessor_tui.tui.widgets.card import (  # noqa: E402
    Card,
    CardModel,
    ChoiceLine,
    Part,
    Remark,
    TextPage,
    page_lines,
    saved_line,
)
from assessor_tui.tui.widgets.glyphs import mark  # noqa: E402
from assessor_tui.tui.widgets.header_bar import HeaderBar, HeaderState, PageTabs  # noqa: E402
from assessor_tui.tui.widgets.hint_bar import HintBar, StatusLine  # noqa: E402
from assessor_tui.tui.widgets.text import content, left_right, safe  # noqa: E402
from assessor_tui.tui.widgets.virtual_list import VirtualList  # noqa: E402

CHOICES = (
    ("All points, interlocked, run-time log complete", "全部接駁，有聯鎖，運行時間記錄完整", "4"),
    ("All points, log has gaps of less than 5% of the hours", "全部接駁，記錄缺漏少於百分之五", "3"),
    ("Some points without control, plan with dates", "部分未設控制，但有附日期的計劃", "2"),
    ("No control or no record", "沒有控制設備或沒有記錄", "0"),
)
LABEL = (
    "Is every regulated air emission point led to control equipment that runs whenever the process runs, "
    "and is the run time recorded?",
    "所有受管制的廢氣排放點，是否均接駁至「運行中」的控制設備，並有運行時間的記錄？",
)


class Line(NamedTuple):
    number: str
    label: str
    heading: bool = False


def lines(count: int = 500) -> list[Line]:
    """Invented questions under invented sections."""
    made = []
    for number in range(count):
        if number % 24 == 0:
            made.append(Line("", f"{number // 24 + 1} Pollution control 污染控制", True))
        words = ("Permit list complete", "Stack test in date", "Waste labels 危險廢物", "[red]markup[/red] \x1b[31m")
        made.append(Line(f"{number // 24 + 1}.{number % 24 + 1:02}", words[number % 4]))
    return made


class Gallery(BaseScreen):
    PLACE = "walk"
    BINDINGS = bindings("walk")

    def __init__(self) -> None:
        super().__init__()
        self.lines = lines()
        self.answers: dict[int, int] = {}
        self.notes: dict[int, str] = {}
        self.tongue = 0

    def compose(self) -> ComposeResult:
        yield HeaderBar(self.header())
        yield PageTabs(
            (("overview", "Overview"), ("walk", "Walk"), ("findings", "Findings"), ("review", "Review")), "walk"
        )
        with Horizontal(classes="body"):
            yield VirtualList(
                self.draw, self.lines, is_heading=lambda row: row.heading, id="outline", classes="side drawer"
            )
            with Vertical(classes="pane", id="middle"):
                yield Card(self.model(1), id="card")
            yield Card(self.guidance(), lines=page_lines, id="guidance", classes="guidance drawer")
        yield StatusLine()
        yield HintBar("walk")

    def header(self, saved: str = "10:32", editing: bool = False) -> HeaderState:
        return HeaderState(
            "V-2026-041 Kam Fung Battery 金豐電池",
            f"{len(self.answers)}/{len(self.lines)}",
            "48-91%, 12% covered",
            saved,
            editing=editing,
            conflicts=1,
        )

    def draw(self, row: Line, width: int, cursor: bool):
        if row.heading:
            return content((safe(row.label), "bold $accent-text"))
        answer = self.answers.get(self.lines.index(row))
        state = "answered" if answer is not None else "missing"
        left = content(f"{mark(state)} ", (row.number, "$muted"), f" {safe(row.label)}")
        return left_right(left, content(CHOICES[answer][2] if answer is not None else "", " "), width)

    def guidance(self) -> TextPage:
        look = (
            "Open the run-time log, pick two days, compare with the control system's trend. Ask for a simulated stop."
        )
        trap = "Hoods added after the permit are often not on the list."
        return TextPage(
            _("guidance"),
            (Part("What to look at", (Remark(look),)), Part("Usual trap", (Remark(trap, "warning"),))),
        )

    def model(self, index: int) -> CardModel:
        answer = self.answers.get(index)
        note = self.notes.get(index, "")
        return CardModel(
            number=self.lines[index].number,
            label=LABEL[self.tongue == 1],
            other_label=LABEL[1] if self.tongue == 2 else "",
            position=f"question {index} of {len(self.lines)}",
            demands="weight 2, evidence needed",
            status="answered" if answer is not None else "missing",
            choices=tuple(
                ChoiceLine(
                    choice[self.tongue == 1], str(number + 1), number == answer, choice[2],
                    choice[1] if self.tongue == 2 else "",
                )
                for number, choice in enumerate(CHOICES)
            ),
            remarks=(Remark("scrubber EQ-07 has no capacity", "warning"),) if answer is not None else (),
            parts=(
                Part("Note", (Remark(note),) if note else (), "F2", "note"),
                Part("Proof", (Remark("IMG_2041  meter RTO 2, 10:29"), Remark("EHS-LOG-10  October sheet")), "F3"),
                Part("History", (Remark("10:32  Chan  3   was 4 at 10:21"),)),
            ),
        )  # fmt: skip

    @property
    def outline(self) -> VirtualList:
        return self.query_one("#outline", VirtualList)

    def refresh_card(self) -> None:
        self.query_one("#card", Card).show(self.model(self.outline.cursor))

    def on_virtual_list_highlighted(self, message) -> None:
        self.refresh_card()

    def why_not(self, command_id: str) -> str:
        return "The visit is not signed." if command_id == "history" else ""

    def command_history(self) -> None: ...

    def command_answer(self, key: str) -> None:
        index = self.outline.cursor
        if int(key) > len(CHOICES):
            self.say(f"There are {len(CHOICES)} choices.")
            return
        self.answers[index] = int(key) - 1
        self.outline.refresh_row(index)
        self.query_one(StatusLine).say(*saved_line("10:33", f"{self.lines[index].number} = {key}", "u"))
        self.query_one(HeaderBar).show(self.header("10:33"))
        self.command_next()

    def command_next(self) -> None:
        self.outline.action_cursor(1)
        self.refresh_card()

    command_next_open = command_next

    def command_undo(self) -> None:
        if self.answers:
            index, _answer = self.answers.popitem()
            self.outline.refresh_row(index)
            self.outline.move_cursor(index)
            self.refresh_card()

    def command_card_language(self) -> None:
        self.tongue = (self.tongue + 1) % 3
        self.refresh_card()

    def command_outline(self) -> None:
        self.toggle_drawer(self.outline)

    def command_guidance(self) -> None:
        self.toggle_drawer(self.query_one("#guidance"))

    async def command_go_to(self) -> None:
        from assessor_tui.tui.windows.dialog import AskText

        usual = ("saw the later state", "misread the question", "agreed with the site")
        await self.app.push_screen(AskText("Reason", "Why does this answer replace the colleague's?", usual=usual))

    async def command_find(self) -> None:
        from assessor_tui.tui.windows.search_list import SearchList, entry

        entries = [entry(str(n), line.label, number=line.number) for n, line in enumerate(self.lines) if line.number]

        def go(found: str | None) -> None:
            if found:
                self.outline.move_cursor(int(found))

        await self.app.push_screen(SearchList("Go to a question", entries, placeholder="number or words"), go)

    async def command_note(self) -> None:
        from assessor_tui.tui.widgets.field import TextField, open_field

        self.query_one(HeaderBar).show(self.header(editing=True))
        await open_field(TextField(self.notes.get(self.outline.cursor, ""), subject="note"), self.query_one("#middle"))

    async def on_done(self, message) -> None:
        self.notes[self.outline.cursor] = message.text
        await message.source.remove()
        self.query_one(HeaderBar).show(self.header("10:34"))
        self.refresh_card()

    def language_changed(self) -> None:
        self.query_one("#guidance", Card).show(self.guidance())


class GalleryApp(BaseApp):
    def __init__(self) -> None:
        super().__init__(language=system_language())
        assert self.language in LANGUAGES

    def on_mount(self) -> None:
        self.push_screen(Gallery())


if __name__ == "__main__":
    GalleryApp().run()
