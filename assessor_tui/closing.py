"""The closing meeting of a visit: what its record says now, which record was written last, the signed sheet."""

from pathlib import Path
from typing import Any

from assessor_tui.assess.closing import CLOSING_RECORD, closing, recorded
from assessor_tui.evidence.inbox import keep
from assessor_tui.i18n import _, nearest_language
from assessor_tui.ledger import entry as acts
from assessor_tui.ledger.value import Evidence, names
from assessor_tui.problem import Place, Problem
from assessor_tui.visit import Recorded, Visit


def closing_data(visit: Visit) -> dict[str, Any]:
    """What the closing record of the visit says as it stands."""
    return closing(visit.id, visit.scheme, visit.forms, visit.state, visit.today)


def site_language(visit: Visit, otherwise: str) -> str:
    """The language of papers for the site, by the header; ``otherwise`` while nobody said."""
    said = names(visit.header("site_language"))
    return nearest_language(said[0]) if said else otherwise


def record_closing(visit: Visit, said: str) -> Recorded:
    """Says in the header which record was written last; nothing recorded under a signature, or without such a question.

    Refused while two laptops have written different ones.
    """
    form = visit.scheme.header_form
    if visit.signed or form not in visit.forms or not _asks(visit, form):
        return Recorded()
    said_so = visit.record(acts.ANSWER, form, CLOSING_RECORD, said)
    if any(problem.code == "visit.someone_else" for problem in said_so.problems):
        # Whoever writes it again replaces what a colleague wrote; nobody has to say why.
        said_so = visit.record(acts.ANSWER, form, CLOSING_RECORD, said, why=_("written again"))
    return said_so


def attach_sheet(visit: Visit, file: Path) -> Recorded:
    """The photographed or scanned signed sheet, kept with the record that was written last.

    Raises:
        EvidenceError: when the file cannot be taken.
    """
    form = visit.scheme.header_form
    last = recorded(visit.scheme, visit.state)
    if last is None or not isinstance(last[1].value, str):
        return Recorded(problems=(Problem("closing.none", Place(path=CLOSING_RECORD)),))
    sheet = keep(visit, file, caption=_("Closing record, signed"))
    value = Evidence(sheet.kind, {**sheet.about, "number": last[1].value})
    return visit.record(acts.ATTACH, form, CLOSING_RECORD, value)


def _asks(visit: Visit, form: str) -> bool:
    try:
        visit.filling(form).state(CLOSING_RECORD)
    except KeyError:
        return False
    return True
