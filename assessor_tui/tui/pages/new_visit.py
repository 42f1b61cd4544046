"""A new visit: only what cannot be asked later."""

from datetime import datetime
from typing import TYPE_CHECKING, Any, ClassVar

from textual import work
from textual.binding import Binding
from textual.containers import Horizontal
from textual.content import Content
from textual.message import Message
from textual.widget import Widget

from assessor_tui.form.model import in_language
from assessor_tui.i18n import N_, _, language
from assessor_tui.ledger.typed import date_of
from assessor_tui.ledger.value import Value
from assessor_tui.tui.entry_text import no_date
from assessor_tui.tui.widgets.field import Done, Draft, LineField
from assessor_tui.tui.widgets.hint_bar import LineBar
from assessor_tui.tui.widgets.text import Piece, content, safe
from assessor_tui.tui.widgets.virtual_list import VirtualList
from assessor_tui.tui.windows import take_forms
from assessor_tui.tui.windows.dialog import Dialog

if TYPE_CHECKING:
    from assessor_tui.tui.app import AssessorApp
    from assessor_tui.visit import Materials

FIELDS = (
    ("site_name_en", N_("Site, English name")),
    ("site_name_zh", N_("Site, Chinese name")),
    ("registered_number", N_("Registered number")),
    ("applicant", N_("Applicant")),
    ("visit_date", N_("First day on site")),
)
DRAFT = "draft:new visit"
"""Key of the laptop's local state that keeps what is being typed."""


class Label(LineBar):
    """The name of a field."""

    DEFAULT_CSS = "Label { width: 22; background: $surface; color: $muted; }"

    def __init__(self, text: str) -> None:
        super().__init__()
        self.text = text

    def line(self, width: int) -> list[Piece]:
        """The name."""
        return [safe(self.text)]


class FieldRow(Horizontal):
    """A field with its name."""

    LINES = 2


class Ready(Message):
    """The schemes and forms have been read, or cannot be."""

    def __init__(self, materials: "list[Materials]", problem: str = "") -> None:
        super().__init__()
        self.materials = materials
        self.problem = problem


class Created(Message):
    """The visit stands in the ledger."""

    def __init__(self, visit_id: str) -> None:
        super().__init__()
        self.visit_id = visit_id


class NewVisit(Dialog[str | None]):
    """Fields for the site and a list of categories; the result is the id of the visit that was made."""

    DEFAULT_CSS = """
    NewVisit FieldRow { height: 2; width: 1fr; }
    NewVisit #categories { margin: 0 0 1 0; }
    """
    BINDINGS: ClassVar[list[Any]] = [
        Binding("down", "move(1)", show=False),
        Binding("up", "move(-1)", show=False),
        *(Binding(str(digit), f"take({digit})", show=False) for digit in range(1, 10)),
        Binding("shift+tab", "move(-1)", show=False),
        Binding("ctrl+s", "create", show=False),
    ]

    def __init__(self, program: "AssessorApp") -> None:
        super().__init__(_("New visit"), _("Only what cannot be asked later. Enter goes to the next line."))
        self.program = program
        self.choices: list[tuple[Materials, str]] = []
        self.busy = False

    def hint(self) -> str:
        """The keys of the window."""
        return _("Enter next   Up/Down move   Esc close and keep as a draft")

    def body(self) -> list[Widget]:
        """The fields and the categories."""
        drafts = self.program.store.local("", DRAFT, {})
        today = datetime.now().date().isoformat()  # noqa: DTZ005 - the day on the person's own calendar
        rows: list[Widget] = []
        for name, label in FIELDS:
            start = drafts.get(name, today if name == "visit_date" else "")
            rows.append(FieldRow(Label(_(label)), LineField(start, subject=name, id=name)))
        rows.append(FieldRow(Label(_("Category applied for"))))
        rows.append(VirtualList(self._draw, (), empty=_("The checklists are being read ..."), id="categories"))
        return rows

    def on_mount(self) -> None:
        """Nothing; starts reading the forms while the person types."""
        self.set_focus(self.query_one(f"#{FIELDS[0][0]}"))
        self._read()

    def list_lines(self) -> int:
        """As many categories as schemes usually have."""
        return 4

    def _draw(self, choice: "tuple[Materials, str]", width: int, cursor: bool) -> Content:
        index = self.choices.index(choice) + 1
        materials, name = choice
        category = next(each for each in materials.scheme.categories if each.name == name)
        digit = str(index) if index <= 9 else " "
        return content((f"{digit} ", "bold $accent-text"), safe(in_language(category.label, language())))

    @work(thread=True)
    def _read(self) -> None:
        try:
            self.post_message(Ready(take_forms.materials_of(self.program.store)))
        except Exception as error:
            self.post_message(Ready([], take_forms.said(error)))

    def on_ready(self, message: Ready) -> None:
        """Nothing; shows the categories."""
        message.stop()
        if message.problem:
            self.say(message.problem)
        self.choices = [(each, category.name) for each in message.materials for category in each.scheme.categories]
        categories = self.query_one("#categories", VirtualList)
        categories.styles.height = max(min(len(self.choices), 6), 1)
        categories.set_rows(self.choices, 0)

    # Going through the fields

    def on_draft(self, message: Draft) -> None:
        """Nothing; keeps what is typed."""
        message.stop()
        self._keep(message.source.subject, message.text)

    def _keep(self, name: str, text: str) -> None:
        drafts = self.program.store.local("", DRAFT, {})
        self.program.store.set_local("", DRAFT, {**drafts, name: text})

    def on_done(self, message: Done) -> None:
        """Nothing; the next field, or out."""
        message.stop()
        if message.how == "escape":
            if message.text != message.source.first:
                self._keep(message.source.subject, message.text)
            self.dismiss(None)
        elif message.how == "save":
            self.action_create()
        elif message.how != "blur":  # a click has chosen the next field already
            self.action_move(-1 if message.how == "previous" else 1)

    def action_move(self, step: int) -> None:
        """Nothing; the field above or below; within the categories, the category."""
        ids = [name for name, _label in FIELDS]
        focused = self.focused
        categories = self.query_one("#categories", VirtualList)
        if focused is categories:
            if step > 0 or categories.cursor > 0:
                categories.action_cursor(step)
            else:
                self.set_focus(self.query_one(f"#{ids[-1]}"))
            return
        at = ids.index(focused.id) if focused is not None and focused.id in ids else -1
        if at + step >= len(ids):
            self.set_focus(categories)
            self.say(_("1-9 or Enter choose the category and start the visit   Esc close"))
        else:
            self.set_focus(self.query_one(f"#{ids[max(at + step, 0)]}"))

    def action_take(self, number: int) -> None:
        """Nothing; the category of this digit."""
        if 1 <= number <= len(self.choices):
            self.query_one("#categories", VirtualList).move_cursor(number - 1)
            self.action_create()

    def on_virtual_list_chosen(self, message: VirtualList.Chosen) -> None:
        """Nothing; starts the visit with the chosen category."""
        message.stop()
        self.action_create()

    def action_create(self) -> None:
        """Nothing; starts the visit, or says what is missing."""
        if self.busy:
            return
        typed = {name: self.query_one(f"#{name}", LineField).value.strip() for name, _label in FIELDS}
        if not typed["site_name_en"] and not typed["site_name_zh"]:
            self._wrong("site_name_en", _("The site needs a name, in English or in Chinese."))
            return
        try:
            typed["visit_date"] = date_of(typed["visit_date"], datetime.now().date().isoformat())  # noqa: DTZ005
        except ValueError:
            self._wrong("visit_date", no_date())
            return
        categories = self.query_one("#categories", VirtualList)
        if categories.row is None:
            self.say(_("The checklists are still being read; one moment."))
            return
        materials, category = categories.row
        self.busy = True
        self.say(_("The visit is being made ..."))
        self._create(materials, answers_of(materials, typed, category))

    def _wrong(self, name: str, words: str) -> None:
        self.set_focus(self.query_one(f"#{name}"))
        self.say(words)

    @work(thread=True)
    def _create(self, materials: "Materials", answers: dict[str, Value]) -> None:
        from assessor_tui.visit import create_visit

        program = self.program
        try:
            visit = create_visit(program.store, materials, answers, new_id=program.new_id, language=program.language)
            program.store.set_local("", DRAFT, None)
        except Exception as error:
            self.busy = False
            self.app.call_from_thread(self.say, take_forms.said(error))
        else:
            self.post_message(Created(visit.id))

    def on_created(self, message: Created) -> None:
        """Nothing; closes the window with the visit's id."""
        message.stop()
        self.dismiss(message.visit_id)


def answers_of(materials: "Materials", typed: dict[str, str], category: str) -> dict[str, Value]:
    """The header's first answers out of what was typed."""
    from assessor_tui.form.model import questions
    from assessor_tui.ledger.entry import clean

    header = materials.forms[materials.scheme.header_form][0]
    known = {path for path, _question in questions(header)}
    applicant = clean(typed.pop("applicant"))
    if applicant:
        typed["applicant_name_en" if applicant.isascii() else "applicant_name_zh"] = applicant
    answers: dict[str, Value] = {name: clean(text) for name, text in typed.items() if text and name in known}
    asked = materials.scheme.category_question.partition("/")[2]
    if asked in known:
        answers[asked] = (category,)
    return answers
