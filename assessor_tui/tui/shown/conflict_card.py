"""The lines of a conflict: two sides beside each other where there is room, else one under the other."""

from collections.abc import Sequence
from typing import TYPE_CHECKING, NamedTuple

from textual.content import Content

from assessor_tui.i18n import _
from assessor_tui.tui.shown import words
from assessor_tui.tui.widgets.card import CardLine
from assessor_tui.tui.widgets.glyphs import glyphs
from assessor_tui.tui.widgets.text import Piece, content, fit, fit_content, left_right, safe, width_of, wrap

if TYPE_CHECKING:
    from assessor_tui.tui.shown.conflict_effect import Effect
    from assessor_tui.tui.shown.conflicts import Side, Step

BESIDE = 88
"""Cells from which on two sides stand beside each other."""

_TITLE = 8
"""Least cells for the titles within a side."""


class ConflictModel(NamedTuple):
    """A conflict as its card shows it. Texts may come from outside; they are cleaned when drawn."""

    number: str = ""
    label: str = ""
    other_label: str = ""
    kind: str = ""
    """What kind of conflict it is, in words."""
    sides: "tuple[Side, ...]" = ()
    before: str = ""
    """What stood before; ``""`` for what had no before."""
    notes: tuple[str, ...] = ()
    comments: tuple[str, ...] = ()
    settled: str = ""
    """Who settled it, how and when; ``""`` while it is open."""
    why: str = ""
    """The reason of the settlement."""
    to_do: tuple[tuple[str, str], ...] = ()
    """(key, words) of what can be done."""
    now: "Effect | None" = None
    effects: "tuple[Effect | None, ...]" = ()
    """Of each side; empty while scores are hidden or being computed."""
    form_title: str = ""
    with_effects: bool = False
    """True when the effects stand at the end of the card and not under it."""


def conflict_lines(model: ConflictModel, width: int) -> list[CardLine]:
    """The lines of the card, each exactly ``width`` cells wide; ``[]`` for a width without room."""
    if width < 20 or not (model.sides or model.to_do):
        return []
    marks = glyphs()
    lines: list[CardLine] = []

    def add(*pieces: Piece, target: str = "") -> None:
        lines.append(CardLine(fit_content(content(*pieces), width), target))

    state = (f"{marks.answered} ", "$good") if model.settled else (f"{marks.conflict} ", "bold $doubt")
    words_of = (safe(model.settled or model.kind), "$good" if model.settled else "$doubt")
    head = content(" ", state, (safe(model.number), "bold"), "  " if model.number else "", words_of)
    lines.append(CardLine(fit_content(head, width)))
    if model.why:
        for text in wrap(_("because: {why}").format(why=model.why), width - 4):
            add("   ", (text, "italic"))
    for text in wrap(model.label, width - 4):
        add("   ", (text, "bold"))
    for text in wrap(model.other_label, width - 4) if model.other_label else ():
        add("   ", (text, "$muted"))
    add("")
    if len(model.sides) == 2 and width >= BESIDE:
        lines += _beside(model.sides[0], model.sides[1], width)
    else:
        for index, side in enumerate(model.sides, 1):
            lines += [
                CardLine(fit_content(content(" ", line), width), f"side:{index}")
                for line in side_lines(side, str(index), width - 2)
            ]
            add("")
    for title, texts in ((_("Notes"), model.notes), (_("Comments"), model.comments)):
        if texts:
            add("   ", (title, "bold"))
            for each in texts:
                for text in wrap(each, width - 6):
                    add("     ", text)
            add("")
    if model.before:
        for place, text in enumerate(wrap(_("before: {said}").format(said=model.before), width - 4)):
            add("   ", (text if not place else f"  {text}", "$muted"))
    for key, said in model.to_do:
        for place, text in enumerate(wrap(said, width - 9)):
            add("   ", (fit(key if not place else "", 4), "bold $accent-text"), (text, "$muted"), target=f"key:{key}")
    if model.with_effects:
        add("")
        lines += effect_lines(model, width)
    return lines


def _beside(left: "Side", right: "Side", width: int) -> list[CardLine]:
    """Two sides as boxes of the same height."""
    marks = glyphs()
    room = (width - 3) // 2
    first, second = (side_lines(side, str(number), room - 4) for number, side in ((1, left), (2, right)))
    height = max(len(first), len(second))
    lines = [CardLine(_edges(marks.top_left, marks.top_right, room, width))]
    for row in range(height):
        line = content(
            " ",
            _boxed(first[row] if row < len(first) else content(""), room),
            " ",
            _boxed(second[row] if row < len(second) else content(""), room),
        )
        lines.append(CardLine(fit_content(line, width)))
    lines.append(CardLine(_edges(marks.bottom_left, marks.bottom_right, room, width)))
    lines.append(CardLine(fit_content(content(""), width)))
    return lines


def _edges(begin: str, end: str, room: int, width: int) -> Content:
    edge = begin + glyphs().rule * (room - 2) + end
    return fit_content(content(" ", (edge, "$rule"), " ", (edge, "$rule")), width)


def _boxed(line: Content, room: int) -> Content:
    side = glyphs().side
    return content((f"{side} ", "$rule"), fit_content(line, room - 4), (f" {side}", "$rule"))


def side_lines(side: "Side", digit: str, width: int) -> list[Content]:
    """The lines of one side: who and when, what was said, then note, proof, reason and the way of the answer."""
    lines: list[Content] = []
    who = safe(side.person) + (f"  {_('laptop {letters}').format(letters=side.letters)}" if side.letters else "")
    head = content((f"{digit} ", "bold $accent-text"), (who, "bold"))
    when = content((side.when, "$muted"))
    if head.cell_length + when.cell_length + 2 <= width:
        lines.append(left_right(head, when, width))
    else:
        lines.append(fit_content(head, width))
        lines.append(fit_content(content("  ", when), width))
    points = f"  {side.points}" if side.points else ""
    texts = wrap(side.said or _("no answer"), width - 2 - width_of(points))
    for place, text in enumerate(texts):
        left = content("  ", (text, "bold $accent-text"))
        end = content((points.strip(), "bold")) if points and not place else content("")
        lines.append(left_right(left, end, width) if points and not place else left)
    parts = (
        (_("reason"), (side.why,) if side.why else ()),
        (_("note"), side.notes),
        (_("proof"), side.proof),
        (_("in it") if side.inside else _("earlier"), tuple(_step(side, each) for each in side.trail)),
    )
    indent = max(_TITLE, *(width_of(title) + 2 for title, said in parts if said), 0)
    for title, said in parts:
        lines += _titled(title, said, indent, width)
    return lines


def _step(side: "Side", step: "Step") -> str:
    """A step with its time, and its day when that is another one."""
    return f"{step.when[-5:] if step.when[:10] == side.when[:10] else step.when} {step.said}"


def _titled(title: str, said: Sequence[str], indent: int, width: int) -> list[Content]:
    lines = []
    for number, each in enumerate(said):
        for row, text in enumerate(wrap(each, max(width - 2 - indent, 10))):
            head = fit(title, indent) if number == 0 and row == 0 else " " * indent
            lines.append(content("  ", (head, "$muted"), text))
    return lines


def effect_lines(model: ConflictModel, width: int) -> list[CardLine]:
    """A table of what each side does to the score; ``[]`` when nothing is known or may be shown."""
    if model.now is None:
        return []
    columns = [_("now"), *(_("with {number}").format(number=number) for number in range(1, len(model.effects) + 1))]
    cells = max(12, *(width_of(each) + 2 for each in columns))
    room = max(width - 4 - cells * len(columns), 14)
    known = [model.now, *model.effects]

    def row(title: str, texts: Sequence[str], style: str = "") -> CardLine:
        pieces: list[Piece] = ["   ", (fit(title, room), style or "$muted")]
        first = texts[0]
        for place, text in enumerate(texts):
            differs = place and text != first and not style
            pieces.append((fit(text, cells, align="right"), style or ("bold $accent-text" if differs else "")))
        return CardLine(fit_content(content(*pieces), width))

    lines = [row(_("Effect on the score, out of 100"), columns, "bold")]
    if model.now.form is not None:
        texts = [
            words.range_words(each.form, 1) if each is not None and each.form is not None else "" for each in known
        ]
        lines.append(row(model.form_title, texts))
    lines.append(row(_("total"), [words.range_words(each.total, 1) if each is not None else "" for each in known]))
    return lines
