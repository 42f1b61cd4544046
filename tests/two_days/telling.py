"""What a story told by the running program leaves behind: its pages, its pictures, and how long it took."""

from pathlib import Path
from typing import NamedTuple

from tests.pty_terminal import Screen


class Scene(NamedTuple):
    """One hour of the story."""

    heading: str
    text: str
    """Markdown; tells what people do and what the program does."""
    pictures: tuple[tuple[str, str], ...] = ()
    """(file name, what it shows) of each picture."""
    typed: tuple[str, ...] = ()
    """Commands that were typed, each with what it said, in their order."""


class Telling:
    """The scenes so far, and the pictures taken of the screen, as SVG texts by file name."""

    def __init__(self) -> None:
        self.scenes: list[Scene] = []
        self.pictures: dict[str, str] = {}

    def scene(self, heading: str, text: str) -> None:
        """Nothing; a new hour begins."""
        self.scenes.append(Scene(heading, text))

    def typed(self, who: str, command: str, said: str) -> None:
        """Nothing; keeps a command and what it said, in the present scene."""
        last = self.scenes[-1]
        lines = "\n".join(line.rstrip() for line in said.strip().splitlines())
        self.scenes[-1] = last._replace(typed=(*last.typed, f"{who}$ {command}\n{lines}".strip()))

    def picture(self, screen: Screen, name: str, caption: str) -> None:
        """Nothing; keeps what stands on the screen, in the present scene."""
        from tests.screenshots import picture_of

        file = f"{len(self.pictures) + 1:02d}-{name}.svg"
        self.pictures[file] = picture_of(screen, caption)
        last = self.scenes[-1]
        self.scenes[-1] = last._replace(pictures=(*last.pictures, (file, caption)))

    def page(self, title: str, opening: str, folder: str) -> str:
        """The whole story as Markdown; ``folder`` is where its pictures stand, seen from the page."""
        parts = [f"# {title}", "", opening, ""]
        for scene in self.scenes:
            parts += [f"## {scene.heading}", "", scene.text.strip(), ""]
            if scene.typed:
                parts += ["```text", *scene.typed, "```", ""]
            for file, caption in scene.pictures:
                parts += [f"![{caption}]({folder}/{file})", "", f"*{caption}*", ""]
        return "\n".join(parts).rstrip() + "\n"

    def write(self, page: Path, title: str, opening: str, pictures: Path) -> None:
        """Nothing; writes the page and its pictures, and takes away pictures of an older telling."""
        pictures.mkdir(parents=True, exist_ok=True)
        for old in pictures.glob("*.svg"):
            if old.name not in self.pictures:
                old.unlink()
        for name, picture in self.pictures.items():
            (pictures / name).write_text(picture, encoding="utf-8")
        page.write_text(self.page(title, opening, pictures.relative_to(page.parent).as_posix()), encoding="utf-8")
