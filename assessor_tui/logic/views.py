"""What a filling is told and tells: values that do not change with it."""

from collections.abc import Mapping
from types import MappingProxyType
from typing import NamedTuple

from assessor_tui.form.model import Group, Question, Repeat
from assessor_tui.ledger.value import Value
from assessor_tui.problem import Problem

MISSING, ANSWERED, NOT_APPLICABLE, TO_COME = "missing", "answered", "not applicable", "to come"

LOAD, ROW_ADDED = "load", "row"
"""When something is set by the form: it is opened for the first time, a row is added."""


class Context(NamedTuple):
    """What expressions may know beyond the answers."""

    today: str
    """The visit's date, ISO 8601."""
    language: str = "en-HK"
    seed: int = 0
    visit: str = ""
    """Id of the visit, 32 hexadecimal digits: counted rows take their ids from it."""
    now: str = ""
    """The moment, ISO 8601 with its offset; ``""``: the beginning of the visit's date."""
    username: str = ""
    deviceid: str = ""
    email: str = ""
    phonenumber: str = ""
    instance_id: str = ""
    """``uuid:`` and 36 letters; ``""``: made of the visit's id."""
    last_saved: Mapping[str, str] = MappingProxyType({})
    """Generic path of a question -> its value in the visit before, as expressions see it."""


class QuestionState:
    """One question of one row as it stands; does not change with the filling."""

    __slots__ = ("path", "problems", "question", "read_only", "relevant", "required", "status", "value")

    def __init__(
        self,
        question: Question,
        path: str,
        status: str,
        value: Value | None,
        relevant: bool,
        required: bool,
        read_only: bool,
        problems: tuple[Problem, ...],
    ) -> None:
        self.question = question
        self.path = path
        self.status = status
        """``missing``, ``answered``, ``not applicable`` or ``to come``."""
        self.value = value
        """The stored answer, kept while the question is not relevant; the text of a calculation's result, or None."""
        self.relevant = relevant
        self.required = required
        self.read_only = read_only
        self.problems = problems
        """What is wrong with the answer, empty while the question is not relevant."""


class Item(NamedTuple):
    """One line of the walk."""

    kind: str
    """``group``, ``repeat``, ``row`` or ``question``."""
    path: str
    depth: int
    node: Group | Repeat | Question


class Changes(NamedTuple):
    """Paths that one act has touched."""

    values: frozenset[str]
    relevance: frozenset[str]
    problems: frozenset[str]
    rows: frozenset[str]
    """Repeats with a row more or less."""


class Tried(NamedTuple):
    """What a row would come to that nobody has added."""

    asked: frozenset[str]
    """Names of its questions that would be relevant."""
    wrong: tuple[tuple[str, str], ...]
    """(name of the question, ``answer.constraint`` or ``answer.warning``) of answers that would break what is said."""


class Decided(NamedTuple):
    """Paths that an answer or a row decides about, directly or through others."""

    relevance: frozenset[str]
    """Questions and repeats that it makes relevant or not; questions of rows that it makes stand or not."""
    computed: frozenset[str]
    """Questions whose result is computed from it."""
    counted: frozenset[str]
    """Repeats whose number of rows follows from it."""
