"""Text on a grid of cells: cleaned, cut, padded and wrapped, for Latin and Chinese alike.

Everything that people or files give goes through here before it reaches the screen. What comes back is
plain text or ``Content``; nothing is ever read as markup.
"""

from collections.abc import Callable
from unicodedata import category, combining

from rich.cells import cell_len
from rich.segment import Segment
from textual.content import Content
from textual.strip import Strip
from textual.style import Style

from assessor_tui.tui.widgets.glyphs import glyphs

Piece = str | Content | tuple[str, str | Style]
"""Text, styled text, or text with the name of its style."""

_UNSEEN = "␦"
"""Stands for a character that would act on the terminal or on its neighbours instead of being seen."""

_MARKS_PER_LETTER = 3
"""Combining marks kept on one letter; more would draw over the lines above."""

NOT_AT_LINE_START = frozenset("，。；：？！、．）】」』〉》〕〗”’…％‰℃·—～,.;:?!)]}%")
NOT_AT_LINE_END = frozenset("（【「『〈《〔〖“‘￥＄([{")


def safe(text: str, *, lines: bool = False) -> str:
    """The text with everything that acts instead of being seen shown as a symbol.

    Control characters become their pictures, other invisible ones ``␦``. A tabulator becomes a space, a line end
    ``⏎`` unless ``lines`` asks to keep line ends. Nothing here knows markup, so brackets stay what they are.
    """
    if text.isascii() and text.isprintable():
        return text
    seen: list[str] = []
    marks = 0
    for character in text.replace("\r\n", "\n"):
        code = ord(character)
        if (code >= 0x300 and combining(character)) or category(character) in ("Mn", "Me"):
            marks += 1
            if code in (0xFE0E, 0xFE0F):
                continue  # asks for a drawing style; terminals disagree on the width that follows from it
            if marks <= _MARKS_PER_LETTER and seen and seen[-1] != "\n":
                seen.append(character)
            continue
        marks = 0
        if character == "\n":
            seen.append("\n" if lines else glyphs().enter)
        elif character == "\t":
            seen.append(" ")
        elif character.isprintable():
            # Flags and skin tones join with their neighbours to a width no two terminals agree on.
            joins = 0x1F1E6 <= code <= 0x1F1FF or 0x1F3FB <= code <= 0x1F3FF
            seen.append(_UNSEEN if joins else character)
        elif code < 0x20:
            seen.append(chr(0x2400 + code))
        elif code == 0x7F:
            seen.append("␡")
        elif code == 0x3000:
            seen.append(character)
        elif category(character) == "Zs":
            seen.append(" ")
        else:
            seen.append(_UNSEEN)
    return "".join(seen)


def width_of(text: str) -> int:
    """Cells that the text takes."""
    return len(text) if text.isascii() else cell_len(text)


def cut(text: str, width: int) -> int:
    """How many leading characters fit into ``width`` cells; combining marks stay with their letter."""
    if text.isascii():
        return min(len(text), max(width, 0))
    used = 0
    for index, character in enumerate(text):
        used += cell_len(character)
        if used > width:
            return index
    return len(text)


def fit(text: str, width: int, *, align: str = "left") -> str:
    """One line of exactly ``width`` cells: cleaned, cut with a mark where it is too long, else padded.

    ``align`` is ``left`` or ``right`` and says where the text stands in its field.
    """
    if width <= 0:
        return ""
    text = safe(text)
    used = width_of(text)
    if used > width:
        text = text[: cut(text, width - 1)] + glyphs().cut
        used = width_of(text)
    padding = " " * (width - used)
    return padding + text if align == "right" else text + padding


def wrap(text: str, width: int) -> list[str]:
    """Lines of at most ``width`` cells; at least one line, which may be empty.

    Breaks at spaces and between Chinese characters, never before closing punctuation nor after an opening one as
    long as that can be helped; a word longer than the line is broken where the line ends.
    """
    width = max(width, 1)
    lines: list[str] = []
    for paragraph in safe(text, lines=True).split("\n"):
        if width_of(paragraph) <= width:
            lines.append(paragraph)
        else:
            lines.extend(_wrapped(paragraph, width))
    return lines


def _wrapped(paragraph: str, width: int) -> list[str]:
    lines: list[str] = []
    line = ""
    used = 0
    for unit in _units(paragraph):
        needed = width_of(unit.rstrip(" "))
        if used + needed > width and line:
            lines.append(line.rstrip(" "))
            line, used = "", 0
        while needed > width:
            end = cut(unit, width)
            if end == 0:  # one wide character and a line of one cell
                lines.append(glyphs().cut)
                end = 1
            else:
                lines.append(unit[:end])
            unit = unit[end:]
            needed = width_of(unit.rstrip(" "))
        line += unit
        used += width_of(unit)
    if line.rstrip(" ") or not lines:
        lines.append(line.rstrip(" "))
    # Trailing spaces may have pushed a line over its width only while it was being filled.
    return lines


def _units(paragraph: str) -> list[str]:
    """Pieces between which a line may end: words with the spaces after them, single wide characters."""
    units: list[str] = []
    before = ""
    for character in paragraph:
        if not units:
            units.append(character)
        elif character == " " or (before not in (" ", "\u3000") and _together(before, character)):
            units[-1] += character
        else:
            units.append(character)
        before = character
    return units


def _together(before: str, character: str) -> bool:
    if character in NOT_AT_LINE_START or before in NOT_AT_LINE_END:
        return True
    if before.isascii() and character.isascii():
        return True
    cells = cell_len(character)
    return cells == 0 or (cells == 1 and cell_len(before) == 1)


def paragraph(text: str, width: int) -> list[str]:
    """The wrapped lines, each padded to exactly ``width`` cells."""
    return [line + " " * (width - width_of(line)) for line in wrap(text, width)] if width > 0 else []


def content(*pieces: Piece) -> Content:
    """The pieces one after the other; plain strings stay plain whatever brackets they hold."""
    return Content.assemble(*pieces)


def fit_content(text: Content, width: int) -> Content:
    """The styled line at exactly ``width`` cells, cut with a mark where it is too long. It must be clean already."""
    if width <= 0:
        return Content("")
    used = text.cell_length
    if used > width:
        text = text[: cut(text.plain, width - 1)].append(glyphs().cut)
        used = text.cell_length
    return text if used == width else text.pad_right(width - used)


def left_right(left: Content, right: Content, width: int) -> Content:
    """One line with ``left`` at its start and ``right`` at its end; ``left`` gives way when both do not fit."""
    room = width - right.cell_length - 1
    if room < 1:
        return fit_content(left, width)
    return fit_content(left, room).append(" ").append(right)


def strip_of(line: Content, width: int, base: Style, parse_style: Callable[[str | Style], Style]) -> Strip:
    """The styled line as a strip of exactly ``width`` cells on the style ``base``.

    ``parse_style`` is ``app.stylesheet.parse_style``: it knows the theme's variables and remembers what it parsed.
    """
    fitted = fit_content(line, width)
    segments = [Segment(text, style.rich_style) for text, style in fitted.render(base, "", parse_style)]
    return Strip(segments, width).simplify()
