"""Windows that tie evidence to a question or row: a file, or a record of what was seen and not copied."""

import asyncio
import stat
from collections.abc import Callable, Coroutine
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from assessor_tui.evidence import files, inbox
from assessor_tui.i18n import _
from assessor_tui.ledger import entry as acts
from assessor_tui.ledger.value import Evidence
from assessor_tui.tui.windows.dialog import AskText, Choose, Option
from assessor_tui.tui.windows.fields_dialog import Asked, AskFields
from assessor_tui.tui.windows.file_dialog import PickFile
from assessor_tui.tui.windows.places import usual_places

if TYPE_CHECKING:
    from assessor_tui.tui.visit_screen import VisitScreen

PHOTO, DOCUMENT = "photo", "document"
RECORDS = ("original_seen", "interview", "measured", "recomputed")

PICTURES = frozenset({".jpg", ".jpeg", ".png", ".webp", ".heic", ".heif"})
PAPERS = frozenset({".pdf", ".txt", ".csv", ".xlsx", ".docx"})

LAST_FOLDER = "evidence folder"
"""Key of the laptop's local state: where the last file was taken from."""


async def add_evidence(screen: "VisitScreen", form: str, path: str, kind: str = "") -> None:
    """Nothing; asks for a photo, a document or a record and ties it to the question or row at ``path``.

    ``kind`` ``photo`` opens the list of pictures at once; ``document`` or ``""`` asks first what it is. A form and
    path of ``""`` make a jot, tied to nothing yet.
    """
    if screen.visit.is_closed(form, path, acts.ATTACH):
        screen.say(_("The visit is signed. Reopen it on the review page to change something."), "bold $doubt")
    elif kind == PHOTO:
        await _pick(screen, form, path, PHOTO)
    else:
        await _ask_kind(screen, form, path)


def demanded(screen: "VisitScreen", form: str, path: str) -> tuple[str, ...]:
    """Kinds of evidence that the answer at ``path`` demands, as the form names them."""
    from assessor_tui.assess.left import demands_at

    try:
        found = demands_at(screen.visit.filling(form), screen.visit.state, form, path) if form else ()
    except KeyError:  # a row, or a table
        return ()
    return tuple(kind for each in found if each.code == "demand.evidence" for kind in each.parameters["kinds"].split())


async def _ask_kind(screen: "VisitScreen", form: str, path: str) -> None:
    wanted = demanded(screen, form, path)
    options = [
        Option(kind, label, _("demanded here") if kind in wanted else "")
        for kind, label in (
            (DOCUMENT, _("A file: PDF, text, Excel, Word or a picture of a paper")),
            ("original_seen", _("Original seen, not copied")),
            ("interview", _("Interview")),
            ("measured", _("Measured or read off by ourselves")),
            ("recomputed", _("Recomputed by ourselves")),
            (PHOTO, _("A photo")),
        )
    ]

    async def chosen(kind: str | None) -> None:
        if kind in (DOCUMENT, PHOTO):
            await _pick(screen, form, path, kind or "")
        elif kind:
            await _ask_record(screen, form, path, kind)

    await screen.app.push_screen(Choose(_("Document or record"), options, about(screen, form, path)), chosen)


def about(screen: "VisitScreen", form: str, path: str) -> str:
    """What evidence is being tied to, in a line: number and label of the question, or the row."""
    from assessor_tui.i18n import language
    from assessor_tui.tui.shown.rows import place_words

    if not form:
        return _("Tied to nothing yet; it can be tied to a question later.")
    return place_words(screen.visit, form, path, language())


# Files


async def _pick(screen: "VisitScreen", form: str, path: str, kind: str) -> None:
    home = Path.home()
    box = await screen.program.aside(inbox.inbox_of, screen.visit)
    places = await screen.program.aside(usual_places, home, first=(box, home / "Pictures"))
    last = Path(screen.program.store.local("", LAST_FOLDER, "") or "/nowhere")
    try:
        folder = last if stat.S_ISDIR(last.stat().st_mode) else places[0]
    except (OSError, IndexError):
        folder = places[0] if places else Path.cwd()
    endings = PICTURES if kind == PHOTO else PICTURES | PAPERS

    async def picked(file: Path | None) -> None:
        if file is None:
            return
        screen.program.store.set_local("", LAST_FOLDER, str(file.parent))
        await _ask_caption(screen, form, path, kind, file)

    title = _("Photo") if kind == PHOTO else _("Document")
    await screen.app.push_screen(
        PickFile(title, folder, endings, about(screen, form, path), places=places, refuse=refusal), picked
    )


def refusal(file: Path) -> str:
    """Why the file cannot be taken, as a sentence; ``""`` when a first look finds nothing against it."""
    name = file.name
    try:
        try:
            seen = file.lstat()
            if not stat.S_ISREG(seen.st_mode):
                raise files.NotAFile(name, "a link" if stat.S_ISLNK(seen.st_mode) else "a folder or device")
            if seen.st_size > files.MAX_FILE:
                raise files.FileTooLarge(name, str(files.MAX_FILE // 1024**2))
            with file.open("rb") as stream:
                first = stream.read(files.SNIFFED)
        except (OSError, ValueError) as error:
            raise files.FileGone(name, getattr(error, "strerror", None) or "not a path") from error
        if not files.sniff(first):
            raise files.TypeNotAllowed(name)
    except files.EvidenceError as error:
        return sentence_of(error)
    return ""


def sentence_of(error: files.EvidenceError) -> str:
    """What the error says, in the present language."""
    return _(error.message).format(**error.parameters)


async def _ask_caption(screen: "VisitScreen", form: str, path: str, kind: str, file: Path) -> None:
    def answered(caption: str | None) -> None:
        if caption is not None:
            screen.run_worker(attach_file(screen, form, path, kind, file, caption), exit_on_error=True)

    text = _("{file}. What does it show? Enter without words leaves that out.").format(file=file.name)
    await screen.app.push_screen(AskText(_("Caption"), text, required=False), answered)


async def attach_file(
    screen: "VisitScreen", form: str, path: str, kind: str, file: Path, caption: str = "", why: str = ""
) -> None:
    """Nothing; copies the file into the data folder in a thread and records it, or says why it was refused.

    With a reason (``why``) also a file that was withdrawn is taken.
    """
    screen.say(_("{file} is being stored.").format(file=file.name))
    visit = screen.visit
    keep = partial(inbox.keep, visit, file, kind=kind, caption=caption, again=bool(why))
    try:
        value = await asyncio.to_thread(keep)
    except inbox.WasWithdrawn as error:
        await _ask_why_again(screen, error, lambda why: attach_file(screen, form, path, kind, file, caption, why))
        return
    except files.EvidenceError as error:
        screen.say(sentence_of(error), "bold $bad")
        return
    here = screen.program.visit
    if here is None or here.id != visit.id:
        visit.record(acts.ATTACH, form, path, value, why=why)  # another visit was opened while it was copied
        return
    there = [entry.value for _digest, entry in here.state.evidence(form, path)]
    if any(isinstance(each, Evidence) and each.about.get("sha256") == value.about["sha256"] for each in there):
        screen.say(_("This very file is tied here already."), "bold $doubt")
        return
    _attach(screen, form, path, value, why)


async def _ask_why_again(
    screen: "VisitScreen", error: inbox.WasWithdrawn, go_on: Callable[[str], Coroutine[None, None, None]]
) -> None:
    def answered(why: str | None) -> None:
        if why:
            screen.run_worker(go_on(why), exit_on_error=True)

    text = _("{name} was withdrawn by {person} ({reason}). Why is it to be used nevertheless?")
    await screen.app.push_screen(AskText(_("Reason"), text.format(**error.parameters)), answered)


def _attach(screen: "VisitScreen", form: str, path: str, value: Evidence, why: str = "") -> None:
    from assessor_tui.tui.shown.question_card import evidence_words

    recorded = screen.record(acts.ATTACH, form, path, value, why=why)
    if recorded.entries:
        screen.say(_("Saved: {what}. Ctrl+Z takes it back.").format(what=evidence_words(value)))


# Records without a file


def record_fields(kind: str, today: str) -> list[Asked]:
    """What is asked about a record of this kind."""
    date = Asked("date", _("Date"), "", check=lambda text: _no_date(text, today), placeholder=_("such as 2026-11-12"))
    today_date = date._replace(value=today)
    return {
        "original_seen": [
            Asked("caption", _("What it is"), required=True),
            Asked("number", _("Its number")),
            Asked("issuer", _("Issued by")),
            date,
            Asked("page", _("Page")),
            Asked("kept", _("Where it is kept"), required=True),
        ],
        "interview": [
            Asked("post", _("Post, not the name"), required=True),
            Asked("caption", _("What was said"), required=True),
            today_date,
        ],
        "measured": [
            Asked("caption", _("What and how much"), required=True),
            Asked("number", _("Instrument or meter")),
            today_date,
        ],
        "recomputed": [
            Asked("caption", _("What came out"), required=True),
            Asked("number", _("From which papers")),
            Asked("kept", _("Where the sheet is")),
        ],
    }[kind]


def _no_date(text: str, today: str) -> str:
    from assessor_tui.ledger.typed import date_of
    from assessor_tui.tui.entry_text import no_date

    try:
        date_of(text, today)
    except ValueError:
        return no_date()
    return ""


async def _ask_record(screen: "VisitScreen", form: str, path: str, kind: str) -> None:
    from assessor_tui.tui.shown.question_card import evidence_kind

    today = screen.visit.today

    def answered(values: dict[str, str] | None) -> None:
        if values is not None:
            _attach(screen, form, path, Evidence(kind, dated(values, today)))

    fields = record_fields(kind, today)
    title = evidence_kind(kind)
    await screen.app.push_screen(AskFields(title, fields, about(screen, form, path)), answered)


def dated(values: dict[str, str], today: str) -> dict[str, str]:
    """What was typed, without empty ones, its date in the one spelling."""
    from assessor_tui.ledger.typed import date_of

    told = {key: text for key, text in values.items() if text}
    if "date" in told:
        told["date"] = date_of(told["date"], today)
    return told
