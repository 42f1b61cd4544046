"""What the pages say of returns: on the card before the answer, in lists, in words. Values only."""

from typing import TYPE_CHECKING

from assessor_tui.i18n import _, language
from assessor_tui.ledger.returns import Return, returns_at, returns_of
from assessor_tui.reports.returns_words import ended_words, returned_words, when_words
from assessor_tui.returning import Place, can_end, is_asked, needs_reopening
from assessor_tui.tui.widgets.card import Part, Remark

if TYPE_CHECKING:
    from assessor_tui.visit import Visit


def notices(visit: "Visit", form: str, path: str, *, hidden: bool = False) -> tuple[Remark, ...]:
    """What stands over the choices of a question or row: who returned it, when, why, and how it is answered.

    Once it was answered only whoever may say that it is done reads so, until then.
    """
    here = returns_at(visit.state, form, path) if visit.state.returned else ()
    waiting = [each for each in here if each.is_open]
    if hidden:
        return (Remark(_("This was returned: look at it again."), "returned", TALK),) if waiting else ()
    found = [Remark(returned_words(each.entry), "returned", TALK) for each in waiting]
    if waiting:
        own = all(visit.store.wrote(each.entry) for each in waiting)
        how = _("It waits for an answer; Ctrl+X takes it back.") if own else _how(visit, form, path)
        found.append(Remark(how, "", TALK))
    for each in here:
        if each.is_to_look_at and can_end(visit, each):
            found.append(Remark(f"{returned_words(each.entry)} {ended_words(each)}", "returned", TALK))
            found.append(Remark(_("Ctrl+X: it is done, or return it again."), "", TALK))
    return tuple(found)


def place_name(visit: "Visit", place: Place) -> str:
    """What people call the place: number and label, the section's title, or the whole visit."""
    from assessor_tui.tui.shown.conflicts import place_words

    form, path = place
    if form and form not in visit.forms:
        return f"{form}/{path}".rstrip("/")
    return " ".join(part for part in place_words(visit, form, path, language()) if part)


TALK = "talk"
"""What a click on a notice asks for."""


def _how(visit: "Visit", form: str, path: str) -> str:
    if not is_asked(visit, form, path):
        return _("It is not asked any more in this version of the form: Ctrl+X replies.")
    if needs_reopening(visit, form, path):
        return _("The visit is signed: Ctrl+X replies. A new answer needs the lead to reopen the visit first.")
    if path.endswith("]"):
        return _("Put the row right, then say with Ctrl+X what was done.")
    return _("Answer it anew. When the answer is right, or you added proof or a note, reply with Ctrl+X.")


def talk_part(visit: "Visit", form: str, path: str) -> tuple[Part, ...]:
    """The comments that stand at the place, as a part of its card; nothing when there is none."""
    comments = visit.state.comments(form, path)
    if not comments:
        return ()
    lines = tuple(Remark(f"{entry.person}, {when_words(entry.at)}: {entry.value}") for _digest, entry in comments)
    return (Part(_("Comments"), lines, "", TALK),)


def to_look_at_here(visit: "Visit") -> list[Return]:
    """Answered returns of which whoever is at this laptop may say that they are done, the oldest first."""
    if not visit.state.returned:
        return []
    return [each for each in returns_of(visit.state) if each.is_to_look_at and can_end(visit, each)]


def answer_of(visit: "Visit", each: Return) -> str:
    """What was said in answer to a return, for the end of a line: the reply, or who answered when."""
    if each.by is None:
        return ""
    entry = each.by[1]
    if entry.act == "comment" and isinstance(entry.value, str):
        return f"{entry.person}: {' '.join(entry.value.split())}"
    return f"{entry.person}, {when_words(entry.at)}"
