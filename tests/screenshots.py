"""Pictures of every page on the sample sites: ``python -m tests.screenshots [PLACE...]`` writes docs/screenshots.

Drawn from the cells of the screen: each run of text is as wide as its cells, so Chinese and English line up in every
browser. ``summary`` is the HTML summary, photographed by Chromium; without one it is left out, and that is said.
"""

import asyncio
import html
import os
import shutil
import subprocess
import sys
import tempfile
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from rich.cells import cell_len
from rich.segment import Segment
from rich.style import Style
from textual.color import Color

from assessor_tui.cli import main as command
from assessor_tui.cli.demo import lay_out
from assessor_tui.i18n import LANGUAGES
from assessor_tui.store.ledger import Store
from assessor_tui.tui.app import PAGES, AssessorApp, built
from assessor_tui.tui.commands import HOME, WALK

if TYPE_CHECKING:
    from tests.pty_terminal import Screen

FOLDER = Path(__file__).parents[1] / "docs" / "screenshots"
SIZES = ((80, 24), (140, 40))
NOON = 1_794_456_000_000_000
"""2026-11-12T12:00:00+08:00 in microseconds."""
MERGED = NOON + 2 * 24 * 3600 * 1_000_000
"""When the bundles came: after all that is in them, for otherwise their clocks would stand ahead."""
TARGETS = {WALK: "gate/cp_organisation"}
"""Where the cursor stands, when the visit has that place."""
SUMMARY = "summary"

CELL_WIDTH, CELL_HEIGHT, FONT, BASELINE = 8.4, 18.0, 14, 13.5
FONTS = "'DejaVu Sans Mono','Cascadia Mono',Menlo,Consolas,'Noto Sans Mono CJK TC','Noto Sans Mono CJK HK',monospace"


class Run(NamedTuple):
    """Neighbouring cells of one look."""

    row: int
    column: int
    cells: int
    text: str
    colour: str
    ground: str
    bold: bool
    dim: bool
    underline: bool


def look(style: Style | None, default: tuple[str, str]) -> tuple[str, str, bool, bool, bool]:
    """Colour, ground, bold, dim and underlined, as the terminal would show it."""
    if style is None:
        return (*default, False, False, False)
    colour = style.color.get_truecolor().hex if style.color and style.color.name != "default" else default[0]
    ground = style.bgcolor.get_truecolor().hex if style.bgcolor and style.bgcolor.name != "default" else default[1]
    if style.reverse:
        colour, ground = ground, colour
    if style.dim:
        colour = Color.parse(ground).blend(Color.parse(colour), 0.6).hex
    return colour.lower(), ground.lower(), bool(style.bold), False, bool(style.underline)


def runs(lines: Sequence[Iterable[Segment]], default: tuple[str, str]) -> Iterator[Run]:
    """The screen as runs; wide and narrow characters, and characters that are drawn, never share one."""
    for row, line in enumerate(lines):
        column = 0
        kept: Run | None = None
        kind = 0
        for segment in line:
            if segment.control:
                continue
            seen = look(segment.style, default)
            for character in segment.text:
                cells = cell_len(character)
                now = 9 if character in DRAWN else cells
                if kept is not None and now == 0:
                    kept = kept._replace(text=kept.text + character)
                    continue
                if kept is not None and (kept[4:] == seen and kind == now):
                    kept = kept._replace(text=kept.text + character, cells=kept.cells + cells)
                else:
                    if kept is not None:
                        yield kept
                    kept, kind = Run(row, column, cells, character, *seen), now
                column += cells
        if kept is not None:
            yield kept


DRAWN: dict[str, tuple[tuple[float, float, float, float], ...]] = {
    "█": ((0, 0, 1, 1),), "▀": ((0, 0, 1, 0.5),), "▄": ((0, 0.5, 1, 0.5),), "▌": ((0, 0, 0.5, 1),),
    "▐": ((0.5, 0, 0.5, 1),), "─": ((0, 0.47, 1, 0.06),), "━": ((0, 0.44, 1, 0.12),), "│": ((0.44, 0, 0.12, 1),),
    "▏": ((0, 0, 0.125, 1),), "▔": ((0, 0, 1, 0.125),), "▁": ((0, 0.875, 1, 0.125),),
}  # fmt: skip
"""Character -> rectangles (x, y, width, height in cells): fonts leave gaps between them."""


def svg(lines: Sequence[Iterable[Segment]], width: int, height: int, default: tuple[str, str], title: str) -> str:
    """The screen as a picture."""
    across, down = width * CELL_WIDTH, height * CELL_HEIGHT
    looks: dict[tuple[str, bool, bool], str] = {}
    grounds: list[str] = []
    texts: list[str] = []
    for run in runs(lines, default):
        x, y = run.column * CELL_WIDTH, run.row * CELL_HEIGHT
        wide = run.cells * CELL_WIDTH
        if run.ground != default[1]:
            grounds.append(rectangle(x, y, wide, CELL_HEIGHT, run.ground))
        if not run.text.strip():
            continue
        if run.text[0] in DRAWN:
            texts += blocks(run)
            continue
        name = looks.setdefault((run.colour, run.bold, run.underline), f"c{len(looks)}")
        at = f'x="{x:.4g}" y="{y + BASELINE:.5g}" textLength="{wide:.4g}"'
        texts.append(f'<text class="{name}" {at}>{html.escape(run.text)}</text>')
    rules = "".join(
        f".{name}{{fill:{colour}{';font-weight:700' if bold else ''}{';text-decoration:underline' if line else ''}}}"
        for (colour, bold, line), name in looks.items()
    )
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {across:.5g} {down:.5g}" role="img">'
        f"<title>{html.escape(title)}</title><style>rect{{shape-rendering:crispEdges}}"
        f"text{{font:{FONT}px {FONTS};white-space:pre}}{rules}</style>"
        f"{rectangle(0, 0, across, down, default[1])}{''.join(grounds)}{''.join(texts)}</svg>\n"
    )


def blocks(run: Run) -> Iterator[str]:
    """The run's characters as rectangles; equal neighbours become one."""
    start = 0
    for at in range(1, len(run.text) + 1):
        if at == len(run.text) or run.text[at] != run.text[start] or run.text[at] == "│":
            for x, y, wide, tall in DRAWN[run.text[start]]:
                across = at - start if wide == 1 else wide
                yield rectangle(
                    (run.column + start + x) * CELL_WIDTH, (run.row + y) * CELL_HEIGHT,
                    across * CELL_WIDTH, tall * CELL_HEIGHT, run.colour,
                )  # fmt: skip
            start = at


def rectangle(x: float, y: float, width: float, height: float, colour: str) -> str:
    return f'<rect x="{x:.5g}" y="{y:.5g}" width="{width:.5g}" height="{height:.5g}" fill="{colour}"/>'


async def picture(app: AssessorApp, size: tuple[int, int], title: str) -> str:
    """The program's screen once nothing moves any more."""
    async with app.run_test(size=size) as pilot:
        for _ in range(400):
            await app.workers.wait_for_complete()
            await pilot.pause(0.02)
            if not app.loading:
                break
        await pilot.pause(0.3)
        theme = app.get_css_variables()
        default = Color.parse(theme["foreground"]).hex.lower(), Color.parse(theme["background"]).hex.lower()
        lines = [list(strip) for strip in app.screen._compositor.render_strips()]
        return svg(lines, *size, default, title)


def picture_of(screen: "Screen", title: str) -> str:
    """What stands on the screen of a real terminal, as a picture; its own ground is the commonest one."""
    grounds = Counter(look.ground for line in screen.looks for look in line if look.ground)
    ground = grounds.most_common(1)[0][0] if grounds else "#101418"
    default = ("#e6e6e6" if Color.parse(ground).brightness < 0.5 else "#1a1a1a", ground)
    lines = [
        [
            Segment(character, Style(
                color=look.colour or None, bgcolor=look.ground or None, bold=look.bold, dim=look.dim,
                underline=look.underline, reverse=look.reverse,
            ))
            for character, look in zip(cells, looks, strict=True)
        ]
        for cells, looks in zip(screen.cells, screen.looks, strict=True)
    ]  # fmt: skip
    return svg(lines, screen.width, screen.height, default, title)


def sample(folder: Path) -> str:
    """Id of the visit that is shown, with the sample sites laid out in ``folder``."""
    with Store.open(folder, now=lambda: MERGED) as store:
        lay_out(store)
        visits = store.visits()
        shown = next((row for row in visits if row.conflicts), visits[0])
        return shown.id


def drawn(folder: Path, place: str, visit: str, language: str, size: tuple[int, int]) -> str:
    """The picture of a page, as SVG."""
    with Store.open(folder, now=lambda: NOON) as store:
        app = AssessorApp(
            store,
            place=place,
            visit_id="" if place == HOME else visit,
            target=TARGETS.get(place, ""),
            language=language,
        )
        return asyncio.run(picture(app, size, f"assessor: {place}"))


def name_of(place: str, language: str, size: tuple[int, int]) -> str:
    """File name of a picture."""
    return f"{place}-{size[0]}x{size[1]}.{language}.svg"


def languages_of(place: str) -> Sequence[str]:
    """Languages a page is shown in: the walk in all, the others in English."""
    return LANGUAGES if place == WALK else LANGUAGES[:1]


def write(folder: Path, place: str, visit: str, language: str, size: tuple[int, int]) -> None:
    """One picture of a page."""
    file = FOLDER / name_of(place, language, size)
    text = drawn(folder, place, visit, language, size)
    file.write_text(text, encoding="utf-8", newline="\n")
    print(f"{file.name}: {len(text.encode()):,} bytes")


def write_summary(folder: Path, visit: str) -> None:
    """The summary's first page, by a browser that is there already."""
    browser = next(
        (path for name in ("chromium", "chromium-browser", "google-chrome") if (path := shutil.which(name))), ""
    )
    if not browser:
        print("summary: left out, there is no Chromium on this machine")
        return
    for language in LANGUAGES:
        out = folder.parent / f"report-{language}"
        if command(["report", visit, "--lang", language, "-o", str(out), "--data", str(folder)]):
            print("summary: left out, the report was not written")
            return
        (page,) = out.glob("*.html")
        file = FOLDER / f"summary.{language}.png"
        options = [
            "--headless",
            "--no-sandbox",
            "--disable-gpu",
            "--disable-background-networking",
            "--hide-scrollbars",
        ]
        options += [
            "--hide-scrollbars",
            "--window-size=900,1270",
            f"--user-data-dir={folder.parent / 'browser'}",
            f"--screenshot={file}",
        ]
        subprocess.run([browser, *options, page.as_uri()], check=True, capture_output=True, timeout=120)
        smaller(file)
        print(f"{file.name}: {file.stat().st_size:,} bytes")


def smaller(file: Path) -> None:
    """The picture in at most 256 colours, which is what it has but for soft edges."""
    from PIL import Image

    with Image.open(file) as full:
        full.convert("RGB").quantize(128).save(file, optimize=True)


def main(arguments: list[str]) -> int:
    """0 when every page that exists was drawn."""
    wanted: Callable[[str], bool] = lambda name: not arguments or name in arguments  # noqa: E731
    FOLDER.mkdir(parents=True, exist_ok=True)
    os.environ.update(COLORTERM="truecolor", TERM="xterm-256color")
    failed = 0
    with tempfile.TemporaryDirectory(prefix="assessor-pictures-") as scratch:
        folder = Path(scratch) / "data"
        visit = sample(folder)
        for place in filter(wanted, PAGES):
            if not built(place):
                print(f"{place}: left out, the page does not exist yet")
                continue
            for size in SIZES:
                for language in languages_of(place):
                    try:
                        write(folder, place, visit, language, size)
                    except Exception as error:
                        print(f"{place} {size}: {type(error).__name__}: {error}")
                        failed += 1
        if wanted(SUMMARY):
            write_summary(folder, visit)
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
