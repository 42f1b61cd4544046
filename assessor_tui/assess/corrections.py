"""How far the correction of a finding is: open, overdue, reported by the site, verified."""

from assessor_tui.assess.contradiction import NONCONFORMITIES

OPEN, OVERDUE, REPORTED, VERIFIED = "open", "overdue", "reported", "verified"


def correction_of(grade: str, status: str, due: str, today: str) -> str:
    """``open``, ``overdue`` (due before ``today``), ``reported`` or ``verified``; ``""`` where nothing is to correct.

    Args:
        grade: of the finding.
        status: its state, by the names of the findings form.
        due: ISO date by which it is to be done, ``""`` for none.
        today: ISO date on which this is asked.
    """
    if status == "withdrawn" or (grade not in NONCONFORMITIES and not due):
        return ""
    if status == "closed":
        return VERIFIED
    if status == "answered":
        return REPORTED
    return OVERDUE if due and due < today else OPEN
