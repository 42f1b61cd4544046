"""One question as one widget: everything about it is a value, drawn as lines, never markup."""

from collections.abc import Callable, Sequence
from functools import lru_cache
from typing import Any, ClassVar, NamedTuple

from textual import events
from textual.content import Content
from textual.geometry import Region, Size
from textual.message import Message
from textual.scroll_view import ScrollView
from textual.strip import Strip

from assessor_tui.i18n import _
from assessor_tui.tui.widgets.glyphs import Glyphs, glyphs, mark
from assessor_tui.tui.widgets.text import Piece, content, fit, fit_content, left_right, safe, strip_of, width_of, wrap


class ChoiceLine(NamedTuple):
    """One choice of the question."""

    label: str
    digit: str = ""
    """Key that takes it; ``""`` beyond the ninth."""
    chosen: bool = False
    points: str = ""
    other_label: str = ""
    """The label in the second language shown."""
    box: str = ""
    """What stands for the tick, such as the place in an order; ``""``: a tick or none."""


class Remark(NamedTuple):
    """Something said about the answer, one or more lines."""

    text: str
    state: str = ""
    """``problem``, ``warning``, ``answered`` ..., a state of ``glyphs``; its mark stands before the text."""
    target: str = ""
    """What a click on it asks for; posted as ``Card.Clicked``."""


class Part(NamedTuple):
    """A titled part of the card under the choices: note, proof, findings, history."""

    title: str
    lines: tuple[Remark, ...]
    key: str = ""
    """Key that opens it, as people read it."""
    target: str = ""


class CardModel(NamedTuple):
    """A question as the card shows it. All texts are plain and may come from outside: the card cleans them."""

    number: str = ""
    label: str = ""
    other_label: str = ""
    """The label in a second language, ``""`` for one language."""
    position: str = ""
    """Such as "question 7 of 24"."""
    demands: str = ""
    """Such as "weight 2, evidence needed"."""
    hint: str = ""
    status: str = "missing"
    """State of the answer, as ``glyphs.STATE_WORDS`` names it."""
    choices: tuple[ChoiceLine, ...] = ()
    many: bool = False
    """True when several choices can be taken."""
    answer: str = ""
    """The answer of a question without choices, with its unit; also shown for a calculation."""
    prompt: str = ""
    """What to do to answer a question without choices, such as "type a number"."""
    points: str = ""
    """Points that the answer earns, as a range where it is one."""
    remarks: tuple[Remark, ...] = ()
    """Problems, warnings and what is accepted, gravest first."""
    parts: tuple[Part, ...] = ()
    flagged: bool = False
    to_open: bool = False
    """True when the choices are rows to open and nothing that is ticked."""
    notices: tuple[Remark, ...] = ()
    """What has to be read before answering: why it was returned."""


class CardLine(NamedTuple):
    """One drawn line and what a click on it asks for."""

    line: Content
    target: str = ""


def card_lines(model: CardModel, width: int) -> Sequence[CardLine]:
    """The lines of a card, each exactly ``width`` cells wide; ``()`` for a width without room."""
    return _card_lines(model, width, glyphs()) if width >= 8 else ()


@lru_cache(maxsize=16)  # whoever looks whether a card fits draws it next
def _card_lines(model: CardModel, width: int, marks: Glyphs) -> Sequence[CardLine]:
    lines: list[CardLine] = []

    def add(*pieces: Piece, target: str = "") -> None:
        lines.append(CardLine(fit_content(content(*pieces), width), target))

    def blank() -> None:
        if lines and lines[-1].line.plain.strip():
            add("")

    state = "flag" if model.flagged else model.status
    left = content(f"{mark(state)} " if state != "missing" else "  ", (safe(model.number), "bold"), "  ")
    left = left.append(content((safe(model.position), "$muted")))
    demands = content((safe(model.demands), "$muted"), " ")
    if left.cell_length + 1 + demands.cell_length <= width:
        lines.append(CardLine(left_right(left, demands, width)))
    else:
        lines.append(CardLine(fit_content(left, width)))
        for text in wrap(model.demands, width - 3):
            add("  ", (text, "$muted"))
    add("")
    for text in wrap(model.label, width - 3):
        add("  ", (text, "bold"))
    if model.other_label:
        for text in wrap(model.other_label, width - 3):
            add("  ", (text, "$muted"))
    for text in wrap(model.hint, width - 3) if model.hint else ():
        add("  ", (text, "italic $muted"))
    if model.notices:
        blank()
        for notice in model.notices:
            lines.extend(_remark_lines(notice, width, "  "))
    blank()
    for number, choice in enumerate(model.choices):
        lines.extend(_choice_lines(choice, model.many, width, f"choice:{number}", not model.to_open, marks))
    if model.to_open and model.choices:
        blank()
    if (not model.choices or model.to_open) and (model.answer or model.prompt):
        for text in wrap(model.answer, width - 5) if model.answer else ():
            add("  ", ("= ", "$muted"), (text, "bold $accent-text"), target="answer")
        if model.prompt:
            for text in wrap(model.prompt, width - 3):
                add("  ", (text, "$muted"), target="answer")
    if model.points:
        blank()
        lines.append(CardLine(left_right(content(""), content((safe(model.points), "bold"), " "), width)))
    if model.remarks:
        blank()
        for remark in model.remarks:
            lines.extend(_remark_lines(remark, width, "  "))
    for part in model.parts:
        blank()
        title = content("  ", (safe(part.title), "bold"))
        if part.key:
            title = title.append(content(f"  {marks.closed} ", (part.key, "$accent-text")))
        lines.append(CardLine(fit_content(title, width), part.target))
        for remark in part.lines:
            lines.extend(_remark_lines(remark._replace(target=remark.target or part.target), width, "    "))
    return lines


@lru_cache(maxsize=256)  # most questions have the same few choices; with other marks they are cut otherwise
def _choice_lines(
    choice: ChoiceLine, many: bool, width: int, target: str, boxes: bool, marks: Glyphs
) -> Sequence[CardLine]:
    box = choice.box or (("[x]" if choice.chosen else "[ ]") if many else ("(x)" if choice.chosen else "( )"))
    style = "bold $accent-text" if choice.chosen else ""
    points = safe(choice.points)
    tail = width_of(points) + 3 if points else 1
    start = f"   {choice.digit or ' '} {box} " if boxes else f"   {choice.digit or ' '} "
    room = max(width - width_of(start) - tail, 4)
    lines: list[CardLine] = []
    for number, text in enumerate(wrap(choice.label, room)):
        head = start if number == 0 else " " * width_of(start)
        end = f"  {points} " if points and number == 0 else ""
        left = content((head, style), (fit(text, room), style))
        lines.append(CardLine(fit_content(left.append(content((end, style or "$muted"))), width), target))
    for text in wrap(choice.other_label, room) if choice.other_label else ():
        lines.append(CardLine(fit_content(content(" " * width_of(start), (text, "$muted")), width), target))
    return lines


_REMARK_STYLES = {
    "problem": "$bad",
    "warning": "$doubt",
    "conflict": "$doubt",
    "returned": "bold $doubt",
    "answered": "$good",
}


def _remark_lines(remark: Remark, width: int, indent: str) -> list[CardLine]:
    style = _REMARK_STYLES.get(remark.state, "")
    head = f"{mark(remark.state)} " if remark.state else ""
    lines = []
    for number, text in enumerate(wrap(remark.text, max(width - len(indent) - len(head) - 1, 4))):
        before = head if number == 0 else " " * len(head)
        lines.append(CardLine(fit_content(content(indent, (before + text, style)), width), remark.target))
    return lines


class Card(ScrollView):
    """Draws a ``CardModel``; scrolls when the card is higher than its room."""

    DEFAULT_CSS = """
    Card { height: 1fr; width: 1fr; overflow-x: hidden; overflow-y: auto; scrollbar-size-vertical: 1; }
    """
    BINDINGS: ClassVar[list[Any]] = []

    class Clicked(Message):
        """Someone clicked a part of the card: ``choice:2``, ``answer``, or the target its part names."""

        def __init__(self, source: "Card", target: str) -> None:
            super().__init__()
            self.source = source
            self.target = target

        @property
        def control(self) -> "Card":
            """The card."""
            return self.source

    def __init__(
        self,
        model: Any = CardModel(),  # noqa: B008 - a value
        *,
        lines: Callable[[Any, int], Sequence[CardLine]] = card_lines,
        id: str | None = None,
        classes: str | None = None,
    ) -> None:
        """A card. ``lines`` draws another kind of model, such as a guidance or a detail page."""
        super().__init__(id=id, classes=classes)
        self.can_focus = False
        self._make_lines = lines
        self._model: Any = model
        self._lines: Sequence[CardLine] = ()
        self._drawn_width = -1

    @property
    def model(self) -> Any:
        """What is shown."""
        return self._model

    def show(self, model: Any, *, keep_scroll: bool = False) -> None:
        """Nothing; shows another model, from its top unless ``keep_scroll``. Draws only the lines that differ."""
        if model == self._model and self._drawn_width > 0:
            return
        self._model = model
        before = self._lines
        top = self.scroll_offset.y
        self._lay_out()
        if not keep_scroll and top:
            self.scroll_to(y=0, animate=False, immediate=True)
            self.refresh()
            return
        width = self.scrollable_content_region.width
        height = max(len(before), len(self._lines))
        changed: list[Region] = []
        for index in range(top, min(height, top + self.size.height)):
            old = before[index].line if index < len(before) else None
            new = self._lines[index].line if index < len(self._lines) else None
            if old is None or new is None or not old.is_same(new):
                changed.append(Region(0, index - top, width, 1))
        if changed:
            self.refresh(*changed)

    def lines_at(self, width: int) -> int:
        """How many lines the card takes at a width."""
        return len(self._make_lines(self._model, width))

    def language_changed(self) -> None:
        """Nothing; draws the words of the card again."""
        self._lay_out()
        self.refresh()

    def scroll_page(self, pages: int) -> None:
        """Nothing; scrolls by whole windows."""
        self.scroll_to(y=self.scroll_offset.y + pages * max(self.size.height - 1, 1), animate=False, immediate=True)

    def _lay_out(self) -> None:
        self._drawn_width = self.scrollable_content_region.width
        self._lines = self._make_lines(self._model, self._drawn_width)
        if self.virtual_size.height != len(self._lines):
            self.virtual_size = Size(0, len(self._lines))

    def notify_style_update(self) -> None:
        """Nothing; the glyphs may have changed with the style."""
        super().notify_style_update()
        self._drawn_width = -1

    def render(self) -> str:
        """Nothing: the lines are drawn by ``render_line``."""
        return ""

    def render_line(self, y: int) -> Strip:
        """The strip of the line ``y`` of the window, exactly as wide as the card."""
        width = self.scrollable_content_region.width
        if width != self._drawn_width:
            self._lay_out()
        index = y + self.scroll_offset.y
        if index >= len(self._lines):
            return Strip.blank(width, self.visual_style.rich_style)
        return strip_of(self._lines[index].line, width, self.visual_style, self.app.stylesheet.parse_style)

    async def _on_click(self, event: events.Click) -> None:
        index = event.y - self.gutter.top + self.scroll_offset.y
        if 0 <= index < len(self._lines) and self._lines[index].target:
            event.stop()
            self.post_message(self.Clicked(self, self._lines[index].target))


class TextPage(NamedTuple):
    """A titled text for a ``Card(lines=page_lines)``: guidance, a detail page."""

    title: str = ""
    parts: tuple[Part, ...] = ()
    empty: str = ""


def page_lines(page: TextPage, width: int) -> list[CardLine]:
    """The lines of a page, each exactly ``width`` cells wide."""
    if width < 4:
        return []
    lines: list[CardLine] = []
    if page.title:
        for text in wrap(page.title, width - 2):
            lines.append(CardLine(fit_content(content(" ", (text, "bold $accent-text")), width)))
    if not page.parts and page.empty:
        lines += [CardLine(fit_content(content(" ", (text, "$muted")), width)) for text in wrap(page.empty, width - 2)]
    for part in page.parts:
        if lines:
            lines.append(CardLine(fit_content(content(""), width)))
        if part.title:
            lines.append(CardLine(fit_content(content(" ", (safe(part.title), "bold")), width), part.target))
        for remark in part.lines:
            lines.extend(_remark_lines(remark._replace(target=remark.target or part.target), width, " "))
    return lines


def saved_line(time: str, what: str, key: str) -> tuple[Piece, ...]:
    """Pieces for the status line after an answer: what was saved when, and which key takes it back."""
    return (
        (f"{glyphs().answered} ", "bold $good"),
        (_("saved {time}").format(time=time), "$good"),
        f"  {safe(what)}  ",
        (key, "bold $accent-text"),
        f" {_('takes it back')}",
    )


def best_fit(model: CardModel, guidance: TextPage, width: int, height: int) -> CardModel:
    """The card with as much as fits: both languages of the question, then those of the choices, then guidance."""
    told = tuple(remark for part in guidance.parts[:1] for remark in part.lines)
    with_guidance = (*model.parts, Part(guidance.title, told, "F7", "guidance")) if told else model.parts
    plain = model._replace(choices=tuple(choice._replace(other_label="") for choice in model.choices))
    for each in (model._replace(parts=with_guidance), plain._replace(parts=with_guidance)):
        if len(card_lines(each, width)) <= height:
            return each
    if len(card_lines(model, width)) <= height:
        plain = model
    room = height - len(card_lines(plain, width)) - 2  # a blank line and the title
    if room >= 1 and told:
        lines = wrap("\n".join(remark.text for remark in told), max(width - 5, 4))
        cut_off = (*lines[: room - 1], fit(f"{lines[room - 1]} ...", width - 5).rstrip())
        part = Part(guidance.title, tuple(Remark(line) for line in cut_off), "F7", "guidance")
        return plain._replace(parts=(*model.parts, part))
    if room >= -2:
        return plain
    return plain._replace(other_label="")


def card_from(kept: Sequence[Any]) -> CardModel:
    """The card that was kept as JSON."""
    model = CardModel(*kept)
    return model._replace(
        choices=tuple(ChoiceLine(*choice) for choice in model.choices),
        remarks=tuple(Remark(*remark) for remark in model.remarks),
        notices=tuple(Remark(*notice) for notice in model.notices),
        parts=_parts_from(model.parts),
    )


def page_from(kept: Sequence[Any]) -> TextPage:
    """The guidance that was kept as JSON."""
    page = TextPage(*kept)
    return page._replace(parts=_parts_from(page.parts))


def _parts_from(kept: Sequence[Any]) -> tuple[Part, ...]:
    return tuple(Part(title, tuple(Remark(*line) for line in lines), *rest) for title, lines, *rest in kept)
