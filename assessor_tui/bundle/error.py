"""Why a bundle was refused, in a sentence that says what, where, and what to do."""

from typing import ClassVar

from assessor_tui.i18n import N_

CANNOT_READ, TOO_LARGE, NOT_A_BUNDLE, CUT_SHORT = "cannot read", "too large", "not a bundle", "cut short"
STRUCTURE, LIMIT, NEWER, SEAL, SIGNATURE = "structure", "limit", "newer", "seal", "signature"
CONTENTS, DAMAGED, LINE, FORM, EVIDENCE = "contents", "damaged", "line", "form", "evidence"
DOCUMENT = "document"
CLOSED, TORN, PASSED_ON, NO_ROOM = "closed", "torn", "passed on", "no room"
TOO_MUCH_HELD = "too much held back"

MESSAGES = {
    CANNOT_READ: N_("{file} cannot be read ({reason}). Copy it to this laptop's disk and try again."),
    TOO_LARGE: N_("{file} is larger than a bundle may be ({reason}). Nothing was read from it."),
    NOT_A_BUNDLE: N_("{file} is not a bundle. Choose a file that “assessor bundle make” has written."),
    CUT_SHORT: N_("{file} is cut short, or something was added to it ({reason}). Copy or send it again."),
    STRUCTURE: N_(
        "{file} is not built the way a bundle is, at {entry}: {reason}. "
        "It is damaged or another program has changed it; ask the sender to make it again."
    ),
    LIMIT: N_("{entry} in {file} is more than a bundle may hold: {reason}. Nothing was taken over."),
    NEWER: N_("{file} needs a newer version of this program (bundle format {reason}). Keep the file and update."),
    SEAL: N_("The seal of {file} is not valid: {reason}. Ask the sender to make the bundle again."),
    SIGNATURE: N_(
        "The signature of {file} does not hold: {reason}. It is damaged or was changed by someone; "
        "ask the sender in person before you use it."
    ),
    CONTENTS: N_("{file} does not hold what its list of contents says, at {entry}: {reason}. Copy or send it again."),
    DAMAGED: N_("{entry} in {file} is damaged: {reason}. Copy or send the file again."),
    LINE: N_("{entry}, line {line}, in {file} is not a valid entry: {reason}. Nothing was taken over."),
    FORM: N_("{entry} in {file} is not a form or scheme as it is carried: {reason}. Nothing was taken over."),
    EVIDENCE: N_("{entry} in {file} is not a type of file that may stand as evidence. Nothing was taken over."),
    DOCUMENT: N_("{entry} in {file} is not spelled as it must be: {reason}. Nothing was taken over."),
    CLOSED: N_(
        "{file} is encrypted, and the key of this laptop does not open it: it is for others, or its beginning is "
        "damaged. Ask the sender to make it for this laptop, too."
    ),
    TORN: N_(
        "{file} is encrypted and was damaged or cut short on its way ({reason}). Nothing was taken over; "
        "copy or send it again."
    ),
    PASSED_ON: N_(
        "{file} was encrypted for this laptop by somebody who had received it: the sender does not name this "
        "laptop in it. Nothing was taken over; ask the sender for a bundle of your own."
    ),
    NO_ROOM: N_(
        "{file} is encrypted, and this laptop has no room to open it ({reason}). Nothing was taken over; "
        "make room on its disk and try again."
    ),
    TOO_MUCH_HELD: N_(
        "{file} would have to be held back, and too much is held back already ({reason}). Nothing was taken over; "
        "decide about what waits and try again."
    ),
}
"""Kind of refusal -> its sentence."""


class BundleError(Exception):
    """The bundle was refused; nothing was taken over from it."""

    exit_code: ClassVar[int] = 4

    def __init__(self, kind: str, entry: str = "", reason: str = "", *, line: int = 0, file: str = "") -> None:
        super().__init__(kind, entry, reason)
        self.kind = kind
        self.entry = entry
        """Name of the part of the bundle, cleaned; ``""`` when it is the whole."""
        self.reason = reason
        """The technical reason, in English, for whoever looks closer."""
        self.line = line
        """Line of the part, counted from 1; 0 when it has none."""
        self.file = file
        """Name of the bundle's file."""

    @property
    def message(self) -> str:
        """The msgid of the sentence; its blanks are in ``parameters``."""
        return MESSAGES[self.kind]

    @property
    def parameters(self) -> dict[str, str]:
        """Blanks of the sentence."""
        return {"file": self.file, "entry": self.entry, "reason": self.reason, "line": str(self.line)}

    def __str__(self) -> str:
        return self.message.format(**self.parameters)
