"""A scheme as a value: categories, the forms each needs, gates, levels, parameters and cross-checks."""

from collections.abc import Mapping
from typing import NamedTuple

from assessor_tui.form.model import Text


class Parameter(NamedTuple):
    """A number the scheme leaves to the client."""

    name: str
    label: Text
    value: str
    """Plain decimal; ``""`` when it is not known."""
    status: str = ""
    """``to be confirmed`` until the client says otherwise."""
    source: str = ""


class Level(NamedTuple):
    """A level of recognition. Levels stand highest first; the first whose rule holds is reached."""

    name: str
    label: Text
    at_least: str
    """Name of the parameter with the score (out of 100) that must be reached."""
    limiting: bool = True
    """True when no limiting indicator may fail."""


class FormUse(NamedTuple):
    """A form inside a category."""

    form: str
    weight: str = "0"
    """Plain decimal; 0 when the form does not count towards the score."""


class Category(NamedTuple):
    """What a company can apply for."""

    name: str
    label: Text
    forms: tuple[FormUse, ...]
    levels: tuple[Level, ...]
    asks: str = ""
    """``core`` or ``full`` when visits of this category ask so much whatever their size; ``""``: by size."""


class Size(NamedTuple):
    """How long a visit is, and how much is asked on it. Sizes stand smallest first."""

    name: str
    """Also the name of a choice of ``Scheme.size_question``."""
    label: Text
    asks: str
    """``core`` or ``full``: which questions count as left to do and towards the score."""
    below: str = ""
    """Name of the parameter below which ``Scheme.size_number`` means this size; ``""`` for the last."""


class CrossCheck(NamedTuple):
    """Two numbers of different forms that should agree."""

    name: str
    label: Text
    left: str
    """``form/question`` path; for a question inside a repeat its values are added up."""
    right: str
    tolerance: str
    """Name of the parameter with the accepted difference in per cent."""


class Scheme(NamedTuple):
    """A recognition programme."""

    scheme_id: str
    version: str
    title: Text
    status: str
    """``draft criteria`` until the client confirms them; shown on every score and summary."""
    header_form: str
    findings_form: str
    categories: tuple[Category, ...]
    parameters: Mapping[str, Parameter] = {}
    places: tuple[tuple[str, Text], ...] = ()
    """Standard places on a site, in walking order: name and what it is called."""
    cross_checks: tuple[CrossCheck, ...] = ()
    category_question: str = ""
    """``form/question`` path of the question in the header form whose choices are the categories."""
    source: str = ""
    sizes: tuple[Size, ...] = ()
    """Lengths of a visit, smallest first; without any, core questions are asked and all are scored."""
    size_question: str = ""
    """``form/question`` path of the question in the header form that names the size."""
    size_number: str = ""
    """``form/question`` path of the number in the header form that decides while nobody has named a size."""
