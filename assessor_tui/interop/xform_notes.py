"""What is found while an XForm is read: mistakes that refuse it, and what its reader should know."""

from collections.abc import Mapping

from assessor_tui.form.markup import Element
from assessor_tui.problem import Place, Problem

MOST_NOTES = 500
"""Of each sort; a form of 100,000 mistakes is told by its first ones."""


class Notes:
    """Problems and warnings so far, each with its line."""

    __slots__ = ("file", "problems", "warnings")

    def __init__(self, file: str) -> None:
        self.file = file
        self.problems: list[Problem] = []
        self.warnings: list[Problem] = []

    def problem(self, code: str, at: Element | None, path: str = "", /, **told: str) -> None:
        """Nothing; the form is refused for this."""
        self._add(self.problems, code, at, path, told)

    def warn(self, code: str, at: Element | None, path: str = "", /, **told: str) -> None:
        """Nothing; the form is read, and this is said about it. The same is said once per line."""
        self._add(self.warnings, code, at, path, told)

    def _add(self, notes: list[Problem], code: str, at: Element | None, path: str, told: Mapping[str, str]) -> None:
        note = Problem(code, Place(self.file, at.line if at else 0, at.column if at else 0, path), told)
        if len(notes) < MOST_NOTES and (not notes or notes[-1] != note):
            notes.append(note)


def attribute(element: Element, name: str) -> str | None:
    """The attribute of this name, in whatever namespace it stands; None when there is none."""
    plain = element.attributes.get(name)
    if plain is not None:
        return plain
    ending = "}" + name
    return next((text for key, text in element.attributes.items() if key.endswith(ending)), None)


def local(key: str) -> str:
    """The name of an attribute without its namespace."""
    return key.rpartition("}")[2]


_PREFIXES = {
    "http://openrosa.org/javarosa": "jr",
    "http://openrosa.org/xforms": "orx",
    "http://www.opendatakit.org/xforms": "odk",
    "http://www.opendatakit.org/xforms/entities": "entities",
}


def prefixed(key: str) -> str:
    """The name of an attribute as a heading of a workbook has it, with the prefix that everybody uses."""
    namespace, _, name = key.rpartition("}")
    prefix = _PREFIXES.get(namespace.removeprefix("{"), "")
    return f"{prefix}:{name}" if prefix else name
