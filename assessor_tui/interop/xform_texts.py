"""The texts of an XForm: plain, or looked up by id in its translations, with outputs between the words.

An output becomes ``${name}`` where it is a question whose name says which, else it stays ``<output value="..."/>``.
What looks like one and is meant as it stands becomes an output of just that text.
"""

import re
from collections.abc import Callable, Iterator, Mapping

from assessor_tui.form.markup import Element
from assessor_tui.form.model import NO_TEXT, UNNAMED_LANGUAGE, Text
from assessor_tui.interop.columns import tag_of
from assessor_tui.interop.xform_notes import Notes, attribute
from assessor_tui.logic.spelling import has_outputs, output_of

_REFERENCE = re.compile(r"jr:itext\(\s*(?:'([^']*)'|\"([^\"]*)\"|([^'\")]*))\s*\)\Z")
_MEDIA = ("image", "big-image", "audio", "video")
_FOLDER = re.compile(r"jr://[a-z-]+/")

MOST_LANGUAGES = 100

Output = Callable[[str, Element], str]
"""Gives what stands in a text of ours for the expression of an output."""


class Texts:
    """The translations of a form."""

    __slots__ = ("default", "found", "language_names", "languages", "notes", "said")

    def __init__(self, model: Element, notes: Notes) -> None:
        self.notes = notes
        self.languages: list[str] = []
        """Tags, the default language first; ``und`` alone when the form has no translations."""
        self.language_names: dict[str, str] = {}
        self.found: dict[str, dict[tuple[str, str], Element]] = {}
        """Id -> (kind of text, tag) -> its element."""
        self.said: set[str] = set()
        """Ids that something shows."""
        for itext in model.elements("itext"):
            self._read(itext)
        if not self.languages:
            self.languages = [UNNAMED_LANGUAGE]
        self.default = self.languages[0]

    def _read(self, itext: Element) -> None:
        for translation in itext.elements():
            name = attribute(translation, "lang") or ""
            if translation.name != "translation":
                self.notes.warn("xform.not_known", translation, name=translation.written)
                continue
            if len(self.languages) >= MOST_LANGUAGES:
                self.notes.problem("xform.too_many_languages", translation, most=str(MOST_LANGUAGES))
                break
            if name in self.language_names.values():
                self.notes.warn("xform.language_twice", translation, name=name)
                tag = next(tag for tag, known in self.language_names.items() if known == name)
            else:
                tag = tag_of(name, self.languages)
                self.language_names[tag] = name
                if attribute(translation, "default") not in (None, "false()", "false"):
                    self.languages.insert(0, tag)
                else:
                    self.languages.append(tag)
            for text in translation.elements("text"):
                forms = self.found.setdefault(attribute(text, "id") or "", {})
                for value in text.elements("value"):
                    forms.setdefault((attribute(value, "form") or "", tag), value)

    def of(self, element: Element | None, output: Output, path: str = "") -> "Shown":
        """What a ``label``, ``hint`` or ``item`` label says, in every language it has."""
        if element is None:
            return NOTHING
        reference = attribute(element, "ref")
        if reference is not None and (itext_id := text_id(reference)) is not None:
            if itext_id in self.found:
                return self.by_id(itext_id, output)
            self.notes.warn("xform.no_text", element, path, id=itext_id)
        elif reference is not None:
            # A label that is a value: shown as an output.
            return Shown(self.everywhere(output(reference, element)))
        return Shown(self.everywhere(self.written(element, output)))

    def everywhere(self, text: str) -> Text:
        """A text that stands in the file once: it is shown in every language."""
        return dict.fromkeys(self.languages, text) if text else NO_TEXT

    def message(self, text: str, output: Output, at: Element, path: str) -> Text:
        """What a message of a bind says: a text, or ``jr:itext('...')``."""
        if not text:
            return NO_TEXT
        itext_id = text_id(text.strip())
        if itext_id is None:
            return self.everywhere(literal(clean(text)))
        if itext_id not in self.found:
            self.notes.warn("xform.no_text", at, path, id=itext_id)
            return NO_TEXT
        return self.by_id(itext_id, output).text

    def by_id(self, itext_id: str, output: Output) -> "Shown":
        """What the translations say under an id."""
        self.said.add(itext_id)
        plain: dict[str, str] = {}
        guidance: dict[str, str] = {}
        media: dict[tuple[str, str], str] = {}
        other: dict[tuple[str, str], str] = {}
        forms = self.found.get(itext_id, {})
        for tag in self.languages:
            main = next((forms[form, tag] for form in ("", "long", "short") if (form, tag) in forms), None)
            if main is not None and (text := self.written(main, output)):
                plain[tag] = text
        for (form, tag), element in forms.items():
            if form == "guidance":
                guidance[tag] = self.written(element, output)
            elif form in _MEDIA:
                media[form, tag] = _FOLDER.sub("", element.text.strip())
            elif form and not (form == "long" and ("", tag) not in forms):
                other[form, tag] = self.written(element, output)
        return Shown(plain, guidance, media, other)

    def written(self, element: Element, output: Output) -> str:
        """The text of one element with its outputs."""
        return clean("".join(self._pieces(element, output, 0)))

    def _pieces(self, element: Element, output: Output, depth: int) -> Iterator[str]:
        for part in element.children:
            if isinstance(part, str):
                yield literal(part)
            elif part.name == "output":
                expression = attribute(part, "value") or attribute(part, "ref") or ""
                yield output(expression.strip(), part)
            else:
                self.notes.warn("xform.not_known", part, name=part.written)
                yield from self._pieces(part, output, depth + 1)


class Shown:
    """What one id or label says: language tag -> text, and what stands beside it."""

    __slots__ = ("guidance", "media", "other", "text")

    def __init__(
        self,
        text: Mapping[str, str],
        guidance: Mapping[str, str] | None = None,
        media: Mapping[tuple[str, str], str] | None = None,
        other: Mapping[tuple[str, str], str] | None = None,
    ) -> None:
        self.text = text
        self.guidance = guidance or {}
        self.media = media or {}
        """(image, audio ..., tag) -> name of the file."""
        self.other = other or {}
        """Further forms of the text, as ``short``, by form and tag."""


NOTHING = Shown({})


def text_id(reference: str) -> str | None:
    """The id that ``jr:itext('id')`` names; None for anything else, as ``jr:itext(column)``."""
    found = _REFERENCE.match(reference.strip())
    if found is None or (found[1] is None and found[2] is None):
        return None
    return found[1] if found[1] is not None else found[2]


def literal(text: str) -> str:
    """A text that is meant as it stands, so that nothing in it is an output."""
    if has_outputs(text):
        return _OUTPUT_LIKE.sub(lambda hit: output_of(f"'{hit[0]}'"), text)
    return text


_OUTPUT_LIKE = re.compile(r"\$\{|<output")


def clean(text: str) -> str:
    """Without the indent that the file has for its own sake; line breaks that the author set stay."""
    first, *rest = text.split("\n")
    pieces = [" ".join(first.split())]
    for line in rest:
        pieces += [" " if line.startswith(("   ", "\t")) else "\n", " ".join(line.split())]
    return "".join(pieces).strip()
