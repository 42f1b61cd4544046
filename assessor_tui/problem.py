"""A mistake in someone's material, as a value: which, where, and what the sentence about it needs."""

from collections.abc import Mapping
from typing import NamedTuple


class Place(NamedTuple):
    """Where in the material a mistake stands. Empty parts are unknown."""

    file: str = ""
    line: int = 0
    """Counted from 1; 0 when the material has no lines."""
    column: int = 0
    path: str = ""
    """Path inside the material: of a question in its form, of an entry in its bundle."""


class Problem(NamedTuple):
    """One mistake. Only the faces turn it into a sentence (``assessor_tui.i18n.sentences``)."""

    code: str
    """Key of the sentence, such as ``form.unknown_name``."""
    place: Place = Place()
    parameters: Mapping[str, str] = {}
    """Blanks of the sentence."""
