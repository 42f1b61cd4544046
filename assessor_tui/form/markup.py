"""XML read strictly into a small tree: no doctype, no entities, nothing fetched, limits on all that could grow.

What is not a mistake of markup is not looked at here: which elements mean something is for those who read the tree.
"""

import re
import unicodedata
from collections.abc import Iterator, Mapping
from typing import NamedTuple
from xml.parsers import expat

from assessor_tui.problem import Place, Problem

MAX_BYTES = 32 * 1024 * 1024
MAX_DEPTH = 100
MAX_ELEMENTS = 600_000
"""Room for a list of 50,000 rows with ten columns; a heavy form has 20,000."""
MAX_ATTRIBUTES = 64
"""On one element."""

NO_ATTRIBUTES: Mapping[str, str] = {}

_BETWEEN = "\x1f"
"""Between the parts of a name as the parser gives them; it cannot stand in XML itself."""

_UNCLEAN = re.compile("[\x7f-\x84\x86-\x9f\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069\ufeff\ufdd0-\ufdef]")
"""What XML allows and no text of ours may hold: controls, and marks that turn the direction of a line."""


class Element:
    """One element. Two are equal when they are the same one."""

    __slots__ = ("attributes", "children", "column", "line", "name", "namespace", "prefix")

    def __init__(self, name: str, namespace: str = "", prefix: str = "", line: int = 0, column: int = 0) -> None:
        self.name = name
        """Without prefix."""
        self.namespace = namespace
        """Its address; ``""`` for none."""
        self.prefix = prefix
        """As it is written in the file."""
        self.attributes: Mapping[str, str] = NO_ATTRIBUTES
        """By name; those of a namespace as ``{address}name``. In the order of the file."""
        self.children: list[Element | str] = []
        """Elements and texts in their order; comments are left out, and two texts never follow each other."""
        self.line = line
        self.column = column
        """Both counted from 1, of its ``<``."""

    def __repr__(self) -> str:
        return f"<{self.written} line {self.line}>"

    @property
    def written(self) -> str:
        """Its name with its prefix."""
        return f"{self.prefix}:{self.name}" if self.prefix else self.name

    def elements(self, name: str = "") -> "Iterator[Element]":
        """The elements directly inside it, of this name when one is given, whatever their namespace."""
        return (part for part in self.children if isinstance(part, Element) and (not name or part.name == name))

    def first(self, name: str) -> "Element | None":
        """The first element of this name directly inside it."""
        return next(self.elements(name), None)

    @property
    def text(self) -> str:
        """The texts directly inside it, joined; those of inner elements are left out."""
        children = self.children
        if len(children) == 1 and isinstance(children[0], str):
            return children[0]
        return "".join(part for part in children if isinstance(part, str))


class Markup(NamedTuple):
    """What one file says as XML."""

    root: Element | None
    """None when it could not be read; ``problems`` say why."""
    problems: tuple[Problem, ...] = ()
    warnings: tuple[Problem, ...] = ()
    """What was put right: characters left out, a ``<`` that should have been ``&lt;``."""


class _Stop(Exception):
    """The file is not read further."""

    def __init__(self, code: str, line: int, column: int, **parameters: str) -> None:
        super().__init__(code)
        self.code, self.line, self.column, self.parameters = code, line, column, parameters


def read_markup(data: bytes, file: str = "", *, most_bytes: int = MAX_BYTES, most: int = MAX_ELEMENTS) -> Markup:
    """The tree that ``data`` spells, in time and memory that grow with its size only.

    Problems: ``markup.too_big``, ``markup.encoding``, ``markup.not_text``, ``markup.doctype``, ``markup.entity``,
    ``markup.too_deep``, ``markup.too_many``, ``markup.attributes``, ``markup.twice``, ``markup.empty``,
    ``markup.syntax`` (XML 1.0 with namespaces).
    """
    reading = _Reading(most)
    repaired: Problem | None = None
    try:
        if len(data) > most_bytes:
            raise _Stop("markup.too_big", 1, 1, megabytes=str(most_bytes // 1024 // 1024))
        data = _utf8(data)
        try:
            root = reading.read(data)
        except _Stop as stop:
            escaped = _escaped(data) if stop.code == "markup.syntax" else data
            if escaped == data:
                raise
            repaired = Problem("markup.unescaped", Place(file, stop.line, stop.column))
            reading = _Reading(most)
            root = reading.read(escaped)
    except _Stop as stop:
        return Markup(None, (Problem(stop.code, Place(file, stop.line, stop.column), stop.parameters),))
    warnings: tuple[Problem, ...] = (repaired,) if repaired else ()
    warnings += tuple(
        Problem("markup.invisible", Place(file, line, column), {"character": f"U+{ord(character):04X}"})
        for character, (line, column) in reading.unclean.items()
    )
    return Markup(root, (), warnings)


_DECLARED = re.compile(rb"""<\?xml\s[^>]{0,200}?encoding\s*=\s*["']([A-Za-z0-9._-]{1,40})["']""")


def _utf8(data: bytes) -> bytes:
    """The file in UTF-8, whatever it declares; refused when it is in anything but UTF-8, ASCII or marked UTF-16."""
    if data[:2] in (b"\xff\xfe", b"\xfe\xff"):
        try:
            return data.decode("utf-16").encode()
        except (UnicodeDecodeError, UnicodeEncodeError):
            raise _Stop("markup.not_text", 1, 1) from None
    declared = _DECLARED.match(data.removeprefix(b"\xef\xbb\xbf")[:400])
    if declared and declared[1].lower() not in (b"utf-8", b"utf8", b"us-ascii", b"ascii"):
        raise _Stop("markup.encoding", 1, 1, encoding=declared[1].decode())
    try:
        data.decode()
    except UnicodeDecodeError as error:
        before = data[: error.start]
        line = before.count(b"\n") + 1
        raise _Stop("markup.not_text", line, error.start - before.rfind(b"\n")) from None
    return data


_TAG_PART = re.compile(rb"[\"'>]")


def _escaped(data: bytes) -> bytes:
    """The file with every ``<`` inside the quotes of a tag as ``&lt;``.

    Forms in use have it, as ``nodeset="...[a < b]"``, because the parser of ODK Collect lets it pass.
    """
    pieces: list[bytes] = []
    done = at = 0
    while (at := data.find(b"<", at)) >= 0:
        for begin, end in ((b"<!--", b"-->"), (b"<![CDATA[", b"]]>"), (b"<?", b"?>")):
            if data.startswith(begin, at):
                at = data.find(end, at) + 1 or len(data)
                break
        else:
            at += 1
            while (hit := _TAG_PART.search(data, at)) is not None and hit[0] != b">":
                closing = data.find(hit[0], hit.end())
                if closing < 0:
                    return data
                if data.find(b"<", hit.end(), closing) >= 0:
                    pieces += [data[done : hit.end()], data[hit.end() : closing].replace(b"<", b"&lt;")]
                    done = closing
                at = closing + 1
            if hit is None:
                break
    return b"".join((*pieces, data[done:]))


class _Reading:
    """State while one file is read."""

    def __init__(self, most: int) -> None:
        self.most = most
        self.count = 0
        self.root: Element | None = None
        self.open: list[Element] = []
        self.said: list[str] = []
        """Parts of the text that is being read; a long one comes in several."""
        self.names: dict[str, tuple[str, str, str]] = {}
        self.unclean: dict[str, tuple[int, int]] = {}
        """Character that was left out -> where it stood first."""
        self.parser = parser = expat.ParserCreate("utf-8", _BETWEEN)
        parser.namespace_prefixes = True
        parser.buffer_text = True
        parser.buffer_size = 1 << 16
        parser.StartElementHandler = self._start
        parser.EndElementHandler = self._end
        parser.CharacterDataHandler = self.said.append
        parser.StartDoctypeDeclHandler = self._doctype
        parser.EntityDeclHandler = self._doctype

    def read(self, data: bytes) -> Element:
        if not data.strip(b"\xef\xbb\xbf \t\r\n"):
            raise _Stop("markup.empty", 1, 1)
        try:
            self.parser.Parse(data, True)
        except expat.ExpatError as error:
            raise _mistake(error, begun=self.root is not None) from None
        assert self.root is not None
        return self.root

    def _stop(self, code: str, **parameters: str) -> _Stop:
        return _Stop(code, self.parser.CurrentLineNumber, self.parser.CurrentColumnNumber + 1, **parameters)

    def _doctype(self, *_: object) -> None:
        raise self._stop("markup.doctype")

    def _name(self, given: str) -> tuple[str, str, str]:
        """Name, namespace, prefix."""
        known = self.names.get(given)
        if known is None:
            parts = given.split(_BETWEEN)
            known = (given, "", "") if len(parts) == 1 else (parts[1], parts[0], parts[2] if len(parts) > 2 else "")
            self.names[given] = known
        return known

    def _start(self, given: str, attributes: dict[str, str]) -> None:
        self.count += 1
        if self.count > self.most:
            raise self._stop("markup.too_many", most=str(self.most))
        if len(self.open) >= MAX_DEPTH:
            raise self._stop("markup.too_deep", depth=str(MAX_DEPTH))
        if len(attributes) > MAX_ATTRIBUTES:
            raise self._stop("markup.attributes", most=str(MAX_ATTRIBUTES))
        parser = self.parser
        element = Element(*self._name(given), parser.CurrentLineNumber, parser.CurrentColumnNumber + 1)
        if attributes:
            element.attributes = {self._key(name): self._clean(text) for name, text in attributes.items()}
        if self.open:
            if self.said:
                self._put()
            self.open[-1].children.append(element)
        else:
            self.root = element
        self.open.append(element)

    def _key(self, given: str) -> str:
        name, namespace, _ = self._name(given)
        return f"{{{namespace}}}{name}" if namespace else name

    def _end(self, _: str) -> None:
        if self.said:
            self._put()
        self.open.pop()

    def _put(self) -> None:
        """The text that has ended here goes where it belongs."""
        text = self._clean("".join(self.said))
        self.said.clear()
        if text:
            self.open[-1].children.append(text)

    def _clean(self, text: str) -> str:
        if text.isascii() and "\x7f" not in text:
            return text
        for hit in _UNCLEAN.finditer(text):
            place = self.parser.CurrentLineNumber, self.parser.CurrentColumnNumber + 1
            self.unclean.setdefault(hit[0], place)
        return unicodedata.normalize("NFC", _UNCLEAN.sub("", text))


_CODES = expat.errors
_MISTAKES = {
    _CODES.XML_ERROR_NO_ELEMENTS: "markup.empty",
    _CODES.XML_ERROR_DUPLICATE_ATTRIBUTE: "markup.twice",
    _CODES.XML_ERROR_UNDEFINED_ENTITY: "markup.entity",
    _CODES.XML_ERROR_TAG_MISMATCH: "markup.tags",
    _CODES.XML_ERROR_UNBOUND_PREFIX: "markup.prefix",
    _CODES.XML_ERROR_JUNK_AFTER_DOC_ELEMENT: "markup.after",
    _CODES.XML_ERROR_BAD_CHAR_REF: "markup.character",
    _CODES.XML_ERROR_UNCLOSED_TOKEN: "markup.ends",
    _CODES.XML_ERROR_UNCLOSED_CDATA_SECTION: "markup.ends",
}
"""What the parser says -> the code of the sentence that says what to do; anything else is ``markup.syntax``."""


def _mistake(error: expat.ExpatError, begun: bool) -> _Stop:
    code = _MISTAKES.get(expat.ErrorString(error.code) or "", "markup.syntax")
    if code == "markup.empty" and begun:
        code = "markup.ends"
    return _Stop(code, error.lineno, error.offset + 1)


# -- and out again ----------------------------------------------------------------------------------------------------


def spell_markup(element: Element) -> str:
    """The element as XML that ``read_markup`` reads back to the same tree (lines apart)."""
    pieces: list[str] = []
    _spell(element, {"": "", "xml": _XML}, pieces)
    return "".join(pieces)


_XML = "http://www.w3.org/XML/1998/namespace"
_ESCAPED = str.maketrans({"&": "&amp;", "<": "&lt;", ">": "&gt;", "\r": "&#13;"})
_ESCAPED_ATTRIBUTE = str.maketrans(
    {"&": "&amp;", "<": "&lt;", '"': "&quot;", "\n": "&#10;", "\t": "&#9;", "\r": "&#13;"}
)


def _spell(element: Element, bound: dict[str, str], pieces: list[str]) -> None:
    declared: dict[str, str] = {}
    if bound.get(element.prefix) != element.namespace:
        declared[element.prefix] = element.namespace
    inner = bound | declared
    written = []
    for key, text in element.attributes.items():
        name = key
        if key.startswith("{"):
            namespace, _, local = key[1:].partition("}")
            prefix = next((each for each, address in inner.items() if each and address == namespace), "")
            if not prefix:
                prefix = next(f"n{number}" for number in range(1, 10_000) if f"n{number}" not in inner)
                declared[prefix] = inner[prefix] = namespace
            name = f"{prefix}:{local}"
        written.append(f' {name}="{text.translate(_ESCAPED_ATTRIBUTE)}"')
    for prefix, namespace in declared.items():
        name = f"xmlns:{prefix}" if prefix else "xmlns"
        written.append(f' {name}="{namespace.translate(_ESCAPED_ATTRIBUTE)}"')
    pieces.append(f"<{element.written}{''.join(written)}")
    if not element.children:
        pieces.append("/>")
        return
    pieces.append(">")
    for part in element.children:
        if isinstance(part, str):
            pieces.append(part.translate(_ESCAPED))
        else:
            _spell(part, inner, pieces)
    pieces.append(f"</{element.written}>")
