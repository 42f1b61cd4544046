"""A page with a table and, under it, the fields of the row under the cursor: what tables and findings share.

The page is in the table, or inside a row; inside, the arrow keys walk its fields, a digit or a typed character
answers, and only the field that is being typed is a text widget.
"""

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any, ClassVar

from textual.app import ComposeResult
from textual.containers import Container, Vertical
from textual.widget import Widget

from assessor_tui.i18n import N_, _, language
from assessor_tui.i18n.asked_words import example
from assessor_tui.ledger.typed import shows
from assessor_tui.tui.commands import WALK
from assessor_tui.tui.entry_text import TYPED
from assessor_tui.tui.input_keys import MOST_DIGITS
from assessor_tui.tui.pages.answering import NOTE, AnsweringPage, draft_key
from assessor_tui.tui.visit_screen import Rule
from assessor_tui.tui.widgets.card import Card, CardModel, best_fit, card_lines
from assessor_tui.tui.widgets.hint_bar import LineBar, StatusLine
from assessor_tui.tui.widgets.text import Piece, content, left_right, safe
from assessor_tui.tui.widgets.virtual_list import Column, VirtualList, column_widths, columns_line
from assessor_tui.units import unit_name

if TYPE_CHECKING:
    from assessor_tui.logic.filling import Filling
    from assessor_tui.tui.pages.row_lines import FieldLine


class TitleLine(LineBar):
    """What the table is, and how many rows it has."""

    DEFAULT_CSS = "TitleLine { background: $background; color: $foreground; }"

    def __init__(self, *, id: str | None = None) -> None:
        super().__init__(id=id)
        self.left: tuple[Piece, ...] = ()
        self.right: tuple[Piece, ...] = ()

    def show(self, left: tuple[Piece, ...], right: tuple[Piece, ...] = ()) -> None:
        """Nothing; shows clean pieces at both ends."""
        if (left, right) != (self.left, self.right):
            self.left, self.right = left, right
            self.refresh()

    def line(self, width: int) -> list[Piece]:
        """The two ends."""
        return [left_right(content(" ", *self.left), content(*self.right, " "), width)]


class ColumnHeads(LineBar):
    """The headings over the columns of a table; a mark stands at the one it is sorted by."""

    DEFAULT_CSS = "ColumnHeads { background: $background; color: $muted; }"

    def __init__(self, *, id: str | None = None) -> None:
        super().__init__(id=id)
        self.columns: tuple[Column, ...] = ()
        self.sorted_by = -1

    def show(self, columns: tuple[Column, ...], sorted_by: int = -1) -> None:
        """Nothing; shows the titles of these columns."""
        self.columns, self.sorted_by = columns, sorted_by
        self.refresh()

    def line(self, width: int) -> list[Piece]:
        """The titles, over the columns of the list."""
        from assessor_tui.tui.widgets.glyphs import glyphs

        room = self.screen.query_one("#table").scrollable_content_region.width or width
        titles = [
            f"{glyphs().opened}{each.title}" if index == self.sorted_by else each.title
            for index, each in enumerate(self.columns)
        ]
        cells = [(title, "bold $accent-text" if index == self.sorted_by else "") for index, title in enumerate(titles)]
        return ["  ", columns_line(cells, self.columns, column_widths(self.columns, max(room - 2, 0)))]


class RowPage(AnsweringPage):
    """A table over the fields of a row. A subclass fills the table and says which row the cursor stands on."""

    WANTED: ClassVar[Mapping[str, str]] = {
        "proof": N_("Saved; it needs proof: F3 photo, F4 document. Tab goes on."),
        "note": N_("Saved; it needs a note: F2. Tab goes on."),
    }
    DRAFT_KEPT = N_("Not saved; the text is kept as a draft. Enter goes on typing.")

    DEFAULT_CSS = """
    RowPage #page { width: 1fr; height: 1fr; }
    RowPage #table { height: 1fr; }
    RowPage #lower { height: 9; layout: vertical; }
    RowPage #fields { height: 1fr; width: 1fr; }
    RowPage #asked { height: auto; width: 1fr; display: none; }
    RowPage #asked Card { height: 1fr; }
    RowPage #entry { height: auto; }
    RowPage.-low #lower { height: 5; }
    RowPage.-tall #lower { height: 14; }
    RowPage.-inside #lower { height: 1fr; }
    RowPage.-inside #asked { display: block; height: 55%; border-top: solid $rule; }
    RowPage.-narrow.-inside #table { display: none; }
    RowPage.-narrow.-inside #heads { display: none; }
    RowPage.-narrow.-inside #between { display: none; }
    RowPage.-wide #lower { height: 50%; layout: horizontal; }
    RowPage.-wide #asked { display: block; height: 1fr; border-top: none; border-left: solid $rule; }
    RowPage.-alone #lower { display: none; }
    RowPage.-alone #between { display: none; }
    RowPage.-headless #heads { display: none; }
    """

    DIGITS_RUN: ClassVar[str] = "answer"
    """Command that the digits run."""

    def __init__(self) -> None:
        super().__init__()
        self.form = ""
        self.row = ""
        """Path of the row whose fields are shown; ``""`` for none."""
        self.inside = False
        """True while the cursor is among the fields of the row."""

    def body(self) -> ComposeResult:
        """Title, table, and the row under it."""
        from assessor_tui.tui.pages.row_lines import draw_field

        with Vertical(id="page"):
            yield TitleLine(id="title")
            yield ColumnHeads(id="heads")
            yield VirtualList(self.draw_row, is_heading=self.is_heading, id="table")
            yield Rule(id="between")
            with Container(id="lower"):
                yield VirtualList(
                    draw_field, is_heading=lambda line: not self.inside or line.kind == "group", id="fields"
                )
                with Vertical(id="asked"):
                    yield Card(id="question")

    # For the page to write

    def draw_row(self, row: Any, width: int, cursor: bool) -> Any:
        """The line of a row of the table."""
        raise NotImplementedError

    def is_heading(self, row: Any) -> bool:
        """True for a line of the table that is no row."""
        return False

    # Drawing the row

    @property
    def table(self) -> "VirtualList[Any]":
        """The table."""
        return self.query_one("#table", VirtualList)

    @property
    def fields(self) -> "VirtualList[FieldLine]":
        """The fields of the row."""
        return self.query_one("#fields", VirtualList)

    @property
    def filling(self) -> "Filling":
        """The filling of the table's form."""
        return self.visit.filling(self.form)

    @property
    def field(self) -> "FieldLine | None":
        """The field under the cursor, while the cursor is inside a row."""
        return self.fields.row if self.inside else None

    @property
    def question_path(self) -> str:
        """Path of the question under the cursor; ``""`` in the table, or on a nested table."""
        line = self.field
        return line.path if line is not None and line.kind == "question" else ""

    @property
    def here(self) -> tuple[str, str] | None:
        """The question under the cursor."""
        path = self.question_path
        return (self.form, path) if path else None

    def subject(self) -> tuple[str, str] | None:
        """The question under the cursor, else the row."""
        path = self.question_path or self.row
        return (self.form, path) if path else None

    def show_row(self, row_path: str, at: str = "") -> None:
        """Nothing; shows the fields of a row, the cursor on the question at ``at``."""
        self.row = row_path
        lines = self.lines_of(row_path) if row_path else []
        cursor = next((index for index, line in enumerate(lines) if line.path == at), None) if at else None
        if cursor is None and self.inside and self.fields.row is not None:
            here = self.fields.row.path
            cursor = next((index for index, line in enumerate(lines) if line.path == here), None)
        self.fields.set_rows(lines, cursor)
        self.draw_question()

    def lines_of(self, row_path: str) -> "list[FieldLine]":
        """The fields of a row as they are shown."""
        from assessor_tui.tui.pages.row_lines import field_lines

        return field_lines(self.visit, self.form, row_path, language(), hidden=self.onlookers)

    def draw_question(self) -> None:
        """Nothing; draws the question under the cursor as a card, and remembers the place."""
        path = self.question_path
        self.target = f"{self.form}/{path or self.row}" if path or self.row else self.target
        card = self.query_one("#question", Card)
        if not card.display:
            return
        if not path:
            card.show(self.row_card() if self.row else CardModel())
            return
        from assessor_tui.tui.shown import question_card

        store = self.program.store
        tag = language()
        second = "en-HK" if tag != "en-HK" else "zh-Hant-HK"
        draft = store.local(self.visit.id, draft_key(self.form, path), "")
        look = question_card.Look(tag, second, self.onlookers, False, draft, placed=self.placed)
        model = question_card.card_of(self.visit, self.form, path, look)
        now = self.state
        if now.question.type in TYPED and now.status == "answered" and not self.is_fixed():
            model = model._replace(prompt=_("type a new answer; Enter edits this one"))
        page = question_card.guidance_of(self.visit, self.form, path, look)
        width = card.scrollable_content_region.width or self.size.width
        model = best_fit(model, page._replace(parts=page.parts[:1]), width, card.size.height or 10)
        parts = tuple(part._replace(key="") if part.target == "guidance" else part for part in model.parts)
        card.show(model._replace(parts=parts))
        self._make_room(len(card_lines(model._replace(parts=()), width)))

    def _make_room(self, lines: int) -> None:
        """On a narrow terminal the question gets the lines that its choices need, the fields around it the rest."""
        asked = self.query_one("#asked")
        if not (self.inside and self.has_class("-narrow")):
            asked.styles.clear_rule("height")
            return
        room = self.query_one("#lower").size.height
        height = max(min(lines + 1, room - (5 if room >= 15 else 3)), room // 2)
        if room and asked.size.height != height:
            asked.styles.height = height

    def row_card(self) -> CardModel:
        """What is said about the whole row beside its fields, where there is room."""
        from assessor_tui.tui.pages.row_lines import row_card

        return row_card(self.visit, self.form, self.row, language(), hidden=self.onlookers)

    def enter_row(self, at: str = "") -> None:
        """Nothing; the cursor goes into the row: to the question at ``at``, else to the first gap."""
        if not self.row:
            return
        self.inside = True
        self.add_class("-inside")
        if not at:
            lines = self.fields.rows
            gap = next((line for line in lines if line.state in ("missing", "problem") and line.asked), None)
            at = gap.path if gap is not None else next((line.path for line in lines if line.kind != "group"), "")
        self.show_row(self.row, at)
        self.set_focus(self.fields)
        self.show_title()
        self.show_hints()
        self.call_after_refresh(self.draw_question)

    def leave_row(self) -> None:
        """Nothing; the cursor goes back into the table."""
        self.inside = False
        self.remove_class("-inside")
        self.query_one("#asked").styles.clear_rule("height")
        self.show_row(self.row)
        self.set_focus(self.table)
        self.show_title()
        self.show_hints()

    def show_title(self) -> None:
        """Nothing; the page says what is shown."""

    def show_hints(self) -> None:
        """Nothing; shows the keys that fit the field under the cursor."""
        from assessor_tui.tui.widgets.hint_bar import HintBar

        hints = self.query_one(HintBar)
        if not self.inside:
            hints.show(self.not_in_table(), self.table_labels())
            return
        hidden = (
            "copy_row",
            "remove_row",
            "import_rows",
            "months",
            "checked",
            "sort",
            "filter",
            "close_finding",
            "read_aloud",
        )
        digits, path = self.DIGITS_RUN, self.question_path
        if not path:
            hints.show((*hidden, digits), {"open": _("open table")})
            return
        now = self.state
        offered = len(self.offered())
        if self.is_fixed():
            hints.show((*hidden, digits), {"open": _("next")})
        elif now.question.type == "acknowledge":
            hints.show(hidden, {digits: _("confirm"), "open": _("next")}, {digits: "1"})
        elif now.question.type == "rank" and offered:
            labels = {digits: _("in order"), "open": _("order")}
            hints.show(hidden, labels, {digits: f"1-{min(offered, MOST_DIGITS)}"})
        elif 0 < offered <= MOST_DIGITS:
            many = now.question.type == "select_multiple"
            labels = {digits: _("tick") if many else _("answer"), "open": _("next")}
            hints.show(hidden, labels, {digits: f"1-{offered}" if offered > 1 else "1"})
        elif now.question.type in TYPED or offered:
            keys = "a-z 0-9" if now.question.type == "text" else "0-9"
            hints.show(hidden, {digits: _("type"), "open": _("edit")}, {digits: keys})
        else:
            hints.show((*hidden, digits), {"open": _("next")})

    def why_not(self, command_id: str) -> str:
        """Why the command cannot run: a row is taken away in the table only, where one sees it whole."""
        if self.inside and command_id in ("remove_row", "sort", "filter"):
            return _("Go back to the table first: Backspace.")
        return ""

    def not_in_table(self) -> tuple[str, ...]:
        """Commands that the hint bar leaves out while the cursor is in the table."""
        return ("answer", "next_field", "row_clear")

    def table_labels(self) -> dict[str, str]:
        """Command id -> its words while the cursor is in the table."""
        return {"open": _("edit row")}

    def on_virtual_list_highlighted(self, message: VirtualList.Highlighted) -> None:
        """Nothing; shows the row or question that the cursor went to."""
        if self.program.visit is None:
            return
        if message.source.id == "fields":
            self.draw_question()
            self.show_hints()
        elif not self.inside:
            self.row_highlighted()

    def row_highlighted(self) -> None:
        """Nothing; the cursor stands on another line of the table."""

    def on_resize(self) -> None:
        """Nothing; another size has room for more or for less."""
        if self.program.visit is not None:
            self.call_after_refresh(self.draw_question)

    def language_changed(self) -> None:
        """Nothing; titles follow."""
        if self.program.visit is not None:
            self.show(self.target)

    # Going about

    async def on_virtual_list_chosen(self, message: VirtualList.Chosen) -> None:
        """Nothing; a second click does what Enter does."""
        await self.command_open()

    async def command_open(self) -> None:
        """Nothing; inside a row: opens the field, or goes on to the next."""
        line = self.field
        if line is None:
            await self.open_line()
        elif line.kind == "repeat":
            await self.open_nested(line.path)
        else:
            await self.command_edit()

    async def open_line(self) -> None:
        """Nothing; does what Enter means on the line of the table."""
        self.enter_row()

    async def open_nested(self, path: str) -> None:
        """Nothing; goes to the table inside this row."""
        from assessor_tui.tui.commands import ROWS

        await self.program.go(ROWS, f"{self.form}/{path}")

    async def command_edit(self) -> None:
        """Nothing; opens the field, or goes to the next one where nothing is typed."""
        if self.is_fixed() or not await self.open_answer():
            self.go_on()

    def command_page_down(self) -> None:
        """Nothing; one screen down; scrolls the question where it is longer than its room."""
        self._page(1)

    def command_page_up(self) -> None:
        """Nothing; one screen up."""
        self._page(-1)

    def _page(self, pages: int) -> None:
        card = self.query_one("#question", Card)
        if self.inside and card.display and card.max_scroll_y > 0:
            card.scroll_page(pages)
        elif (rows := self.the_list()) is not None:
            rows.action_page(pages)

    def command_next_field(self) -> None:
        """Nothing; the next field; from the table, into the row."""
        self.go_on()

    def command_previous_field(self) -> None:
        """Nothing; the field before."""
        self.go_on(-1)

    def go_on(self, step: int = 1) -> None:
        """Nothing; the cursor goes to the next field, or (-1) to the one before; from the table, into the row."""
        if not self.inside:
            self.enter_row()
            return
        before = self.fields.cursor
        self.fields.action_cursor(step)
        if self.fields.cursor == before and step > 0:
            self.say(_("This is the last field. Backspace goes back to the table."))

    async def command_back(self) -> None:
        """Nothing; out of the row, else back to where one came from."""
        if self.inside:
            self.leave_row()
        else:
            await super().command_back()

    async def command_open_question(self) -> None:
        """Nothing; goes to the question in the walk."""
        if self.subject() is None:
            self.say(_("Choose a question or a row first."), "bold $doubt")
            return
        path = self.question_path or next((line.path for line in self.fields.rows if line.kind == "question"), "")
        await self.program.go(WALK, f"{self.form}/{path or self.row}")

    def command_history(self) -> None:
        """Nothing; who answered what, when and why."""
        from assessor_tui.tui.windows.history import History

        subject = self.subject()
        if self.onlookers:
            self.say(_("History is hidden. The same key as before shows it again."), "bold $doubt")
        elif subject is None:
            self.say(_("Choose a question or a row first."), "bold $doubt")
        else:
            self.app.push_screen(History(self.visit, *subject, language()))

    # Answering

    def command_answer(self, key: str) -> None:
        """Nothing; the choice of this digit."""
        if self.is_slip(key):
            return
        if self.here is None:
            self.say(_("Enter opens the row; there a digit answers."), "bold $doubt")
        else:
            super().command_answer(key)

    def reasons_not_applicable(self) -> Sequence[str]:
        """What assessors write most often about a field of a row."""
        return (_("does not exist here"), _("not in operation in the period"), _("belongs to somebody else"))

    # In a table 0, minus and plus stand for other commands, so these have names of their own.
    command_row_clear = AnsweringPage.command_clear
    command_row_not_applicable = AnsweringPage.command_not_applicable
    command_row_to_come = AnsweringPage.command_to_come

    def field_parent(self) -> Widget:
        """Under the question, where it is shown; else under the fields."""
        asked = self.query_one("#asked")
        return asked if asked.display else self.query_one("#lower")

    def focus_again(self) -> Widget | None:
        """The list that the cursor moves in."""
        return self.fields if self.inside else self.table

    def show_prompt(self) -> None:
        """Nothing; says over the field what is typed in it, and its keys."""
        accent = "bold $accent-text"
        line = self.query_one("#prompt", StatusLine)
        if self.typing is not None and self.typing.several:
            title = _("Note") if self.typing.what == NOTE else ""
            line.say((title, "bold"), "  ", ("Ctrl+S", accent), f" {_('or')} ", ("Tab", accent), f" {_('save')}   ",
                     ("Esc", accent), f" {_('leave')}")  # fmt: skip
            return
        question = self.state.question
        pieces: list[Any] = self.read_back()
        if question.units:
            pieces += [(safe(unit_name(self.unit, language())), "bold"), "   "]
            if len(question.units) > 1:
                pieces += [("Up/Down", accent), f" {_('unit')}   "]
        elif question.type == "date" and shows(question) == "day":
            pieces += [(_("2026-11-12, 12/11/2026 or 12"), "$muted"), "   "]
        elif shown := example(question):
            pieces += [(shown, "$muted"), "   "]
        pieces += [("Enter", accent), f" {_('save and go on')}   ", ("Esc", accent), f" {_('leave')}"]
        line.say(*pieces)
