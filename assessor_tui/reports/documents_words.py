"""How the documents asked for stand, in one line, for the page and the command."""

from collections.abc import Sequence

from assessor_tui.assess.documents import Document
from assessor_tui.i18n import _, ngettext


def documents_words(found: Sequence[Document]) -> str:
    """How many are open and overdue, in one line."""
    if not found:
        return _("No document has been asked for.")
    still = sum(each.open for each in found)
    late = sum(each.overdue for each in found)
    words = ngettext("{open} of {count} document open", "{open} of {count} documents open", len(found))
    said = words.format(open=still, count=len(found))
    return said + (_(", {count} overdue").format(count=late) if late else "")
