"""A conflict as its card shows it, and the lines of the lists on the page of conflicts."""

from collections.abc import Collection
from typing import TYPE_CHECKING

from textual.content import Content

from assessor_tui.form.model import in_language
from assessor_tui.i18n import _, language
from assessor_tui.i18n.waiting_words import fork_words, kind_words
from assessor_tui.ledger.entry import Entry
from assessor_tui.ledger.state import FORK, Head
from assessor_tui.tui.shown import conflicts as of
from assessor_tui.tui.shown.conflict_card import ConflictModel
from assessor_tui.tui.shown.decided import waits_line
from assessor_tui.tui.widgets.glyphs import glyphs
from assessor_tui.tui.widgets.text import content, fit, left_right, safe, width_of
from assessor_tui.waiting import Waits

if TYPE_CHECKING:
    from assessor_tui.tui.shown.conflict_effect import Effect
    from assessor_tui.visit import Visit


def conflict_model(
    visit: "Visit",
    case: of.Case,
    sides: tuple[of.Side, ...],
    tag: str,
    *,
    second: bool,
    hidden: bool,
    effects: "tuple[Effect, tuple[Effect | None, ...]] | None",
) -> ConflictModel:
    """The conflict as its card shows it.

    ``second`` adds the question in another language; ``hidden`` leaves out what people looking on must not see.
    """
    conflict = case.conflict
    number, label = of.place_words(visit, conflict.form, conflict.path, tag)
    other_label = ""
    if conflict.kind == FORK:
        label = fork_words(visit.state, conflict.heads)
    elif second:
        other = "en-HK" if tag != "en-HK" else "zh-Hans-CN" if language() == "zh-Hans-CN" else "zh-Hant-HK"
        other_label = of.place_words(visit, conflict.form, conflict.path, other)[1]
    notes, comments = ((), ()) if hidden else of.others_said(visit, conflict)
    now, of_sides = effects or (None, ())
    model = ConflictModel(
        number,
        label,
        other_label if other_label != label else "",
        kind_words(conflict.kind),
        sides,
        "" if hidden else of.before_words(visit, conflict, tag),
        notes,
        comments,
        now=now,
        effects=of_sides,
        form_title=in_language(visit.forms[conflict.form].title, tag) if conflict.form in visit.forms else "",
    )
    if case.settled is not None:
        entry = case.settled[1]
        said = _("settled by {person}, {when}: {said}").format(
            person=entry.person, when=of.when_words(entry.at), said=of.said_words(visit, entry, tag)
        )
        otherwise = ((f"1-{len(sides)}", _("decide otherwise, with a reason")),)
        again = otherwise if visit.may_settle(conflict) else ()
        return model._replace(settled=said, why="" if hidden else entry.why, to_do=again)
    to_do = of.what_to_do(conflict.kind, signed=not visit.may_settle(conflict), sides=len(sides))
    return model._replace(to_do=(*to_do, ("0", _("leave it open and ask the colleagues"))))


def list_line(
    visit: "Visit", row: "of.Case | Waits | Head | Entry", tag: str, width: int, *, new: Collection[str] = ()
) -> Content:
    """One line of a list: a conflict, what waits beside it, or what someone else has decided or changed.

    ``new`` are hashes of decisions that nobody here has looked at.
    """
    marks = glyphs()
    if isinstance(row, of.Case):
        number, label = of.place_words(visit, row.conflict.form, row.conflict.path, tag)
        label = label or kind_words(row.conflict.kind)
        mark = (f"{marks.conflict} ", "bold $doubt") if row.settled is None else (f"{marks.answered} ", "$good")
        return content(mark, (fit(number, max(width_of(number), 5)), "bold"), " ", safe(label))
    if isinstance(row, Waits):
        number, label = waits_line(visit, row, tag)
        label = label or kind_words(row.kind)
        mark = (f"{marks.warning} ", "bold $doubt")
        return content(mark, (fit(number, max(width_of(number), 5)), "bold"), " ", safe(label))
    digest, entry = ("", row) if isinstance(row, Entry) else row
    number, label = of.place_words(visit, entry.form, entry.path, tag)
    is_new = f"{marks.warning} " if digest in new else "  " if digest else ""
    left = content((is_new, "bold $doubt"), (fit(number, max(width_of(number), 5)), "bold"), " ", safe(label))
    right = f"{entry.person}  {of.when_words(entry.at)}" if width >= 76 else entry.person
    return left_right(left, content((fit(right, min(width_of(safe(right)), width // 2)), "$muted")), width)
