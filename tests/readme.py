"""What README.md says can be done: its blocks and links, read from the page itself."""

import re
from collections.abc import Iterator
from pathlib import Path

CHECKOUT = Path(__file__).parent.parent
README = CHECKOUT / "README.md"

_BLOCK = re.compile(r"^```sh\n(.*?)^```$", re.DOTALL | re.MULTILINE)
_LINK = re.compile(r"\[[^\]]*\]\(([^)\s]+)\)")
_HEADING = re.compile(r"^#+ +(.+?) *$", re.MULTILINE)
_CODE = re.compile(r"```.*?```|`[^`\n]*`", re.DOTALL)
_SPAN = re.compile(r"`([^`]+)`")


def shell_blocks(page: str) -> list[str]:
    """The commands of each block marked ``sh``."""
    return [block.strip() for block in _BLOCK.findall(page)]


def named_commands(page: str) -> list[str]:
    """Every ``assessor ...`` in the page's text and tables, on one line each."""
    spans = (" ".join(span.split()) for span in _SPAN.findall(re.sub(r"```.*?```", "", page, flags=re.DOTALL)))
    return [span for span in spans if span == "assessor" or span.startswith("assessor ")]


def links(page: str) -> Iterator[str]:
    """The targets of all links and pictures that stand outside code."""
    yield from _LINK.findall(_CODE.sub("", page))


def anchors(page: str) -> set[str]:
    """What a link can point at inside the page."""
    return {
        re.sub(r"[^\w\- ]", "", heading.lower()).replace(" ", "-")
        for heading in _HEADING.findall(re.sub(r"```.*?```", "", page, flags=re.DOTALL))
    }
