"""What may be recorded under a signature: how findings are corrected and verified between visits.

A signature fixes what was found. What the site answers, how it corrects and who verified that comes weeks later and
changes nothing of it. Whoever records it has seen the signature; who has not is late, and that is a conflict.
"""

from assessor_tui.ledger.entry import ANSWERING, ATTACH, COMMENT, DETACH, NOTE, WITHDRAW, generic_path

CLOSING_RECORD = "closing_record"
"""Question of the header form that holds the closing record's digest; the signed sheet is attached there."""

ANSWERS = frozenset({
    "findings/status", "findings/response", "findings/response_words",
    "findings/cause", "findings/correction", "findings/corrective_action",
    "findings/proof_kind", "findings/verified_by", "findings/verified_on",
    "actions/action_state", "actions/action_done_on",
})  # fmt: skip
"""Questions of findings and actions, without rows, that are answered between visits."""

_ROWS = ("findings[", "actions[")
BESIDE = frozenset({NOTE, COMMENT, ATTACH, DETACH, WITHDRAW})
"""Acts that stand beside an answer: at a finding or action all of them are follow-up."""


def is_follow_up(act: str, path: str) -> bool:
    """True when this act at this path may be recorded under a signature by somebody who has seen it."""
    if act in ANSWERING:
        return path.startswith(_ROWS) and generic_path(path) in ANSWERS
    if act in BESIDE:
        return path.startswith(_ROWS) or (act == ATTACH and path == CLOSING_RECORD)
    return False
