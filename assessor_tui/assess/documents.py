"""Documents asked for before a visit: how each stands, until when it is owed, and the usual ones not asked for yet."""

from collections.abc import Iterable
from typing import NamedTuple

from assessor_tui.form.model import Form, Text, questions
from assessor_tui.ledger.value import names
from assessor_tui.logic.filling import Filling

REPEAT = "requested_documents"
"""Repeat of the header form, and its questions."""
WHAT, DETAIL, ASKED, RECEIVED, STATE, EXPIRES = (
    "requested_document",
    "document_detail",
    "asked_on",
    "received_on",
    "document_state",
    "document_expires",
)
REQUESTED, HERE, SEEN, EXPIRED, REFUSED, NOT_HELD = (
    "requested",
    "received",
    "original_seen",
    "expired",
    "refused",
    "not_held",
)
"""Choices of the state."""
OTHER = "other"

_DAY, _DEADLINE = "visit_date", "deadline"


class Document(NamedTuple):
    """One document asked for."""

    row: str
    """Path of its row in the header."""
    name: str
    """Choice of the list; ``""`` while nobody chose."""
    label: Text
    detail: str
    asked: str
    """ISO dates; ``""`` for none."""
    received: str
    state: str
    """A choice of the state; ``expired`` also where its end lies before the visit, whatever was answered."""
    state_label: Text
    expires: str
    due: str
    """Until when it is owed; ``""`` when it is not owed any more, or no day is known."""
    overdue: bool

    @property
    def open(self) -> bool:
        """True while the site still owes it, or a valid one."""
        return self.state in ("", REQUESTED, REFUSED, EXPIRED)


def documents(header: Filling, today: str) -> tuple[Document, ...]:
    """The documents asked for in a visit, first asked first; empty where its header has no such table.

    Owed until the first day on site; when that has passed, until the visit's deadline, where there is one.
    ``today`` is an ISO date.
    """
    try:
        rows = header.rows(REPEAT)
    except KeyError:
        return ()
    found = (_document(header, f"{REPEAT}[{row}]", today) for row in rows)
    return tuple(sorted(found, key=lambda each: each.asked or "9"))


def _document(header: Filling, row: str, today: str) -> Document:
    def text(path: str) -> str:
        try:
            now = header.state(path)
        except KeyError:
            return ""
        return now.value if isinstance(now.value, str) and now.relevant else ""

    def chosen(name: str) -> tuple[str, Text]:
        try:
            found = names(header.state(f"{row}/{name}").value)
        except KeyError:
            return "", {}
        if not found:
            return "", {}
        labels = {choice.name: choice.label for choice in header.choices(f"{row}/{name}")}
        return found[0], labels.get(found[0], {"und": found[0]})

    name, label = chosen(WHAT)
    state, state_label = chosen(STATE)
    expires, day = text(f"{row}/{EXPIRES}"), text(_DAY)
    if state in (HERE, SEEN) and "" < expires < day:
        state = EXPIRED
        state_label = _choice(header, EXPIRED)
    document = Document(
        row, name, label, text(f"{row}/{DETAIL}"), text(f"{row}/{ASKED}"), text(f"{row}/{RECEIVED}"), state,
        state_label, expires, "", overdue=False,
    )  # fmt: skip
    if not document.open:
        return document
    deadline = text(_DEADLINE)
    due = deadline if deadline and day < today else day
    return document._replace(due=due, overdue="" < due < today)


def _choice(header: Filling, name: str) -> Text:
    """Label of a state in the form's own words."""
    form = header.compiled.form
    asked = dict(questions(form)).get(f"{REPEAT}/{STATE}")
    offered = form.choices.get(asked.list_name, ()) if asked is not None else ()
    return next((choice.label for choice in offered if choice.name == name), {"und": name})


def usual(form: Form, asked: Iterable[Document]) -> tuple[str, ...]:
    """The documents of the header form's list that are not asked for yet, without ``other``, in their order."""
    question = dict(questions(form)).get(f"{REPEAT}/{WHAT}")
    known = {document.name for document in asked} | {OTHER}
    offered = form.choices.get(question.list_name, ()) if question is not None else ()
    return tuple(choice.name for choice in offered if choice.name not in known)
