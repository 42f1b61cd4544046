"""Who said what about one question, when and why."""

from typing import TYPE_CHECKING

from assessor_tui.i18n import _
from assessor_tui.tui.widgets.card import Part, Remark, TextPage, page_lines
from assessor_tui.tui.windows.dialog import Pages

if TYPE_CHECKING:
    from assessor_tui.ledger.entry import Entry
    from assessor_tui.visit import Visit


class History(Pages):
    """The window with everything recorded at one place of a visit, the latest first."""

    def __init__(self, visit: "Visit", form: str, path: str, tag: str) -> None:
        entries = [entry for _digest, entry in visit.state.history(form, path)]
        parts = tuple(_part(visit, form, path, entry, tag) for entry in reversed(entries))
        super().__init__(_("History"), page_lines, TextPage("", parts, _("Nothing has been recorded here yet.")))


def _part(visit: "Visit", form: str, path: str, entry: "Entry", tag: str) -> Part:

    from assessor_tui.ledger.clock import hong_kong_time
    from assessor_tui.ledger.returns import is_over
    from assessor_tui.ledger.state import device_letters
    from assessor_tui.ledger.value import Evidence
    from assessor_tui.tui.shown import words
    from assessor_tui.tui.shown.question_card import evidence_words

    when = f"{hong_kong_time(entry.at):%Y-%m-%d %H:%M:%S}"
    value = entry.value
    if isinstance(value, Evidence):
        said = evidence_words(value)
    elif entry.act in ("note", "comment"):
        said = str(value or "")
    elif entry.act == "return":
        said = ""
    else:
        try:
            said = words.value_words(visit.filling(form), path, value, tag)
        except KeyError:
            said = ""
    title = f"{when}  {entry.person} ({device_letters(entry.device)})"
    lines = [
        Remark(": ".join(piece for piece in (act_words("withdraw" if is_over(entry) else entry.act), said) if piece))
    ]
    if entry.why:
        from assessor_tui.i18n.sentences import reason_words

        why = reason_words(entry, "")
        lines.append(Remark(why if entry.act == "to come" else _("because: {why}").format(why=why)))
    return Part(title, tuple(lines))


def act_words(act: str) -> str:
    """An act as people call it; the act itself for one of a newer version."""
    return {
        "answer": _("answered"),
        "clear": _("answer taken back"),
        "not applicable": _("not applicable"),
        "to come": _("to come"),
        "settle": _("conflict settled"),
        "re-verify": _("verified again"),
        "add row": _("row added"),
        "remove row": _("row removed"),
        "join rows": _("rows joined"),
        "attach": _("proof attached"),
        "detach": _("proof detached"),
        "withdraw": _("withdrawn"),
        "note": _("note"),
        "comment": _("comment"),
        "return": _("returned"),
        "approve": _("approved"),
        "decide": _("decided"),
        "sign": _("signed"),
        "reopen": _("opened again"),
        "link": _("linked"),
        "open visit": _("visit opened"),
        "use form": _("form taken into use"),
    }.get(act, act)
