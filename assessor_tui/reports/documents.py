"""The list of documents asked for, as a page for A4 that can be sent to the site: one part for each language."""

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import NamedTuple

from assessor_tui.assess.documents import Document, documents
from assessor_tui.carry.exchange import visit_label
from assessor_tui.form.model import in_language
from assessor_tui.i18n import LANGUAGE_NAMES, LANGUAGES, N_, catalogue, long_date
from assessor_tui.reports.html import ReportNotWritten, file_name, paper_style, template, write_text
from assessor_tui.reports.plain import Cleaner, Free
from assessor_tui.visit import Visit

WORDS: Mapping[str, str] = {
    "title": N_("Documents asked for"),
    "please": N_("Please have these documents ready. Originals are looked at on site; copies can be sent before."),
    "registered_number": N_("Registered number"),
    "application_number": N_("Application number"),
    "visit_date": N_("Date of the visit"),
    "contact": N_("Contact person"),
    "number": N_("No."),
    "what": N_("Document"),
    "which": N_("Which one"),
    "asked": N_("Asked on"),
    "state": N_("State"),
    "due": N_("Due"),
    "overdue": N_("overdue"),
    "expired_on": N_("valid until {date}"),
    "received_on": N_("received on {date}"),
    "settled": N_("Received or seen"),
    "still_open": N_("Still open"),
    "none_open": N_("Nothing is open."),
    "none": N_("No document has been asked for."),
    "as_of": N_("As of {date}"),
}
"""The list's own words, by the names that the template calls them by."""


class DocumentView(NamedTuple):
    """One document on paper."""

    number: int
    what: str
    which: Free
    asked: str
    state: str
    more: str
    """When it came, or how long it was valid."""
    due: str
    overdue: bool


class ListView(NamedTuple):
    """The list in one language."""

    language: str
    w: Mapping[str, str]
    scheme: str
    sites: tuple[Free, ...]
    facts: tuple[tuple[str, Free], ...]
    open: tuple[DocumentView, ...]
    settled: tuple[DocumentView, ...]
    as_of: str


def write_documents(visit: Visit, folder: Path, today: str, languages: Sequence[str] = LANGUAGES) -> Path:
    """The file written: ``<visit label>-documents.html``, with a part in each language, each on pages of its own.

    Raises:
        ReportNotWritten: when the folder or disk does not take it.
    """
    path = folder / f"{file_name(visit_label(visit))}-documents.html"
    try:
        folder.mkdir(parents=True, exist_ok=True)
        write_text(path, documents_html(visit, today, languages))
    except OSError as error:
        raise ReportNotWritten(folder, error.strerror or type(error).__name__) from error
    return path


def documents_html(visit: Visit, today: str, languages: Sequence[str] = LANGUAGES) -> str:
    """The page: no script, no address outside."""
    views = [list_view(visit, today, language) for language in languages]
    style = paper_style("documents.css")
    return template("documents.html.j2").render(views=views, names=LANGUAGE_NAMES, style=style)


def list_view(visit: Visit, today: str, language: str) -> ListView:
    """The list as the site reads it in one language."""
    say, cleaner = catalogue(language).gettext, Cleaner(language)
    w = {name: say(text) for name, text in WORDS.items()}

    def text(path: str) -> str:
        value = visit.header(path)
        return value if isinstance(value, str) else ""

    order = ("site_name_en", "site_name_zh") if language == "en-HK" else ("site_name_zh", "site_name_en")
    days = [text("visit_date"), text("visit_last_date")]
    facts = {
        "registered_number": text("registered_number"),
        "application_number": text("application_number"),
        "visit_date": " – ".join(dict.fromkeys(long_date(day, language) for day in days if day)),
        "contact": text("contact_person"),
    }
    header = visit.scheme.header_form
    asked = documents(visit.filling(header), today) if header in visit.forms else ()
    views = [_document(each, number, language, w, cleaner) for number, each in enumerate(asked, 1)]
    return ListView(
        language, w, cleaner.plain(in_language(visit.scheme.title, language)),
        tuple(cleaner.free(text(name)) for name in order if text(name)),
        tuple((w[name], cleaner.free(value)) for name, value in facts.items() if value),
        tuple(view for view, each in zip(views, asked, strict=True) if each.open),
        tuple(view for view, each in zip(views, asked, strict=True) if not each.open),
        w["as_of"].format(date=long_date(today, language)),
    )  # fmt: skip


def _document(each: Document, number: int, language: str, w: Mapping[str, str], cleaner: Cleaner) -> DocumentView:
    if each.expires and each.state == "expired":
        more = w["expired_on"].format(date=each.expires)
    else:
        more = w["received_on"].format(date=each.received) if each.received else ""
    what = cleaner.plain(in_language(each.label, language))
    state = cleaner.plain(in_language(each.state_label, language))
    return DocumentView(number, what, cleaner.free(each.detail), each.asked, state, more, each.due, each.overdue)
