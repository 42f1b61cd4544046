"""The tree that a YAML file spells, with the place of every part; every scalar is the text its author typed.

YAML is read as parser events with a stack of our own, so a file of 30,000 open brackets is a mistake with a line
and not the end of the interpreter. Nothing of YAML beyond mappings, lists and texts is let in: no aliases, anchors,
tags or second documents, and no key twice.
"""

import re
import unicodedata
from collections.abc import Mapping
from typing import Any, NamedTuple

import yaml

from assessor_tui.problem import Place, Problem

MAX_BYTES = 2 * 1024 * 1024
MAX_DEPTH = 32
MAX_PARTS = 200_000
"""Most texts, lists and mappings in one file; a form of 500 questions has about 15,000, one of 5,000 in two languages
110,000."""

Loc = tuple[str | int, ...]
"""Way from the top of the tree to a part: keys and list positions."""

# libyaml is ten times faster and says the same; not every platform's PyYAML carries it.
_LOADER: Any = getattr(yaml, "CSafeLoader", yaml.SafeLoader)

_UNCLEAN = re.compile(
    "[\x00-\x08\x0b-\x1f\x7f-\x9f\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069\ufeff\ud800-\udfff\ufdd0-\ufdef\ufffe\uffff]"
)


class Source(NamedTuple):
    """What one file says."""

    file: str
    data: Any
    """Mappings (dict), lists and texts (str); None when the file could not be read as a tree."""
    marks: Mapping[Loc, tuple[int, int]]
    """Line and column, counted from 1, of each key of a mapping and each item of a list; ``()`` is the top."""
    problems: tuple[Problem, ...]

    def place(self, loc: Loc, path: str = "") -> Place:
        """Where the part at ``loc`` stands, or the nearest part around it that has a place."""
        while loc and loc not in self.marks:
            loc = loc[:-1]
        line, column = self.marks.get(loc, (0, 0))
        return Place(self.file, line, column, path)


class _Stop(Exception):
    """The file cannot be read further."""


def read_source(text: bytes, file: str = "") -> Source:
    """The tree that ``text`` spells; its ``problems`` say what is wrong with it as YAML."""
    return _Reader(file).read(text)


class _Reader:
    """State while one file is read: the open mappings and lists, the marks so far, the problems so far."""

    def __init__(self, file: str) -> None:
        self.file = file
        self.problems: list[Problem] = []
        self.marks: dict[Loc, tuple[int, int]] = {(): (1, 1)}
        self.stack: list[dict[str, Any] | list[Any]] = []
        self.locs: list[Loc] = []
        self.key: list[str | None] = []
        """Per open mapping: the key whose value comes next."""
        self.root: Any = None
        self.parts = 0

    def read(self, text: bytes) -> Source:
        if self._readable(text):
            try:
                self._events(text.decode("utf-8-sig"))
            except _Stop:
                self.root = None
        whole = self.root if not self.stack else None
        return Source(self.file, whole, self.marks, tuple(self.problems))

    def _problem(self, code: str, line: int, column: int, **parameters: str) -> None:
        self.problems.append(Problem(code, Place(self.file, line, column), parameters))

    def _readable(self, text: bytes) -> bool:
        if len(text) > MAX_BYTES:
            self._problem("form.too_big", 1, 1, megabytes=str(MAX_BYTES // 1024 // 1024))
            return False
        try:
            decoded = text.decode("utf-8-sig")
        except UnicodeDecodeError as error:
            before = text[: error.start].decode("utf-8", "replace")
            self._problem("form.not_utf8", *_position(before))
            return False
        bad = re.search("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x84\x86-\x9f\ufffe\uffff]", decoded)
        if bad:
            self._problem(
                "form.control_character", *_position(decoded[: bad.start()]), character=f"U+{ord(bad[0]):04X}"
            )
            return False
        return True

    def _events(self, text: str) -> None:
        try:
            for event in yaml.parse(text, Loader=_LOADER):
                self._event(event)
        except yaml.MarkedYAMLError as error:
            mark = error.problem_mark or error.context_mark
            line, column = (mark.line + 1, mark.column + 1) if mark else (1, 1)
            code, line, column = _yaml_mistake(error, text, line, column)
            self._problem(code, line, column)
            raise _Stop from None
        except yaml.YAMLError:
            self._problem("form.yaml", 1, 1)
            raise _Stop from None

    def _event(self, event: Any) -> None:
        line, column = event.start_mark.line + 1, event.start_mark.column + 1
        if isinstance(event, yaml.AliasEvent):
            self._problem("form.alias", line, column, name=str(event.anchor))
            self._add("", line, column)
        elif isinstance(event, yaml.ScalarEvent | yaml.CollectionStartEvent):
            if event.anchor is not None:
                self._problem("form.anchor", line, column, name=event.anchor)
            if event.tag is not None:
                self._problem("form.tag", line, column, name=event.tag)
            if isinstance(event, yaml.ScalarEvent):
                self._add(self._clean(event.value, line, column), line, column)
            else:
                self._add({} if isinstance(event, yaml.MappingStartEvent) else [], line, column)
        elif isinstance(event, yaml.CollectionEndEvent):
            self.stack.pop()
            self.locs.pop()
            self.key.pop()
        elif isinstance(event, yaml.DocumentStartEvent) and self.root is not None:
            self._problem("form.documents", line, column)
            raise _Stop
        elif isinstance(event, yaml.StreamEndEvent) and self.root is None:
            self._problem("form.empty", 1, 1)

    def _clean(self, text: str, line: int, column: int) -> str:
        text = unicodedata.normalize("NFC", text)
        bad = _UNCLEAN.search(text)
        if bad:
            self._problem("form.control_character", line, column, character=f"U+{ord(bad[0]):04X}")
        return _UNCLEAN.sub("", text) if bad else text

    def _add(self, part: Any, line: int, column: int) -> None:
        """Put a text, or a mapping or list that begins, where it belongs."""
        self.parts += 1
        if self.parts > MAX_PARTS:
            self._problem("form.too_many_parts", line, column, most=str(MAX_PARTS))
            raise _Stop
        if not self.stack:
            loc: Loc = ()
            self.root = part
            self.marks[()] = (line, column)
        else:
            top, loc = self.stack[-1], self.locs[-1]
            if isinstance(top, list):
                loc = (*loc, len(top))
                self.marks[loc] = (line, column)
                top.append(part)
            elif self.key[-1] is None:
                self._begin_key(part, top, loc, line, column)
                return
            else:
                key = self.key[-1]
                self.key[-1] = None
                loc = (*loc, key)
                # The second of two equal keys was reported at its key; the first one counts.
                top.setdefault(key, part)
        if not isinstance(part, str):
            if len(self.stack) >= MAX_DEPTH:
                self._problem("form.too_deep", line, column, depth=str(MAX_DEPTH))
                raise _Stop
            self.stack.append(part)
            self.locs.append(loc)
            self.key.append(None)

    def _begin_key(self, key: Any, mapping: dict[str, Any], loc: Loc, line: int, column: int) -> None:
        if not isinstance(key, str):
            self._problem("form.key_not_text", line, column)
            raise _Stop
        if key in mapping:
            first = self.marks[(*loc, key)][0]
            self._problem("form.duplicate_key", line, column, key=key, first=str(first))
        else:
            self.marks[(*loc, key)] = (line, column)
        self.key[-1] = key


def _position(before: str) -> tuple[int, int]:
    """Line and column, from 1, of what comes after ``before``."""
    return before.count("\n") + 1, len(before) - (before.rfind("\n") + 1) + 1


_MISTAKES = (
    ("while parsing a flow node", "form.yaml_bracket_before"),
    ("while scanning a directive", "form.yaml_start"),
    ("while scanning an anchor", "form.yaml_start"),
    ("while scanning an alias", "form.yaml_start"),
    ("while scanning a tag", "form.yaml_start"),
    ("unknown escape character", "form.yaml_escape"),
    ("mapping values are not allowed", "form.yaml_colon"),
    ("cannot start any token", "form.yaml_start"),
    ("did not find expected node content", "form.yaml_start"),
    ("unexpected end of stream", "form.yaml_quote"),
    ("expected ',' or", "form.yaml_bracket"),
    ("could not find expected ':'", "form.yaml_no_colon"),
    ("block sequence entries are not allowed", "form.yaml_dash"),
    ("did not find expected key", "form.yaml_indent"),
    ("did not find expected '-'", "form.yaml_indent"),
    ("expected <block end>", "form.yaml_indent"),
)
"""What the parser says -> the code of a sentence that says what to do; the first that fits."""


def _yaml_mistake(error: yaml.MarkedYAMLError, text: str, line: int, column: int) -> tuple[str, int, int]:
    """Code, line and column of the mistake that the parser stumbled over."""
    said = f"{error.context or ''} {error.problem or ''}"
    lines = text.split("\n")
    before = lines[line - 1][: column - 1] if line <= len(lines) else ""
    code = next((code for words, code in _MISTAKES if words in said), "form.yaml")
    if code == "form.yaml_start" and "\t" in lines[line - 1][:column]:
        code = "form.yaml_tab"
    elif code == "form.yaml_indent" and before.strip():
        code = "form.yaml_after"
    elif code in ("form.yaml_quote", "form.yaml_bracket") and error.context_mark:
        # The mistake is where the quote or bracket was opened, not where the file ended.
        return code, error.context_mark.line + 1, error.context_mark.column + 1
    return code, line, column
