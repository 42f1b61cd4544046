"""What differs between two versions of a form, and what that means for answers given under the older one."""

from collections.abc import Iterator, Mapping, Sequence
from difflib import SequenceMatcher
from typing import Any, NamedTuple

from assessor_tui.form.model import TEXT_COLUMNS, Choice, Form, Group, Node, Question, Repeat, Text, in_language

_NOT_COMPARED = frozenset({"name", "children", "extra", "reviewed_by", "type", "list_name", "rows_of", *TEXT_COLUMNS})
_TO_TEXT = "text"
_MOST_GUESSED = 10_000
"""Pairs of labels that are compared; between forms that differ by more nothing is guessed."""
_ALIKE = 0.6
"""How much two labels must have in common for one question to be taken for the other renamed."""


class Change(NamedTuple):
    """One difference."""

    code: str
    """``question_added``, ``question_moved``, ``type``, ``column``, ``text`` ..., see ``diff``."""
    path: str
    """Generic path in the new form; in the old one of what is removed; ``choices/list`` for a list."""
    told: Mapping[str, str]
    """``old`` and ``new`` where something became something else, and what else the sentence needs."""
    grave: bool = False
    """True when answers under the old version do not fit: a name never changes its type except to text."""


def diff(old: Form, new: Form, language: str = "en-HK") -> tuple[Change, ...]:
    """Every difference from ``old`` to ``new``: of the form, of its lists, then of its questions in the new order.

    ``other_form``, ``form`` (a setting), ``list_added``, ``list_removed``, ``choice_added``, ``choice_removed``,
    ``choice_text``, ``choices_order``, ``KIND_added``, ``KIND_removed``, ``KIND_renamed`` (a guess: one went and one
    like it came), ``KIND_moved`` (KIND is question, group or repeat), ``type``, ``column``, ``text``. Labels
    that are told stand in ``language``, where a form has it.
    """
    return (*_of_form(old, new), *_of_lists(old, new, language), *_of_nodes(old, new, language))


def is_same_question(old: Form, new: Form, path: str) -> bool:
    """True when an answer at this generic path means the same in both forms: asked for the same in the same way.

    What it is called, when it is asked and how it is scored may differ; type, choices, units and what is accepted not.
    """
    one, other = nodes(old).get(path), nodes(new).get(path)
    if one is None or other is None or one.kind != other.kind:
        return False
    a, b = one.node, other.node
    if isinstance(a, Question) and isinstance(b, Question):
        if any(getattr(a, column) != getattr(b, column) for column in _MEANING):
            return False
        if a.label != b.label:
            return False
        return bool(_offered(old, a) == _offered(new, b))
    return True


_MEANING = ("type", "units", "constraint", "rows_of", "itemset", "choice_filter", "parameters", "calculation")


def _offered(form: Form, question: Question) -> Any:
    if not question.list_name:
        return None
    choices = form.choices.get(question.list_name)
    if choices is None:
        return form.instances.get(question.list_name)
    return {choice.name: (choice.label, choice.extra) for choice in choices}


class At(NamedTuple):
    """A node with where it stands."""

    node: Node
    kind: str
    """``question``, ``group`` or ``repeat``."""
    path: str
    group: str
    """Name of the group directly around it, ``""`` for none."""
    order: int


def nodes(form: Form) -> dict[str, At]:
    """Generic path -> node, in the order of the form."""
    found: dict[str, At] = {}
    waiting: list[tuple[Node, tuple[str, ...], str]] = [(child, (), "") for child in reversed(form.children)]
    while waiting:
        node, above, group = waiting.pop()
        kind = "group" if isinstance(node, Group) else "repeat" if isinstance(node, Repeat) else "question"
        path = "/".join((*above, node.name))
        found.setdefault(path, At(node, kind, path, group, len(found)))
        if isinstance(node, Group | Repeat):
            inner = (*above, node.name) if isinstance(node, Repeat) else above
            around = node.name if isinstance(node, Group) else ""
            waiting += [(child, inner, around) for child in reversed(node.children)]
    return found


def _of_form(old: Form, new: Form) -> Iterator[Change]:
    if old.form_id != new.form_id:
        yield Change("other_form", "", {"old": old.form_id, "new": new.form_id}, grave=True)
    for column in ("version", "kind", "source", "instance_name", "scoring", "languages"):
        before, now = getattr(old, column), getattr(new, column)
        if before != now:
            yield Change("form", "", {"column": column, "old": _said(before), "new": _said(now)})
    yield from _texts("title", "", old.title, new.title)


def _of_lists(old: Form, new: Form, language: str) -> Iterator[Change]:
    for name in (*old.choices, *(name for name in new.choices if name not in old.choices)):
        path = f"choices/{name}"
        if name not in new.choices:
            yield Change("list_removed", path, {"list": name})
        elif name not in old.choices:
            yield Change("list_added", path, {"list": name, "count": str(len(new.choices[name]))})
        else:
            told = {"list": name, "used": _users(new, name)}
            yield from _choices(path, told, old.choices[name], new.choices[name], language)
    for name in (*old.instances, *(name for name in new.instances if name not in old.instances)):
        if name not in new.instances or name not in old.instances:
            code = "list_added" if name in new.instances else "list_removed"
            rows = new.instances[name].rows if name in new.instances else ()
            yield Change(code, f"choices/{name}", {"list": name, "count": str(len(rows))})
        elif old.instances[name] != new.instances[name]:
            told = {"old": str(len(old.instances[name].rows)), "new": str(len(new.instances[name].rows))}
            yield Change("list_changed", f"choices/{name}", {"list": name, **told})


def _users(form: Form, name: str) -> str:
    asked = [at.path for at in nodes(form).values() if isinstance(at.node, Question) and at.node.list_name == name]
    return ", ".join(asked[:5]) + (", …" if len(asked) > 5 else "")


def _choices(
    path: str, told: dict[str, str], old: Sequence[Choice], new: Sequence[Choice], language: str
) -> Iterator[Change]:
    before, now = _by_name(old), _by_name(new)
    for key, choice in before.items():
        if key not in now:
            gone = {"choice": choice.name, "old": in_language(choice.label, language)}
            yield Change("choice_removed", path, told | gone, grave=bool(told["used"]))
    for key, choice in now.items():
        if key not in before:
            come = {"choice": choice.name, "new": in_language(choice.label, language)}
            yield Change("choice_added", path, told | come)
        else:
            for change in _texts("label", path, before[key].label, choice.label):
                yield change._replace(code="choice_text", told=told | {"choice": choice.name, **change.told})
            if before[key].extra != choice.extra:
                extra = {"old": _said(before[key].extra), "new": _said(choice.extra)}
                yield Change("choice_columns", path, told | {"choice": choice.name, **extra})
    if [choice for choice in before if choice in now] != [choice for choice in now if choice in before]:
        yield Change("choices_order", path, told)


def _by_name(choices: Sequence[Choice]) -> dict[tuple[str, int], Choice]:
    """The choices by name; one list may have a name more than once, so with how often it had come before."""
    found: dict[tuple[str, int], Choice] = {}
    come: dict[str, int] = {}
    for choice in choices:
        found[choice.name, come.get(choice.name, 0)] = choice
        come[choice.name] = come.get(choice.name, 0) + 1
    return found


def _of_nodes(old: Form, new: Form, language: str) -> Iterator[Change]:
    before, now = nodes(old), nodes(new)
    by_name = {at.node.name: at for at in before.values()}
    gone = {path: at for path, at in before.items() if path not in now}
    come = {path: at for path, at in now.items() if path not in before}
    moved = {path: by_name[at.node.name] for path, at in come.items() if by_name.get(at.node.name) in gone.values()}
    for at in moved.values():
        gone.pop(at.path, None)
    renamed = _renamed(gone, {path: at for path, at in come.items() if path not in moved})
    for path, at in gone.items():
        if path not in renamed.values():
            yield Change(f"{at.kind}_removed", path, {"old": _label(at.node, language)})
    settled = _in_old_order(before, now)
    for path, at in now.items():
        if path in moved:
            yield Change(f"{at.kind}_moved", path, {"old": moved[path].path, "new": path}, grave=at.kind == "question")
            yield from _columns(moved[path], at)
        elif path in renamed:
            told = {"old": renamed[path], "new": path, "label": _label(at.node, language)}
            yield Change(f"{at.kind}_renamed", path, told)
        elif path in come:
            yield Change(f"{at.kind}_added", path, {"new": _label(at.node, language)})
        else:
            was = before[path]
            if was.kind == at.kind and (was.group != at.group or path not in settled):
                yield Change(f"{at.kind}_moved", path, {"old": was.group, "new": at.group})
            yield from _columns(was, at)


def _in_old_order(before: Mapping[str, At], now: Mapping[str, At]) -> set[str]:
    """Paths that stand among their neighbours as before: all that is in both but the fewest that must have moved."""
    one, other = [path for path in before if path in now], [path for path in now if path in before]
    if one == other:
        return set(one)
    blocks = SequenceMatcher(None, one, other, autojunk=False).get_matching_blocks()
    return {path for block in blocks for path in one[block.a : block.a + block.size]}


def _renamed(gone: Mapping[str, At], come: Mapping[str, At]) -> dict[str, str]:
    """New path -> old path of what was most likely only given another name: a guess, and told as one."""
    found: dict[str, str] = {}
    if len(gone) * len(come) > _MOST_GUESSED:
        return found
    for path, at in come.items():
        best, likeness = "", _ALIKE
        for other, was in gone.items():
            if other in found.values() or was.kind != at.kind or _kind(was.node) != _kind(at.node):
                continue
            alike = SequenceMatcher(None, _label(was.node), _label(at.node), autojunk=False).ratio()
            if alike > likeness and at.node.label:
                best, likeness = other, alike
        if best:
            found[path] = best
    return found


def _kind(node: Node) -> str:
    return node.type if isinstance(node, Question) else ""


def _columns(was: At, at: At) -> Iterator[Change]:
    one, other, path = was.node, at.node, at.path
    if was.kind != at.kind or _type(one) != _type(other):
        to_text = was.kind == at.kind == "question" and _kind(other) == _TO_TEXT
        yield Change("type", path, {"old": _type(one), "new": _type(other)}, grave=not to_text)
    if was.kind != at.kind:
        return
    for column in other._fields:
        before, now = getattr(one, column), getattr(other, column)
        if column not in _NOT_COMPARED and before != now:
            yield Change("column", path, {"column": column, "old": _said(before), "new": _said(now)})
    for column in TEXT_COLUMNS:
        if column in other._fields:
            yield from _texts(column, path, getattr(one, column), getattr(other, column))


def _type(node: Node) -> str:
    if not isinstance(node, Question):
        return "group" if isinstance(node, Group) else "repeat"
    return f"{node.type} {node.list_name or node.rows_of}".strip()


def _texts(column: str, path: str, old: Text, new: Text) -> Iterator[Change]:
    for language in (*old, *(language for language in new if language not in old)):
        before, now = old.get(language, ""), new.get(language, "")
        if before != now:
            yield Change("text", path, {"column": column, "language": language, "old": before, "new": now})


def _label(node: Node, language: str = "en-HK") -> str:
    return in_language(node.label, language) or node.name


def _said(value: Any) -> str:
    """A column's value as text; ``""`` for none."""
    if isinstance(value, str):
        return value
    if isinstance(value, tuple) and hasattr(value, "_asdict"):
        value = {key: each for key, each in value._asdict().items() if each not in ("", (), {}, None)}
    if isinstance(value, Mapping):
        return "; ".join(f"{key}: {_said(each)}" for key, each in value.items())
    if isinstance(value, tuple | list):
        return ", ".join(_said(each) for each in value)
    return "" if value is None else str(value)
