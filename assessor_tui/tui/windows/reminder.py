"""The reminder to send: in whose language, to whom, copied with one key or written to a file."""

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any, ClassVar, cast

from textual.binding import Binding
from textual.widget import Widget

from assessor_tui.assess.board import Line, addressees, owed
from assessor_tui.assess.documents import Document
from assessor_tui.i18n import LANGUAGE_NAMES, LANGUAGES, _, language
from assessor_tui.reports.reminder import SITE, reminder, site_of
from assessor_tui.tui.widgets.card import Card, Part, Remark, TextPage, page_lines
from assessor_tui.tui.windows.dialog import Dialog

if TYPE_CHECKING:
    from assessor_tui.tui.app import AssessorApp

WRITTEN_TO = "reminder folder"
"""Local state: the folder used last."""


class _Text(Card):
    """The text, in a window that does not change its height with it."""

    def lines_at(self, width: int) -> int:
        """Always the same."""
        return 18


class Reminder(Dialog[None]):
    """Shows the reminder of one visit."""

    BINDINGS: ClassVar[list[Any]] = [
        Binding("enter", "copy", show=False),
        Binding("ctrl+s", "write", show=False),
        Binding("space,l", "language", show=False),
        Binding("right", "whom(1)", show=False),
        Binding("left", "whom(-1)", show=False),
        Binding("down", "scroll_by(1)", show=False),
        Binding("up", "scroll_by(-1)", show=False),
    ]

    def __init__(self, line: Line, today: str, sender: str, documents: Sequence[Document] = ()) -> None:
        super().__init__(_("Reminder"))
        self.line, self.today, self.sender = line, today, sender
        self.tag = language()
        self.documents = documents
        site = (SITE,) if any(each.open for each in documents) else ()
        self.everybody = ("", *addressees(owed(line, today)), *site)
        self.whom = ""

    @property
    def words(self) -> str:
        """The text as it would be sent."""
        return reminder(self.line, self.tag, self.today, self.whom, self.sender, self.documents)

    def hint(self) -> str:
        """The keys of the window."""
        return _("Enter copy  Ctrl+S file  Space language  Left/Right whom  Esc close")

    def body(self) -> Sequence[Widget]:
        """For whom, in which language, and the text."""
        return (_Text(self._page(), lines=page_lines, id="reminder"),)

    def _page(self) -> TextPage:
        to = _("the site") if self.whom == SITE else self.whom or _("everybody")
        about = Remark(f"{_('To {name}').format(name=to)}   {LANGUAGE_NAMES[self.tag]}")
        lines = tuple(Remark(each or " ") for each in self.words.split("\n"))
        return TextPage("", (Part(about.text, lines),))

    def _show(self) -> None:
        self.query_one("#reminder", Card).show(self._page())
        self.say("")

    def action_language(self) -> None:
        """Nothing; the text in the next language."""
        self.tag = LANGUAGES[(LANGUAGES.index(self.tag) + 1) % len(LANGUAGES)]
        self._show()

    def action_whom(self, step: int) -> None:
        """Nothing; the text for the next who owes something, or for everybody."""
        self.whom = self.everybody[(self.everybody.index(self.whom) + step) % len(self.everybody)]
        self._show()

    def action_scroll_by(self, lines: int) -> None:
        """Nothing; scrolls by lines."""
        card = self.query_one("#reminder", Card)
        card.scroll_to(y=card.scroll_offset.y + lines, animate=False, immediate=True)

    def action_copy(self) -> None:
        """Nothing; hands the text to the terminal's clipboard."""
        self.app.copy_to_clipboard(self.words)
        self.say(_("Copied. Where the terminal has no clipboard, Ctrl+S writes it to a file."))

    async def action_write(self) -> None:
        """Nothing; asks for a folder and writes the text there."""
        from assessor_tui.tui.windows.bundles import failure_sentence
        from assessor_tui.tui.windows.pick_path import PickPath, first_place

        program = cast("AssessorApp", self.app)

        def chosen(folders: tuple[Path, ...] | None) -> None:
            if not folders:
                return
            from assessor_tui.reports.html import file_name, write_text

            name = file_name(
                "-".join(each for each in (site_of(self.line, self.tag), self.whom.strip(SITE), "reminder") if each)
            )
            path = folders[0] / f"{name}.txt"
            try:
                folders[0].mkdir(parents=True, exist_ok=True)
                write_text(path, self.words + "\n")
            except OSError as error:
                self.say(failure_sentence(error))
                return
            program.store.set_local("", WRITTEN_TO, str(folders[0]))
            self.say(_("Written to {file}").format(file=path))

        start = first_place(program.store.local("", WRITTEN_TO, ""), Path.home(), Path.cwd())
        await self.app.push_screen(PickPath(_("Reminder: into which folder?"), start=start, folder=True), chosen)
