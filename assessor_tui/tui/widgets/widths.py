"""What a terminal draws two cells wide counts two cells, everywhere: in our own lines, in Rich and in Textual.

Characters of East Asian "ambiguous" width (lines, blocks, ``·``, ``“``, ``°``) count one cell in Rich. A terminal
that is set up for Chinese may draw them two cells wide; ``tui/terminal`` has measured one of each kind.
"""

from bisect import bisect_right
from collections.abc import Callable, Mapping, Sequence
from unicodedata import east_asian_width

from rich import cells as rich_cells
from rich import segment as rich_segment
from rich._unicode_data import load
from textual import _border

from assessor_tui.tui.widgets.glyphs import SAFE, fitting, use_glyphs

SPEAKERS = (
    ("·", 0xA1, 0xFF), ("Ω", 0x100, 0x3FF), ("я", 0x400, 0x4FF), ("…", 0x1E00, 0x2017), ("“", 0x2018, 0x201F),
    ("…", 0x2020, 0x206F), ("℃", 0x2070, 0x218F), ("→", 0x2190, 0x21FF), ("≥", 0x2200, 0x23FF), ("①", 0x2460, 0x24FF),
    ("─", 0x2500, 0x257F), ("█", 0x2580, 0x259F), ("●", 0x25A0, 0x25FF), ("★", 0x2600, 0x2FFF),
)  # fmt: skip
"""Character that was measured, and the first and last code point of the ambiguous ones that it speaks for."""

Range = tuple[int, int, int]
"""First and last code point, and their width."""

_table: Callable[[str], rich_cells.CellTable] = load
_single = rich_cells._SINGLE_CELLS


def fit_terminal(cells: Mapping[str, int]) -> None:
    """Nothing; from now on widths are counted and marks chosen as the terminal draws them.

    Args:
        cells: what was measured: character -> cells; empty when nothing is known, and everything is as Rich has it.
    """
    use_glyphs(fitting(cells))
    wide = wide_characters(cells)
    for box in ("solid", "round"):
        _border.BORDER_CHARS[box] = _BOXES["ascii" if cells.get(SAFE.rule, 1) != 1 else box]
    _border.get_box.cache_clear()
    table = _table
    single = _single.issuperset
    if wide:
        known = _table("auto")
        widths = _with(known.widths, wide)
        changed = known._replace(widths=widths)
        single = (_single - frozenset(map(chr, wide))).issuperset

        def table(unicode_version: str = "auto") -> rich_cells.CellTable:
            return changed

    # Rich looks these up by name each time it counts; there is no other door.
    for module, name, value in (
        (rich_cells, "load_cell_table", table),
        (rich_cells, "_is_single_cell_widths", single),
        (rich_segment, "_is_single_cell_widths", single),
    ):
        setattr(module, name, value)
    rich_cells.get_character_cell_size.cache_clear()
    rich_cells.cached_cell_len.cache_clear()


_BOXES = {name: _border.BORDER_CHARS[name] for name in ("solid", "round", "ascii")}


def wide_characters(cells: Mapping[str, int]) -> list[int]:
    """Code points, sorted, that take two cells although Rich counts one, by what was measured."""
    found = {ord(character) for character in cells if cells[character] == 2 and _width(character) == 1}
    for speaker, first, last in SPEAKERS:
        if cells.get(speaker) == 2:
            found.update(code for code in range(first, last + 1) if east_asian_width(chr(code)) == "A")
    # What combines with the character before it stays without width, whatever Unicode calls it.
    return sorted(code for code in found if _width(chr(code)) == 1)


def _width(character: str) -> int:
    code = ord(character)
    widths = _table("auto").widths
    at = bisect_right(widths, (code, 0x110000, 3)) - 1
    return widths[at][2] if at >= 0 and widths[at][0] <= code <= widths[at][1] else 1


def _with(widths: Sequence[Range], wide: list[int]) -> list[Range]:
    """The table with the code points in ``wide``, which it does not have yet, as ranges of two cells."""
    ranges: list[Range] = []
    for code in wide:
        if ranges and ranges[-1][1] == code - 1:
            ranges[-1] = (ranges[-1][0], code, 2)
        else:
            ranges.append((code, code, 2))
    return sorted([*widths, *ranges])
