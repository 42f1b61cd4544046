"""The compositor of the program's screens: draws the lines that have changed, and of what lies there only the top."""

from collections.abc import Callable, Mapping, Sequence
from typing import cast

from textual._compositor import Compositor
from textual.geometry import Region
from textual.strip import Strip


class FrugalCompositor(Compositor):
    """As Textual's, with the same frames.

    Textual asks every widget between the first changed line and the last for all its lines, also those that lie under
    others. Here a widget is asked only for lines that are drawn and not covered yet: on most keys three widgets
    instead of nine.
    """

    def _render_chops(self, crop: Region, is_rendered_line: Callable[[int], bool]) -> Sequence[Mapping[int, Strip]]:
        cuts = self.cuts
        chops: list[dict[int, Strip | None]] = [dict.fromkeys(line[:-1]) for line in cuts]
        open_: dict[int, int] = {
            y: len(chops[y]) for y in crop.line_range if y < len(chops) and is_rendered_line(y) and chops[y]
        }
        # From front to back: who comes first is seen.
        for widget, (region, clip) in self.visible_widgets.items():
            if not open_:
                break
            seen = region.intersection(clip)
            lines = [y for y in open_ if seen.y <= y < seen.bottom]
            if not lines or not seen.width:
                continue
            top = lines[0]
            inside = Region(seen.x - region.x, top - region.y, seen.width, lines[-1] - top + 1)
            strips = widget.render_lines(inside)
            for y in lines:
                chop = chops[y]
                columns = [cut for cut in cuts[y] if seen.x <= cut <= seen.right]
                pieces = strips[y - top].divide([cut - seen.x for cut in columns[1:]])
                for cut, piece in zip(columns, pieces, strict=False):
                    if chop[cut] is None:
                        chop[cut] = piece
                        open_[y] -= 1
                if not open_[y]:
                    del open_[y]
        return cast("Sequence[Mapping[int, Strip]]", chops)
