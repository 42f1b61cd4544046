"""The tables of a visit: first all of them, then one with its rows, and the fields of the row under the cursor."""

from typing import TYPE_CHECKING, Any, ClassVar, NamedTuple

from textual import events
from textual.content import Content

from assessor_tui.form.model import Question, Repeat, in_language
from assessor_tui.i18n import _, language, ngettext
from assessor_tui.ledger import entry as acts
from assessor_tui.tui.commands import FINDINGS, ROWS, bindings
from assessor_tui.tui.pages.answering import UNIT_KEYS
from assessor_tui.tui.pages.row_edit import ColumnHeads, RowPage, TitleLine
from assessor_tui.tui.pages.row_lines import NUMBER, STATE
from assessor_tui.tui.widgets.glyphs import mark
from assessor_tui.tui.widgets.text import content, fit, left_right, safe, width_of
from assessor_tui.tui.widgets.virtual_list import Column, column_widths

if TYPE_CHECKING:
    from assessor_tui.tui.pages.row_lines import TableLine
    from assessor_tui.visit import Recorded, Visit


_IN_A_TABLE = ("add_row", "copy_row", "remove_row", "import_rows", "months", "checked")
"""Commands that need a table."""


class Listed(NamedTuple):
    """One line of the list of all tables: a form's heading, or a table."""

    kind: str
    """``form`` or ``table``."""
    form: str
    path: str = ""
    number: str = ""
    label: str = ""
    said: str = ""
    state: str = ""


class RowsScreen(RowPage):
    """All tables, or one of them."""

    PLACE = ROWS
    BINDINGS: ClassVar[list[Any]] = [
        *bindings(ROWS),
        *UNIT_KEYS,
    ]

    def __init__(self) -> None:
        super().__init__()
        self.repeat = ""
        """Path of the table that is shown; ``""`` for the list of all tables."""
        self.sorted_by: int | None = None
        """Index of the cell the rows are sorted by; None: as they were added."""
        self.questions: list[Question] = []
        self.columns: dict[int, Column] = {}
        self._widths: tuple[int, ...] = ()
        self._widths_for = -1
        self._listed_at = 0
        self._jumped = False
        """True when the person came from another page straight to this table, so that back leads there again."""

    def is_heading(self, row: Any) -> bool:
        """True for a form's heading in the list of tables."""
        return isinstance(row, Listed) and row.kind == "form"

    def draw_row(self, row: Any, width: int, cursor: bool) -> Content:
        """A table in the list of tables, or a row of a table."""
        from assessor_tui.tui.pages.row_lines import draw_table_line

        if isinstance(row, Listed):
            return draw_listed(row, width, cursor)
        if width != self._widths_for:
            self._widths, self._widths_for = column_widths(tuple(self.columns.values()), width), width
        return draw_table_line(row, self.columns, self._widths, cursor)

    # Drawing

    def show(self, target: str = "") -> None:
        """Nothing; draws the list of tables, or the table, row or question at ``target``."""
        wanted = target or self.target
        self._jumped = bool(target)
        form, _slash, path = wanted.partition("/")
        inner = "[" in path and form in self.visit.forms and self._is_there(form, path)
        repeat, row, question = (path, "", "") if inner else _parts(path)
        if form not in self.visit.forms or not self._is_there(form, repeat):
            self._show_tables()
            return
        if row and not self._is_row(form, repeat, row):
            row = question = ""
        same = (form, repeat) == (self.form, self.repeat)
        self.form, self.repeat = form, repeat
        if not same:
            self.sorted_by = None
        if (target or not same) and self.inside and not question:
            self.inside = False
            self.remove_class("-inside")
        self.remove_class("-alone")
        self._show_table(row)
        if question:
            self.enter_row(question)

    def _is_there(self, form: str, repeat: str) -> bool:
        try:
            self.visit.filling(form).rows(repeat)
        except KeyError:
            return False
        return True

    def _is_row(self, form: str, repeat: str, row: str) -> bool:
        return row.rpartition("[")[2].rstrip("]") in self.visit.filling(form).rows(repeat)

    def _show_tables(self, at: str = "") -> None:
        """Shows the list of all tables, the cursor on the one at ``form/path``."""
        self.repeat = self.row = self.target = ""
        self.inside = False
        self.remove_class("-inside")
        self.add_class("-alone")
        rows = listed_tables(self.visit, language())
        cursor = next((index for index, each in enumerate(rows) if f"{each.form}/{each.path}" == at), None)
        self.table.set_rows(rows, self._listed_at if cursor is None else cursor)
        self.set_focus(self.table)
        self.show_title()
        self.show_hints()
        self.show_header()

    def _show_table(self, row: str = "") -> None:
        from assessor_tui.tui.pages.row_lines import shown_questions, table_columns, table_lines
        from assessor_tui.tui.shown.rows import repeat_at

        node = repeat_at(self.visit, self.form, self.repeat)
        assert isinstance(node, Repeat)
        tag = language()
        self.questions = shown_questions(self.visit, self.form, node)
        lines = table_lines(self.visit, self.form, self.repeat, self.questions, tag)
        room = max((self.table.size.width or self.size.width) - 3, 20)
        self.columns = table_columns(self.questions, lines, tag, _("Row"), room)
        self._widths_for = -1
        lines = self._sorted(lines)
        wanted = row or self.row
        cursor = next((index for index, line in enumerate(lines) if line.path == wanted), None)
        self.table.empty = self._empty(node)
        self.table.set_rows(lines, min(max(self.table.cursor, 0), len(lines) - 1) if cursor is None else cursor)
        order = list(self.columns)
        at = order.index(self.sorted_by) if self.sorted_by in order else -1
        self.query_one("#heads", ColumnHeads).show(tuple(self.columns.values()), at)
        here = self.table.row
        if self.inside and (here is None or here.path != self.row):
            self.row = ""
            self.leave_row()
        self.show_row(here.path if here is not None else "")
        if here is None:
            self.target = f"{self.form}/{self.repeat}"
        self.set_focus(self.fields if self.inside else self.table)
        self.show_title()
        self.show_hints()
        self.show_header()

    def _empty(self, node: Repeat) -> str:
        if node.repeat_count:
            return _("No rows: their number follows from another answer.")
        from assessor_tui.assess.months import missing_rows

        if months := len(missing_rows(self.filling, node, self.repeat)):
            said = ngettext(
                "No rows yet. F8 opens its {count} month; rows can be pasted from a spreadsheet.",
                "No rows yet. F8 opens its {count} months; rows can be pasted from a spreadsheet.",
                months,
            )
            return said.format(count=months)
        return _("No rows yet: press + to add the first one, or paste rows from a spreadsheet.")

    def _sorted(self, lines: "list[TableLine]") -> "list[TableLine]":
        by = self.sorted_by
        if by is None:
            return lines
        if by == STATE:
            order = ("returned", "conflict", "problem", "missing", "warning", "answered")
            return sorted(lines, key=lambda line: (order.index(line.state), line.said))
        if by == NUMBER:
            return sorted(lines, key=lambda line: line.number)
        return sorted(lines, key=lambda line: line.keys[by])

    def show_title(self) -> None:
        """Nothing; which table, how many rows, how many with gaps."""
        line = self.query_one("#title", TitleLine)
        self.set_class(not self.repeat or not self.table.rows, "-headless")
        if not self.repeat:
            count = sum(each.kind == "table" for each in self.table.rows)
            line.show(
                ((_("Tables"), "bold"),), (ngettext("{count} table", "{count} tables", count).format(count=count),)
            )
            return
        from assessor_tui.tui.shown.rows import own_number, row_around, row_name, spoken_number

        label = self.filling.label(self.repeat, language())
        number = own_number(self.visit, self.form, self.repeat)
        around = row_around(self.repeat)
        left: list[Any] = []
        if around:
            called = (spoken_number(self.visit, self.form, around), row_name(self.visit, self.form, around))
            left += [f"{safe(' '.join(each for each in called if each))}  > "]
        left += [(safe(f"{number}  {label}".strip()), "bold")]
        rows: list[TableLine] = list(self.table.rows)
        if self.inside and self.has_class("-narrow") and self.table.row is not None:
            here = self.table.row
            left += [f"  > {here.number}  {safe(row_name(self.visit, self.form, here.path))}"]
            line.show(tuple(left), ((f"{mark(here.state)} {here.said}", ""),))
            return
        parts = [ngettext("{count} row", "{count} rows", len(rows)).format(count=len(rows))]
        for state, words in (("problem", _("{count} wrong")), ("missing", _("{count} with gaps"))):
            if count := sum(each.state == state for each in rows):
                parts.append(words.format(count=count))
        line.show(tuple(left), ("   ".join(parts),))

    def not_in_table(self) -> tuple[str, ...]:
        """As ``RowPage``; in the list of all tables nothing can be added."""
        away = (*super().not_in_table(), "flag")
        if not self.repeat:
            return (*away, *_IN_A_TABLE, "note", "photo", "document", "finding", "open_question")
        from assessor_tui.assess.months import month_table

        if month_table(self._node()) is None:
            away = (*away, "months")
        return away if self.table.rows else (*away, "copy_row", "remove_row", "checked", "open")

    def table_labels(self) -> dict[str, str]:
        """As ``RowPage``."""
        return {"open": _("edit row") if self.repeat else _("open")}

    def row_highlighted(self) -> None:
        """Nothing; shows the fields of the row under the cursor."""
        row = self.table.row
        if not self.repeat:
            self._listed_at = self.table.cursor
        elif row is not None and row.path != self.row:
            self.show_row(row.path)

    def changed(self, recorded: "Recorded") -> None:
        """Nothing; draws the table again, or the list when the table is gone."""
        if not self.repeat or not self._is_there(self.form, self.repeat):
            self._show_tables()
        else:
            self._show_table()

    def undone(self, recorded: "Recorded") -> None:
        """Nothing; the cursor goes to the row that came back."""
        entry = recorded.entries[0][1]
        if entry.form == self.form and self.repeat and entry.path.startswith(f"{self.repeat}["):
            row = entry.path[: len(self.repeat) + 34]
            if self._is_row(self.form, self.repeat, row):
                self._show_table(row)

    # Doing

    def why_not(self, command_id: str) -> str:
        """Why a row cannot be added or taken away here."""
        if command_id not in _IN_A_TABLE or super().why_not(command_id):
            return super().why_not(command_id)
        if not self.repeat:
            return _("Open a table first.")
        if command_id in ("add_row", "import_rows", "months") and self.visit.is_closed(
            self.form, self.repeat, acts.ADD_ROW
        ):
            return _("The visit is signed. Reopen it on the review page to change something.")
        if command_id == "import_rows":
            return ""
        from assessor_tui.tui.shown.rows import repeat_at

        node = repeat_at(self.visit, self.form, self.repeat)
        if node is not None and node.repeat_count:
            return _("The number of rows follows from another answer.")
        if command_id not in ("add_row", "months") and self.table.row is None:
            return _("There is no row here.")
        return ""

    async def open_line(self) -> None:
        """Nothing; opens the table, or goes into the row."""
        row = self.table.row
        if isinstance(row, Listed):
            if row.form == self.visit.scheme.findings_form and row.path == "findings":
                await self.program.go(FINDINGS)
                return
            self.show(f"{row.form}/{row.path}")
            self._jumped = False
        elif row is not None:
            self.enter_row()
        elif self.repeat:
            await self.action_command("add_row")

    def command_add_row(self) -> None:
        """Nothing; a new row, the cursor in its first field. From a row that is still empty no further one is added."""
        if self.inside and self._is_empty():
            self.enter_row()
            self.say(_("This row is still empty: fill it in, or take it back with Ctrl+Z."))
            return
        self.record(acts.ADD_ROW, self.form, self.repeat, then=self._added)

    def _is_empty(self) -> bool:
        """True while nothing stands in the row the cursor is in."""
        state, start = self.visit.state, f"{self.row}/"
        if state.notes(self.form, self.row) or state.evidence(self.form, self.row):
            return False
        return not any(path.startswith(start) for path in state.answers(self.form))

    def _added(self, recorded: "Recorded") -> None:
        row = recorded.entries[0][1].path
        self._show_table(row)
        self.enter_row()
        self.status(
            (f"{mark('answered')} ", "bold $good"),
            _("row {number} added").format(number=self.table.row.number if self.table.row else ""), "  ",
            ("Ctrl+Z", "bold $accent-text"), f" {_('takes it back')}",
        )  # fmt: skip

    def command_copy_row(self) -> None:
        """Nothing; a new row with the answers of this one, besides those that tell rows apart."""
        from assessor_tui.tui.shown.rows import repeat_at

        source = self.table.row
        node = repeat_at(self.visit, self.form, self.repeat)
        if source is None or node is None:
            return
        taken = answers_to_copy(self.visit, self.form, source.path, node.key)

        def added(recorded: "Recorded") -> None:
            row = recorded.entries[0][1].path
            self._show_table(row)
            self.enter_row()
            left_out = _(", ").join(self.filling.label(f"{row}/{name}", language()) for name in node.key)
            said = _("Copied as {number}.").format(number=self.table.row.number if self.table.row else "")
            if left_out:
                said += " " + _("Still to fill in: {fields}.").format(fields=left_out)
            self.say(said)

        recorded = self.visit.add_row(self.form, self.repeat, taken)
        self.did(recorded)
        if recorded.entries:
            added(recorded)

    def command_remove_row(self) -> None:
        """Nothing; takes the row away; undo brings it back."""
        row = self.table.row
        if row is None:
            return
        from assessor_tui.tui.shown.rows import row_name

        said = _("{number} {row} was taken away. Ctrl+Z brings it back.")
        said = said.format(number=row.number, row=row_name(self.visit, self.form, row.path))
        self.record(acts.REMOVE_ROW, self.form, row.path, then=lambda recorded: self.say(said))

    async def on_paste(self, event: events.Paste) -> None:
        """Nothing; rows copied from a spreadsheet are looked at and taken."""
        if self.program.visit is None or self.typing is not None or not event.text.strip():
            return
        event.stop()
        if reason := self.why_not("import_rows"):
            self.say(reason, "bold $doubt")
            return
        from assessor_tui.tui.pages.row_import import paste

        await paste(self, event.text)

    async def command_import_rows(self) -> None:
        """Nothing; asks for a file with rows, shows what it comes to, and takes it."""
        from assessor_tui.tui.pages.row_import import choose_file

        await choose_file(self)

    def command_months(self) -> None:
        """Nothing; a row for every month of the period that has none yet, in one act."""
        from assessor_tui.assess.months import missing_rows

        rows = missing_rows(self.filling, self._node(), self.repeat)
        if not rows:
            self.say(self._why_no_months(), "bold $doubt")
            return
        recorded = self.visit.fill_rows(self.form, self.repeat, rows)
        self.did(recorded)
        if recorded.entries:
            said = ngettext("{count} month added.", "{count} months added.", len(rows)).format(count=len(rows))
            self.say(f"{said} {_('Ctrl+Z takes them back.')}")

    def command_checked(self) -> None:
        """Nothing; records that the row was checked against the original, or takes that back."""
        from assessor_tui.ledger.value import Evidence
        from assessor_tui.tui.shown.rows import checks_of

        row = self.table.row
        if row is None:
            return
        checks = checks_of(self.visit, self.form, row.path)
        if checks:
            for digest, entry in checks:
                named = (acts.reference(entry.device, entry.seq, digest),)
                self.record(acts.DETACH, self.form, row.path, replaces=named)
            self.say(_("{number} does not count as checked any more.").format(number=row.number))
            return
        seen = Evidence("original_seen", {"date": self.visit.today})

        def done(recorded: "Recorded") -> None:
            said = _("{number} was checked against the original. The same key takes it back.")
            self.say(said.format(number=row.number))

        self.record(acts.ATTACH, self.form, row.path, seen, then=done)

    def _why_no_months(self) -> str:
        from assessor_tui.assess.months import month_table, period
        from assessor_tui.tui.shown.rows import own_number

        table = month_table(self._node())
        if table is None:
            return _("This table has no months.")
        for path, day in zip((table.first, table.last), period(self.filling, table), strict=True):
            if not day:
                number = own_number(self.visit, self.form, path)
                return _("Answer {number} first: the period gives the months.").format(number=number)
        if table.each and not self.filling.rows(table.each):
            number = own_number(self.visit, self.form, table.each)
            return _("Add a row to {number} first: each of them has its months.").format(number=number)
        return _("Every month of the period has its row.")

    def _node(self) -> Repeat:
        from assessor_tui.tui.shown.rows import repeat_at

        node = repeat_at(self.visit, self.form, self.repeat)
        assert isinstance(node, Repeat)
        return node

    def command_sort(self) -> None:
        """Nothing; sorts by the next column that is shown; after the last as the rows were added."""
        if not self.repeat or not self.table.rows:
            self.say(_("There is nothing to sort."), "bold $doubt")
            return
        order: list[int | None] = [*self.columns, None]
        self.sorted_by = order[(order.index(self.sorted_by) + 1) % len(order)] if self.sorted_by in order else None
        self._show_table(self.row)
        if self.sorted_by is None:
            self.say(_("In the order in which they were added."))
        else:
            self.say(_("Sorted by {column}.").format(column=self.columns[self.sorted_by].title))

    async def command_back(self) -> None:
        """Nothing; out of the row, to the table around, to the list of tables, then to where one came from."""
        from assessor_tui.tui.shown.rows import row_around

        if self.inside:
            self.leave_row()
        elif around := row_around(self.repeat):
            inner = self.repeat
            jumped = self._jumped
            self.show(f"{self.form}/{around}")
            self.enter_row(inner)
            self._jumped = jumped
        elif self.repeat and not self._jumped:
            self._show_tables(f"{self.form}/{self.repeat}")
        else:
            await super().command_back()

    def on_resize(self) -> None:
        """Nothing; another width has room for other columns."""
        super().on_resize()
        if self.program.visit is not None and self.repeat:
            self.call_after_refresh(self._show_table)


def _parts(path: str) -> tuple[str, str, str]:
    """Table, row and question of a path in a table; the last two may be ``""``."""
    if "[" not in path:
        return path, "", ""
    end = path.rindex("]") + 1
    rest = path[end:].lstrip("/")
    row = path[:end]
    return row[: row.rindex("[")], row, path if rest else ""


def listed_tables(visit: "Visit", tag: str) -> list[Listed]:
    """All tables that apply, by form."""
    from assessor_tui.tui.pages.row_lines import row_states

    found: list[Listed] = []
    for form, definition in visit.forms.items():
        filling = visit.filling(form)
        items = list(filling.items())
        tables = []
        for item in items:
            if item.kind != "repeat" or "[" in item.path or not isinstance(item.node, Repeat):
                continue
            states = row_states(visit, form, item.path, items, tag)
            gaps = sum(state != "answered" for state in states)
            said = ngettext("{count} row", "{count} rows", len(states)).format(count=len(states))
            if gaps:
                said += "  " + _("{count} with gaps").format(count=gaps)
            state = "problem" if item.path in filling.problems else "missing" if gaps or not states else "answered"
            label = filling.label(item.path, tag)
            tables.append(Listed("table", form, item.path, item.node.number, label, said if states else "-", state))
        if tables:
            title = in_language(definition.title, tag)
            found += [Listed("form", form, label=f"{definition.number}  {title}".strip()), *tables]
    return found


def draw_listed(row: Listed, width: int, cursor: bool) -> Content:
    """A form's heading, or a table with how many rows it has."""
    if row.kind == "form":
        return content((safe(row.label), "bold $accent-text"))
    style = {"answered": "$good", "problem": "$bad"}.get(row.state, "$muted")
    left = content(
        (f"{mark(row.state)} ", "" if cursor else style), (fit(row.number, max(7, width_of(row.number))), "$muted")
    )
    return left_right(left.append(f" {safe(row.label)}"), content((safe(row.said), "" if cursor else "$muted")), width)


def answers_to_copy(visit: "Visit", form: str, row_path: str, leave: tuple[str, ...]) -> dict[str, Any]:
    """Question name -> answer of a row, as far as a copy of the row should have it."""
    from assessor_tui.tui.pages.row_lines import inside_row

    filling = visit.filling(form)
    taken: dict[str, Any] = {}
    for item in inside_row(list(filling.items()), row_path):
        if not isinstance(item.node, Question) or item.node.type in ("calculate", "note", "file"):
            continue
        now = filling.state(item.path)
        if now.status == "answered" and not now.read_only and item.node.name not in leave:
            taken[item.node.name] = now.value
    return taken
