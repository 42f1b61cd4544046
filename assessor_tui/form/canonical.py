"""Forms and schemes as canonical JSON, their hash, and back. Standard library only: it is on the road of every start.

The spelling is UTF-8 JSON with sorted keys and without spaces. A part that says what the model says anyway (its
default in ``form.model`` or ``form.scheme``) is left out, so the defaults are part of the format and never change.
Columns a form carries beyond the known ones (``extra``) stand beside them: a column that a later version knows has
the same bytes, and therefore the same hash, as it had here.
"""

import hashlib
import json
from collections.abc import Callable, Mapping
from itertools import chain
from typing import Any, NamedTuple, TypeVar

from assessor_tui.form.model import (
    TEXT_COLUMNS,
    Action,
    Benchmark,
    Choice,
    FindingText,
    Form,
    Group,
    Instance,
    Node,
    Question,
    Repeat,
    Scoring,
)
from assessor_tui.form.scheme import Category, CrossCheck, FormUse, Level, Parameter, Scheme, Size

MAX_DEPTH = 16
"""Most groups and repeats inside each other: what the 32 levels of a YAML file leave room for."""

MAX_BYTES, MAX_TEXTS, MAX_ROWS = 8 * 1024**2, 600_000, 250_000
"""Most of a spelling, of the texts in it (told by its commas) and of its lists and mappings (told by their brackets):
room for 50,000 rows of ten columns, and for whoever reads what a stranger sent: a text costs more than it is long."""

_Value = TypeVar("_Value", Form, Scheme)


class CanonicalError(ValueError):
    """The bytes are not a form or scheme in its canonical spelling."""

    message = "This form is damaged: {reason}. Get it again from where it came."
    exit_code = 5

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


def canonical_bytes(value: Form | Scheme) -> bytes:
    """The one spelling of the form or scheme.

    Raises:
        CanonicalError: when a column under ``extra`` has the name of a known one.
    """
    return _spell(_plain(value))


def form_hash(value: Form | Scheme) -> str:
    """SHA-256 of the canonical spelling, in hexadecimal: what a form, or a scheme, is known by."""
    return hash_of_bytes(canonical_bytes(value))


def hash_of_bytes(spelling: bytes) -> str:
    """SHA-256, in hexadecimal, of a spelling that is at hand already."""
    return hashlib.sha256(spelling).hexdigest()


def is_carried(spelling: bytes) -> bool:
    """True when the spelling is no larger than what bundles carry."""
    rows = spelling.count(b"[") + spelling.count(b"{")
    return len(spelling) <= MAX_BYTES and spelling.count(b",") <= MAX_TEXTS and rows <= MAX_ROWS


def form_from_canonical(spelling: bytes, *, verified: bool = False) -> Form:
    """The form that ``spelling`` is the canonical spelling of. Columns it does not know are kept in ``extra``.

    ``verified`` says that the bytes are known to be canonical, as those of a form that the ledger holds under its hash;
    it halves the time.

    Raises:
        CanonicalError: when the bytes are anything else.
    """
    form = _form(_parse(spelling))
    return form if verified else _same(form, spelling)


def scheme_from_canonical(spelling: bytes) -> Scheme:
    """The scheme that ``spelling`` is the canonical spelling of.

    Raises:
        CanonicalError: when the bytes are anything else.
    """
    return _same(_scheme(_parse(spelling)), spelling)


def _spell(data: Any) -> bytes:
    return json.dumps(data, ensure_ascii=False, sort_keys=True, separators=(",", ":"), allow_nan=False).encode()


def _parse(spelling: bytes) -> Any:
    try:
        return json.loads(spelling)
    except (ValueError, RecursionError):
        raise CanonicalError("not JSON") from None


def _same(value: _Value, spelling: bytes) -> _Value:
    try:
        same = canonical_bytes(value) == spelling
    except (ValueError, RecursionError):
        same = False
    if not same:
        raise CanonicalError("not canonical")
    return value


# -- values to JSON ---------------------------------------------------------------------------------------------------


def _plain(value: Any) -> Any:
    """What stands in the JSON for one value of the model."""
    if isinstance(value, str | bool):
        return value
    if isinstance(value, int):
        return str(value)
    if isinstance(value, Mapping):
        return {key: _plain(part) for key, part in value.items()}
    if not hasattr(value, "_fields"):
        if type(value) is tuple and value and type(value[0]) is tuple and set(map(type, value)) == {tuple}:
            return _plain_rows(value)
        return [_plain(part) for part in value]
    defaults, own = value._field_defaults, {"type": "repeat"} if isinstance(value, Repeat) else {}
    data: dict[str, Any] = {"type": "group"} if isinstance(value, Group) else own
    for column, part in zip(value._fields, value, strict=True):
        if column != "extra" and (column not in defaults or part != defaults[column]):
            data[column] = _plain(part)
    if extra := getattr(value, "extra", None):
        known = _KNOWN[type(value)]
        if not known.isdisjoint(extra):
            raise CanonicalError("extra column with the name of a known one")
        data |= {column: _plain(part) for column, part in extra.items()}
    return data


def _plain_rows(rows: tuple[tuple[Any, ...], ...]) -> Any:
    """As ``_plain``; what holds texts only is what stands in the JSON."""
    if set(map(type, chain.from_iterable(rows))) <= {str}:
        return rows
    return [[_plain(part) for part in row] for row in rows]


# -- JSON to values ---------------------------------------------------------------------------------------------------


def _text(data: Any) -> str:
    if type(data) is not str:
        raise CanonicalError("text expected")
    return data


def _texts(data: Any) -> dict[str, str]:
    if type(data) is not dict:
        raise CanonicalError("texts by name expected")
    for part in data.values():
        if type(part) is not str:
            raise CanonicalError("text expected")
    return data


def _list(data: Any) -> tuple[str, ...]:
    if type(data) is not list:
        raise CanonicalError("list expected")
    for part in data:
        if type(part) is not str:
            raise CanonicalError("text expected")
    return tuple(data)


def _bool(data: Any) -> bool:
    if type(data) is not bool:
        raise CanonicalError("true or false expected")
    return data


def _int(data: Any) -> int:
    try:
        return int(_text(data))
    except ValueError:
        raise CanonicalError("whole number expected") from None


def _mapping(data: Any) -> dict[str, Any]:
    if type(data) is not dict:
        raise CanonicalError("mapping expected")
    return data


def _rows(data: Any) -> list[Any]:
    if type(data) is not list:
        raise CanonicalError("list expected")
    return data


def _extra(data: Any) -> Any:
    """A column this program does not know: texts, lists and mappings of them, as YAML can say."""
    if type(data) is dict:
        return {key: _extra(part) for key, part in data.items()}
    if type(data) is list:
        return [_extra(part) for part in data]
    if type(data) is not str and type(data) is not bool:
        raise CanonicalError("text expected")
    return data


_Reader = Callable[[Any], Any]


class _Shape(NamedTuple):
    """How one kind of value is read."""

    readers: Mapping[str, _Reader]
    """Column -> how it is read; the columns left out are texts."""
    required: frozenset[str]


def _make(kind: Any, data: Any, shape: Mapping[str, _Reader]) -> Any:
    """One value of the model out of its JSON."""
    known = _KNOWN[kind]
    values: dict[str, Any] = {}
    extra: dict[str, Any] = {}
    for column, part in _mapping(data).items():
        reader = shape.get(column)
        if reader is not None:
            values[column] = reader(part)
        elif column not in known:
            extra[column] = _extra(part)
        elif type(part) is str:
            values[column] = part
        else:
            raise CanonicalError("text expected")
    values.pop("type", None) if kind is not Question else None
    if extra:
        if "extra" not in kind._fields:
            raise CanonicalError("unknown part")
        values["extra"] = extra
    try:
        return kind(**values)
    except TypeError:
        raise CanonicalError("part missing") from None


def _finding(data: Any) -> dict[str, FindingText]:
    return {answer: _make(FindingText, part, {"text": _texts}) for answer, part in _mapping(data).items()}


def _evidence(data: Any) -> dict[str, tuple[str, ...]]:
    return {answer: _list(kinds) for answer, kinds in _mapping(data).items()}


_QUESTION: Mapping[str, _Reader] = {
    **dict.fromkeys((*TEXT_COLUMNS, "points"), _texts),
    **dict.fromkeys(("veto", "limiting", "reason", "units"), _list),
    "reviewed_by": _texts,
    "benchmark": lambda data: _make(Benchmark, data, {}),
    "evidence": _evidence,
    "finding": _finding,
    "insist": _bool,
    "not_applicable": _bool,
    "decimals": _int,
    "actions": lambda data: tuple(_make(Action, part, {}) for part in _rows(data)),
}


def _nodes(data: Any) -> tuple[Node, ...]:
    return tuple(_node(row) for row in _rows(data))


def _node(data: Any) -> Node:
    kind = _mapping(data).get("type")
    node: Node
    if kind == "group":
        node = _make(Group, data, _GROUP)
    elif kind == "repeat":
        node = _make(Repeat, data, _REPEAT)
    else:
        node = _make(Question, data, _QUESTION)
    return node


_GROUP: Mapping[str, _Reader] = {"label": _texts, "hint": _texts, "children": _nodes}
_REPEAT: Mapping[str, _Reader] = {
    **_GROUP,
    "guidance": _texts,
    "key": _list,
    "at_least": _int,
    "first_rows": lambda data: tuple(_texts(row) for row in _rows(data)),
}


def _choices(data: Any) -> dict[str, tuple[Choice, ...]]:
    return {
        name: tuple(_make(Choice, row, {"label": _texts}) for row in _rows(rows))
        for name, rows in _mapping(data).items()
    }


def _table(data: Any) -> tuple[tuple[str, ...], ...]:
    """Texts by row: there may be 50,000 of them, so they are looked at by type and not one by one."""
    rows = _rows(data)
    if set(map(type, rows)) - {list} or set(map(type, chain.from_iterable(rows))) - {str}:
        raise CanonicalError("texts by row expected")
    return tuple(map(tuple, rows))


_INSTANCE: Mapping[str, _Reader] = {
    "columns": _list,
    "rows": _table,
}


def _instances(data: Any) -> dict[str, Instance]:
    return {name: _make(Instance, part, _INSTANCE) for name, part in _mapping(data).items()}


_FORM: Mapping[str, _Reader] = {
    "title": _texts,
    "children": _nodes,
    "choices": _choices,
    "languages": _list,
    "scoring": lambda data: _make(Scoring, data, {}),
    "instances": _instances,
}


def _form(data: Any) -> Form:
    level = [data]
    for _ in range(MAX_DEPTH):
        inside = [node["children"] for node in level if type(node) is dict and type(node.get("children")) is list]
        level = [node for children in inside for node in children]
    if level:
        raise CanonicalError("too deep")
    try:
        form: Form = _make(Form, data, _FORM)
    except RecursionError:
        raise CanonicalError("too deep") from None
    return form


def _parameters(data: Any) -> dict[str, Parameter]:
    return {name: _make(Parameter, row, {"label": _texts}) for name, row in _mapping(data).items()}


def _places(data: Any) -> tuple[tuple[str, dict[str, str]], ...]:
    pairs = [_rows(row) for row in _rows(data)]
    if any(len(pair) != 2 for pair in pairs):
        raise CanonicalError("name and label expected")
    return tuple((_text(name), _texts(label)) for name, label in pairs)


_LEVEL: Mapping[str, _Reader] = {"label": _texts, "limiting": _bool}
_CATEGORY: Mapping[str, _Reader] = {
    "label": _texts,
    "forms": lambda data: tuple(_make(FormUse, row, {}) for row in _rows(data)),
    "levels": lambda data: tuple(_make(Level, row, _LEVEL) for row in _rows(data)),
}
_SCHEME: Mapping[str, _Reader] = {
    "title": _texts,
    "categories": lambda data: tuple(_make(Category, row, _CATEGORY) for row in _rows(data)),
    "parameters": _parameters,
    "places": _places,
    "cross_checks": lambda data: tuple(_make(CrossCheck, row, {"label": _texts}) for row in _rows(data)),
    "sizes": lambda data: tuple(_make(Size, row, {"label": _texts}) for row in _rows(data)),
}


def _scheme(data: Any) -> Scheme:
    scheme: Scheme = _make(Scheme, data, _SCHEME)
    return scheme


_KNOWN: Mapping[Any, frozenset[str]] = {
    kind: frozenset({*kind._fields, "type"}) if kind in (Group, Repeat) else frozenset(kind._fields)
    for kind in (
        *(Action, Benchmark, Category, Choice, CrossCheck, FindingText, Form, FormUse, Instance),
        *(Group, Level, Parameter, Question, Repeat, Scheme, Scoring, Size),
    )
}
"""Kind of value -> the columns it knows; any other is ``extra``."""
