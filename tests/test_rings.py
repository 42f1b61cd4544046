"""Imports point from the faces to the disk to the values, never back (docs/architecture.md)."""

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

PACKAGE = Path(__file__).parent.parent / "assessor_tui"

VALUES = ("problem", "units", "form", "ledger", "logic", "assess")
DISK = (
    "bundle", "carry", "closing", "config", "crash", "documents", "evidence", "filled_visit", "i18n", "interop",
    "materials", "moving", "new_visit", "quick", "returning", "set_by_form", "settling", "sheets", "store", "trust",
    "using_form", "visit", "visit_list", "waiting",
)  # fmt: skip
FACES = ("cli", "tui", "reports", "__main__")

ONLY_IN = {
    "textual": ("tui",),
    "rich": ("tui", "cli"),
    "sqlmodel": ("store",),
    "sqlalchemy": ("store",),
    "jinja2": ("reports",),
    "platformdirs": ("config",),
    "typer": ("cli",),
    "click": ("cli",),
    "yaml": ("form",),
    "PIL": ("evidence", "reports"),
    "cryptography": ("store", "bundle", "trust"),
    "pyrage": ("bundle", "store"),
    "keyring": ("store",),
    "orjson": ("bundle", "store"),
    "filelock": ("store",),
    "pydantic": ("form", "reports", "cli"),
    "regex": ("logic",),
    "openpyxl": ("sheets", "interop"),
    "pyxform": ("interop",),
    "xlrd": ("interop",),
}
"""Library -> rooms that may import it."""

COMMAND_OF_THE_AUTHOR = {("form.check", "i18n"), ("form.check", "logic")}
"""The form checker is a value module that can also be run as a command; only its ``main`` reaches for sentences."""


SCREEN = ("widgets", "shown", "windows", "pages")
"""Rooms of the terminal program, each imports from those before it: what draws and knows no visit, what is shown of a
visit, windows, pages."""


def modules() -> Iterator[tuple[str, Path]]:
    for path in sorted(PACKAGE.rglob("*.py")):
        name = ".".join(path.relative_to(PACKAGE).with_suffix("").parts)
        yield name.removesuffix(".__init__"), path


def imported(path: Path) -> Iterator[str]:
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.level == 0 and node.module:
            if node.module == "assessor_tui":
                yield from (f"assessor_tui.{alias.name}" for alias in node.names)
            else:
                yield node.module


def room(module: str) -> str:
    return module.split(".")[0]


@pytest.mark.parametrize(("name", "path"), modules())
def test_a_module_imports_only_from_its_own_ring_or_further_in(name: str, path: Path) -> None:
    allowed = {"__version__"}
    if room(name) in VALUES:
        allowed.update(VALUES[: VALUES.index(room(name)) + 1])
    elif room(name) in DISK:
        allowed.update(VALUES + DISK)
    else:
        allowed.update(VALUES + DISK + FACES)

    strangers = {
        room(module.removeprefix("assessor_tui."))
        for module in imported(path)
        if module.startswith("assessor_tui.")
        and room(module.removeprefix("assessor_tui.")) not in allowed
        and (name, room(module.removeprefix("assessor_tui."))) not in COMMAND_OF_THE_AUTHOR
    }

    assert strangers == set()


@pytest.mark.parametrize(("name", "path"), modules())
def test_a_library_is_imported_only_in_its_rooms(name: str, path: Path) -> None:
    wrong = {
        library
        for library in (module.split(".")[0] for module in imported(path))
        if library in ONLY_IN and room(name) not in ONLY_IN[library]
    }

    assert wrong == set()


def test_every_room_of_the_package_belongs_to_a_ring() -> None:
    rooms = {room(name) for name, _ in modules()} - {"", "__init__"}

    assert rooms - {*VALUES, *DISK, *FACES} == set()


@pytest.mark.parametrize(("name", "path"), [each for each in modules() if each[0].split(".")[:1] == ["tui"]])
def test_a_room_of_the_screen_imports_only_from_itself_or_further_in(name: str, path: Path) -> None:
    here = name.split(".")[1:2]
    later = SCREEN[SCREEN.index(here[0]) + 1 :] if here and here[0] in SCREEN else ()

    strangers = {module for module in imported(path) if module.split(".")[:2] == ["assessor_tui", "tui"]
                 and module.split(".")[2:3] and module.split(".")[2] in later}  # fmt: skip

    assert strangers == set()
