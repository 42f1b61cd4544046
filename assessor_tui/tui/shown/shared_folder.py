"""A visit here and in a shared folder, in words: what there is to do, and what came of it."""

from typing import TYPE_CHECKING, NamedTuple

from assessor_tui.i18n import _, ngettext
from assessor_tui.tui.shown.words import amount_words, size_words
from assessor_tui.tui.widgets.card import Remark

if TYPE_CHECKING:
    from assessor_tui.carry.compare import Compared
    from assessor_tui.carry.folder import Shelf


class Line(NamedTuple):
    """One visit, here and in the folder, and what came of it."""

    compared: "Compared"
    title: str
    chosen: bool
    entries_in: int = 0
    files_in: int = 0
    entries_out: int = 0
    files_out: int = 0
    bundles_in: int = 0
    bundles_out: int = 0
    troubles: tuple[str, ...] = ()
    """What went wrong, or waits for a person."""
    news: tuple[str, ...] = ()
    """What came along and asks for nothing."""

    @property
    def pulls(self) -> int:
        """How much there is to take in; bundles that may only hold a receipt count, too."""
        return len(self.compared.coming.bundles)

    @property
    def pushes(self) -> bool:
        """True when there is something to push."""
        return self.compared.here and self.compared.due.anything


def plan_words(each: Line) -> tuple[str, str]:
    """What there is to do about a visit, in a few words, and their style."""
    coming, due = each.compared.coming, each.compared.due
    if each.compared.away:
        return _("put away here"), "$muted"
    said = [] if each.compared.here else [_("new here")]
    if coming.entries or coming.files:
        said.append(_("take in {what}").format(what=amount_words(coming.entries, coming.files)))
    elif coming.bundles:
        said.append(_("take in receipts"))
    if each.pushes and (due.entries or due.files):
        said.append(_("push {what}").format(what=amount_words(due.entries, len(due.files))))
    elif each.pushes:
        said.append(_("push a receipt"))
    return "  ".join(said) or _("the same here and there"), "" if said else "$muted"


def came_words(each: Line, *, going_on: bool = False) -> tuple[str, str]:
    """What was done about a visit, and the style of the words."""
    said = []
    if each.entries_in or each.files_in:
        said.append(_("took in {what}").format(what=amount_words(each.entries_in, each.files_in)))
    elif each.bundles_in:
        said.append(_("took in receipts"))
    if each.entries_out or each.files_out:
        said.append(_("pushed {what}").format(what=amount_words(each.entries_out, each.files_out)))
    elif each.bundles_out:
        said.append(_("pushed a receipt"))
    return "  ".join(said) or ("" if going_on else _("as it was")), "$good" if said else "$muted"


def about(each: Line) -> list[Remark]:
    """More about a visit, or what went wrong with it."""
    if each.troubles:
        return [Remark(words, "problem") for words in each.troubles]
    compared = each.compared
    due, coming = compared.due, compared.coming
    remarks = []
    if coming.entries or coming.files:
        what, people = amount_words(coming.entries, coming.files), _(", ").join(compared.senders)
        remarks.append(
            Remark(_("There and not here: {what}. In the folder from {people}.").format(what=what, people=people))
        )
    if compared.here and (due.entries or due.files):
        said = _("Here and not there: {what}").format(what=amount_words(due.entries, len(due.files)))
        remarks.append(Remark(f"{said} ({size_words(due.size)})" if due.files else said))
    if compared.here and (words := confirmed_words(compared)):
        remarks.append(Remark(words))
    if not compared.here and not each.chosen:
        remarks.append(Remark(_("This visit is not on this laptop. Space marks it, to be taken in."), "warning"))
    return remarks


def confirmed_words(compared: "Compared") -> str:
    """Who has said to hold how much of this laptop's own work; ``""`` when there is none."""
    own = compared.standing.saved
    said = [
        each.person if each.has >= own else f"{each.person} {each.has}/{own}"
        for each in compared.deliveries
        if each.has
    ]
    if said:
        return _("Your work in it is confirmed by {people}.").format(people=_(", ").join(said))
    return _("Nobody has confirmed your work in it yet.") if own else ""


def about_folder(shelf: "Shelf") -> list[Remark]:
    """What was left alone in the folder though it ends like a bundle."""
    remarks = [Remark(_(error.message).format_map(error.parameters), "warning") for error in shelf.unread]
    if shelf.locked:
        said = ngettext(
            "{count} bundle there is encrypted; it is looked into once this laptop’s passphrase is typed.",
            "{count} bundles there are encrypted; they are looked into once this laptop’s passphrase is typed.",
            len(shelf.locked),
        )
        remarks.append(Remark(said.format(count=len(shelf.locked)), "warning"))
    if shelf.closed:
        said = ngettext(
            "{count} bundle there is encrypted for others and was left alone.",
            "{count} bundles there are encrypted for others and were left alone.",
            len(shelf.closed),
        )
        remarks.append(Remark(said.format(count=len(shelf.closed))))
    return remarks
