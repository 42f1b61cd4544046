"""Asking for the usual documents of a visit, all at once."""

from assessor_tui.assess.documents import ASKED, REPEAT, REQUESTED, STATE, WHAT, documents, usual
from assessor_tui.ledger.draft import RowDraft
from assessor_tui.visit import Recorded, Visit


def ask_usual(visit: Visit, today: str) -> Recorded:
    """A row for each usual document that is not asked for yet, asked ``today`` (ISO); one undo takes all of it back.

    Nothing is recorded when all are asked for, or the visit's header has no list of documents.
    """
    header = visit.scheme.header_form
    if header not in visit.forms:
        return Recorded()
    missing = usual(visit.forms[header], documents(visit.filling(header), today))
    if not missing:
        return Recorded()
    rows = [RowDraft("", {WHAT: (name,), ASKED: today, STATE: (REQUESTED,)}) for name in missing]
    return visit.fill_rows(header, REPEAT, rows)
