"""The columns of an XLSForm workbook and what they are in a form: one table, read in both directions.

``xlsform_in`` reads by it and ``xlsform_out`` writes by it. What the model has no place for is kept in ``extra``:

- of a question, group or repeat: ``columns`` {heading: cell} for columns that are not in the table (pictures and sounds
  among them); ``xlsform_type`` the ``type`` cell where ours would be written otherwise; ``as_written`` {heading: cell}
  for a default whose text had to be changed so that it means the same here; ``or_other`` ``yes``; ``generated`` what
  made it (such parts are not written again);
- of a choice: the columns for choice filters themselves, by their headings; ``columns`` as above for pictures, sounds
  and films; ``generated``;
- of the form: ``settings`` {heading: cell} that the model does not hold; ``sheets`` {sheet: {columns, rows}} for sheets
  that are not asked about; ``headings`` {sheet: [headings in their order]}; ``language_names`` {tag: name in headings};
  ``rows`` survey rows that make no question (comments, disabled ones, ``csv-external``), each a mapping of ``before``
  (name of the question, group or repeat that follows, ``end NAME`` at the end of one, ``""`` at the very end) and
  ``cells`` {heading: cell}; ``external_lists`` names of the lists that stand on the sheet external_choices; ``ends``
  {group or repeat: {heading: cell}} what its last row says beside its type; ``spaced`` ``yes`` where ``begin group`` is
  written with a space; ``of_file`` {heading: cell} id and title that it has of its file's name.
"""

import json
import re
import unicodedata
from collections.abc import Iterable, Mapping
from typing import Any, NamedTuple

from assessor_tui.form.model import UNNAMED_LANGUAGE

QUESTION, GROUP, REPEAT = "question", "group", "repeat"
_ALL = (QUESTION, GROUP, REPEAT)


class Column(NamedTuple):
    """One column of the survey sheet."""

    heading: str
    """As it is written; ``heading::Language (tag)`` per language where ``kind`` is ``texts``."""
    field: str
    """Of the question, group or repeat in the model."""
    kind: str = "text"
    """``text``; ``texts`` (one column per language); ``names`` (divided by spaces); ``pairs`` (``name=value`` divided
    by spaces or lines, JSON where that does not hold it); ``lists`` (``name=one,two``); ``truth``; ``whole``;
    ``json``."""
    of: tuple[str, ...] = (QUESTION,)
    """What may have it."""
    tokens: tuple[str, ...] = ()
    """How XLSForm takes it apart; ``(heading,)`` where empty."""


SURVEY: tuple[Column, ...] = (
    Column("type", "type", of=_ALL),
    Column("name", "name", of=_ALL),
    Column("label", "label", "texts", _ALL),
    Column("hint", "hint", "texts", _ALL),
    Column("guidance_hint", "guidance", "texts", (QUESTION, REPEAT)),
    Column("relevant", "relevant", of=_ALL, tokens=("bind", "relevant")),
    Column("required", "required", tokens=("bind", "required")),
    Column("required_message", "required_message", "texts", tokens=("bind", "jr:requiredMsg")),
    Column("constraint", "constraint", tokens=("bind", "constraint")),
    Column("constraint_message", "constraint_message", "texts", tokens=("bind", "jr:constraintMsg")),
    Column("calculation", "calculation", tokens=("bind", "calculate")),
    Column("bind::type", "data_type", tokens=("bind", "type")),
    Column("trigger", "trigger"),
    Column("default", "default"),
    # Ours where the cell beside it says it in XLSForm's way: `agreed` for the expression `'agreed'`.
    Column("default_expression", "default"),
    Column("read_only", "read_only", of=_ALL, tokens=("bind", "readonly")),
    Column("choice_filter", "choice_filter"),
    Column("parameters", "parameters"),
    Column("appearance", "appearance", of=_ALL, tokens=("control", "appearance")),
    Column("repeat_count", "repeat_count", of=(REPEAT,), tokens=("control", "jr:count")),
    # Ours. No other program knows them; each keeps columns it does not know.
    Column("number", "number", of=(QUESTION, REPEAT)),
    Column("place", "place", of=(QUESTION, REPEAT)),
    Column("asked", "asked", of=(QUESTION, REPEAT)),
    Column("weight", "weight", of=(QUESTION, GROUP)),
    Column("points", "points", "pairs"),
    Column("veto", "veto", "names"),
    Column("limiting", "limiting", "names"),
    Column("benchmark", "benchmark", "pairs"),
    Column("evidence", "evidence", "lists"),
    Column("insist", "insist", "truth"),
    Column("reason", "reason", "names"),
    # Grades by answer; the texts of each answer on lines of their own. JSON here where that does not hold them.
    Column("finding", "finding", "pairs"),
    Column("finding_text", "finding_text", "texts"),
    Column("not_applicable", "not_applicable", "truth"),
    Column("warning", "warning"),
    Column("warning_message", "warning_message", "texts"),
    Column("units", "units", "names"),
    Column("decimals", "decimals", "whole"),
    Column("clause", "clause"),
    Column("source", "source"),
    Column("status", "status"),
    Column("role", "role", of=(QUESTION, REPEAT)),
    Column("reviewed_by", "reviewed_by", "pairs"),
    Column("row_label", "row_label", of=(REPEAT,)),
    Column("row_letter", "row_letter", of=(REPEAT,)),
    Column("key", "key", "names", (REPEAT,)),
    Column("at_least", "at_least", "whole", (REPEAT,)),
    Column("first_rows", "first_rows", "json", (REPEAT,)),
    # The repeat whose rows are the choices; the type cell names a question inside it, as XLSForm wants it.
    Column("rows_of", "rows_of"),
    # `itemset` and `actions` mean something else to pyxform.
    Column("xform_itemset", "itemset"),
    Column("xform_parameters", "parameters"),
    Column("xform_actions", "actions", "json"),
    Column("extra", "extra", "json", _ALL),
)
"""In the order in which a new workbook has them."""

MEDIA = ("image", "big-image", "audio", "video")
"""Headings of pictures, sounds and films; XLSForm allows ``media::image`` too, and a language after each."""


class Setting(NamedTuple):
    """One column of the settings sheet."""

    heading: str
    field: str
    """Of the form; ``scoring.profile`` is one of its part ``scoring``."""
    kind: str = "text"


SETTINGS: tuple[Setting, ...] = (
    Setting("form_title", "title", "title"),
    Setting("form_id", "form_id"),
    Setting("version", "version"),
    Setting("default_language", "languages", "language"),
    Setting("instance_name", "instance_name"),
    Setting("name", "root"),
    Setting("number", "number"),
    Setting("kind", "kind"),
    Setting("source", "source"),
    Setting("scoring_profile", "scoring.profile"),
    Setting("scoring_not_applicable", "scoring.not_applicable"),
    Setting("scoring_source", "scoring.source"),
    Setting("scoring_status", "scoring.status"),
    Setting("form_extra", "extra", "json"),
)
"""``title``: the title in the default language; in further languages ``form_title_in::Language (tag)``, because
XLSForm's own reader knows one title only."""

XLSFORM_SETTINGS = ("form_title", "form_id", "version", "default_language", "instance_name", "name")
"""Those that XLSForm has, too."""
OURS = "kind"
"""Heading of the settings sheet that says that columns of our own are meant: other people's forms have columns called
``number`` or ``status``, too, and mean something else."""

BY_TOKENS: Mapping[tuple[str, ...], Column] = {column.tokens or (column.heading,): column for column in SURVEY}
"""Column of the survey sheet by its tokens, without language."""

# What other headings mean, as in XLSForm's own reader: the first part of a heading -> the parts it stands for.
_SURVEY_WORDS: Mapping[str, tuple[str, ...]] = {
    "caption": ("label",), "command": ("type",), "tag": ("name",), "value": ("name",),
    "read_only": ("bind", "readonly"), "readonly": ("bind", "readonly"),
    "relevant": ("bind", "relevant"), "relevance": ("bind", "relevant"),
    "required": ("bind", "required"), "constraint": ("bind", "constraint"),
    "constraint_message": ("bind", "jr:constraintMsg"), "constraining_message": ("bind", "jr:constraintMsg"),
    "required_message": ("bind", "jr:requiredMsg"), "requiredmsg": ("bind", "jr:requiredMsg"),
    "noapperrorstring": ("bind", "jr:noAppErrorString"), "no_app_error_string": ("bind", "jr:noAppErrorString"),
    "calculation": ("bind", "calculate"), "calculate": ("bind", "calculate"),
    "appearance": ("control", "appearance"), "body": ("control",),
    "count": ("control", "jr:count"), "repeat_count": ("control", "jr:count"), "jr:count": ("control", "jr:count"),
    "autoplay": ("control", "autoplay"), "rows": ("control", "rows"),
    "image": ("media", "image"), "big-image": ("media", "big-image"), "audio": ("media", "audio"),
    "video": ("media", "video"), "compact_tag": ("instance", "odk:tag"), "save_to": ("bind", "entities:saveto"),
}  # fmt: skip
_LIST_WORDS: Mapping[str, tuple[str, ...]] = {
    "caption": ("label",), "list_name": ("list_name",), "value": ("name",),
    "image": ("media", "image"), "big-image": ("media", "big-image"), "audio": ("media", "audio"),
    "video": ("media", "video"),
}  # fmt: skip
_SETTING_WORDS: Mapping[str, tuple[str, ...]] = {
    "form_title": ("form_title",), "set_form_title": ("form_title",), "title": ("form_title",),
    "form_id": ("form_id",), "set_form_id": ("form_id",), "id_string": ("form_id",),
}  # fmt: skip
_WORDS = {"survey": _SURVEY_WORDS, "settings": _SETTING_WORDS}
_KNOWN: Mapping[str, frozenset[str]] = {
    "survey": frozenset({"type", "name", "label", "hint", "guidance_hint", "default", "trigger", "choice_filter",
                         "parameters", "bind", "control", "media", "instance"})
    | {column.heading for column in SURVEY},
    "settings": frozenset(setting.heading for setting in SETTINGS),
}  # fmt: skip
_LIST_KNOWN = frozenset({"name", "label", "media", "list_name"})


def tokens_of(sheet: str, heading: str, double_colon: bool) -> tuple[str, ...]:
    """The parts of a heading as XLSForm takes it apart: ``("bind", "jr:constraintMsg", "English (en)")``.

    ``double_colon``: True when any heading of the sheet holds ``::``; otherwise a single colon divides, as it did once.
    Words that are not known stay as they are written, because choice filters may name them.
    """
    words, known = _WORDS.get(sheet, _LIST_WORDS), _KNOWN.get(sheet, _LIST_KNOWN)
    whole = snake(heading)
    if whole in known and whole not in words:
        return (whole,)
    if double_colon:
        parts = [part.strip() for part in heading.split("::")]
    else:
        parts = [part.strip() for part in heading.split(":")]
        if "jr" in parts[:-1]:
            at = parts.index("jr")
            parts[at : at + 2] = [f"jr:{parts[at + 1]}"]
    first = snake(parts[0])
    if first in words:
        return (*words[first], *parts[1:])
    return (first, *parts[1:]) if first in known else (heading, *()) if len(parts) == 1 else tuple(parts)


def snake(word: str) -> str:
    """``List  Name`` as ``list_name``."""
    return "_".join(word.split()).lower()


# -- cells ------------------------------------------------------------------------------------------------------------


def from_cell(kind: str, cell: str) -> Any:
    """What a cell holds, by the ``kind`` of its column.

    Raises:
        ValueError: when it cannot be read as one.
    """
    cell = cell.strip()
    if kind == "names":
        return tuple(json.loads(cell)) if cell.startswith("[") else tuple(cell.split())
    if kind in ("pairs", "lists"):
        if cell.startswith("{"):
            pairs = {str(name): value for name, value in json.loads(cell).items()}
        else:
            pairs = {}
            for part in cell.split():
                name, equals, value = part.rpartition("=")
                if not equals or not name:
                    raise ValueError(part)
                pairs[name] = value if kind == "pairs" else value.split(",") if value else []
        return pairs if kind == "pairs" else {name: tuple(value) for name, value in pairs.items()}
    if kind == "truth":
        if cell.lower() not in _TRUTHS:
            raise ValueError(cell)
        return _TRUTHS[cell.lower()]
    if kind == "whole":
        return int(cell)
    return json.loads(cell) if kind == "json" else cell


def to_cell(kind: str, value: Any) -> str:
    """``value`` as ``from_cell`` reads it back."""
    if kind == "names":
        names = list(value)
        plain = all(name and not re.search(r"\s", name) for name in names) and not "".join(names[:1]).startswith("[")
        return " ".join(names) if plain else _json(names)
    if kind in ("pairs", "lists"):
        pairs = {name: [part] if kind == "pairs" else list(part) for name, part in value.items()}
        cells = [f"{name}={','.join(parts)}" for name, parts in pairs.items()]
        try:
            if cells and from_cell(kind, " ".join(cells)) == (
                dict(value) if kind == "pairs" else {name: tuple(part) for name, part in value.items()}
            ):
                return (" " if len(" ".join(cells)) <= _SHORT else "\n").join(cells)
        except ValueError:
            pass
        return _json(dict(value) if kind == "pairs" else pairs)
    if kind == "truth":
        return "yes" if value else "no"
    return _json(value) if kind == "json" else str(value)


_SHORT = 30
"""Characters of pairs that stand on one line of their cell."""


def finding_cells(finding: Mapping[str, tuple[str, Mapping[str, str]]]) -> tuple[str, dict[str, str]]:
    """(cell of the grades, cell of the texts per language) of findings: answer -> grade and text."""
    grades = {answer: grade for answer, (grade, _) in finding.items()}
    tags = dict.fromkeys(tag for _, text in finding.values() for tag in text)
    texts = {
        tag: "\n".join(f"{answer}: {text[tag]}" for answer, (_, text) in finding.items() if tag in text) for tag in tags
    }
    cell = to_cell("pairs", grades)
    plain = {answer: (grade, dict(text)) for answer, (grade, text) in finding.items()}
    if finding_of(cell, texts) == plain:
        return cell, texts
    return _json({answer: {"grade": grade, "text": text} for answer, (grade, text) in plain.items()}), {}


def finding_of(cell: str, texts: Mapping[str, str]) -> dict[str, tuple[str, dict[str, str]]]:
    """The findings that ``finding_cells`` has written: answer -> grade and text.

    Raises:
        ValueError: when a text belongs to no answer, or the cell cannot be read.
    """
    grades: Mapping[str, Any] = from_cell("pairs", cell)
    if any(isinstance(grade, dict) for grade in grades.values()):
        return {answer: (str(each["grade"]), dict(each["text"])) for answer, each in grades.items()}
    found: dict[str, tuple[str, dict[str, str]]] = {answer: (str(grade), {}) for answer, grade in grades.items()}
    for tag, said in texts.items():
        answer = ""
        for line in said.split("\n"):
            begins, colon, rest = line.partition(":")
            if colon and begins.strip() in found:
                answer = begins.strip()
                found[answer][1][tag] = rest.strip()
            elif answer:
                found[answer][1][tag] += f"\n{line}"
            elif line.strip():
                raise ValueError(line)
    return found


def _json(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False, sort_keys=True)


_TRUTHS = {"yes": True, "true": True, "true()": True, "no": False, "false": False, "false()": False}


# -- languages --------------------------------------------------------------------------------------------------------

_TAG = re.compile(r"[A-Za-z]{2,8}(?:[-_][A-Za-z0-9]{1,8})*\Z")
_CODE = re.compile(r"\(\s*([A-Za-z]{2,8}(?:[-_][A-Za-z0-9]{1,8})*)\s*\)\s*\Z")
_NAMES: Mapping[str, str] = {
    "english": "en", "eng": "en", "英文": "en", "英語": "en", "英语": "en",
    "chinese": "zh-Hant", "中文": "zh-Hant", "繁體": "zh-Hant", "繁体": "zh-Hant", "繁體中文": "zh-Hant",
    "繁体中文": "zh-Hant", "正體": "zh-Hant", "正體中文": "zh-Hant", "traditional chinese": "zh-Hant",
    "chinese traditional": "zh-Hant", "chinese (traditional)": "zh-Hant", "简体": "zh-Hans", "簡體": "zh-Hans",
    "简体中文": "zh-Hans", "簡體中文": "zh-Hans", "simplified chinese": "zh-Hans", "chinese simplified": "zh-Hans",
    "chinese (simplified)": "zh-Hans", "普通话": "zh-Hans", "french": "fr", "français": "fr", "francais": "fr",
    "spanish": "es", "español": "es", "espanol": "es", "portuguese": "pt", "português": "pt", "german": "de",
    "deutsch": "de", "italian": "it", "dutch": "nl", "arabic": "ar", "العربية": "ar", "hindi": "hi", "bengali": "bn",
    "urdu": "ur", "russian": "ru", "русский": "ru", "japanese": "ja", "日本語": "ja", "korean": "ko", "한국어": "ko",
    "vietnamese": "vi", "tiếng việt": "vi", "thai": "th", "indonesian": "id", "bahasa indonesia": "id",
    "malay": "ms", "tagalog": "tl", "filipino": "fil", "burmese": "my", "khmer": "km", "lao": "lo", "nepali": "ne",
    "swahili": "sw", "kiswahili": "sw", "turkish": "tr", "ukrainian": "uk", "polish": "pl",
}  # fmt: skip
"""Well-known names of languages -> BCP 47 tag."""


def tag_of(name: str, taken: Iterable[str] = ()) -> str:
    """BCP 47 tag of a language as a heading names it: its code in brackets, a name that everybody knows, else a private
    tag ``x-...``. Never one of ``taken``; ``""`` and ``default`` are ``und``."""
    name = name.strip()
    if name in ("", "default"):
        return UNNAMED_LANGUAGE
    code = _CODE.search(name)
    folded = " ".join(unicodedata.normalize("NFC", name).casefold().split())
    if folded in _NAMES:
        tag = _NAMES[folded]
    elif code:
        tag = _spelled(code[1])
    elif _TAG.match(name) and (len(re.split("[-_]", name)[0]) <= 3):
        tag = _spelled(name)
    else:
        tag = _private(name)
    taken = set(taken)
    number, free = 2, tag
    while free in taken:
        free = f"{tag}-{number}" if tag.startswith("x-") else f"{tag}-x-{number}"
        number += 1
    return free


_NAMES_OF: Mapping[str, str] = {
    "en": "English", "en-HK": "English", "zh-Hant": "繁體中文", "zh-Hant-HK": "繁體中文", "zh-Hans": "简体中文",
    "zh-Hans-CN": "简体中文",
}  # fmt: skip


def name_of(tag: str) -> str:
    """What headings call a language that nobody has named: ``English (en-HK)``; ``tag_of`` reads it back. A form says
    in ``language_names`` only where it calls one otherwise."""
    if tag == UNNAMED_LANGUAGE:
        return ""
    return tag.removeprefix("x-") if tag.startswith("x-") else f"{_NAMES_OF.get(tag, tag)} ({tag})"


def _spelled(tag: str) -> str:
    """As BCP 47 likes it: ``zh-Hant-HK``."""
    first, *rest = re.split("[-_]", tag)
    return "-".join(
        [
            first.lower(),
            *(part.title() if len(part) == 4 else part.upper() if len(part) == 2 else part for part in rest),
        ]
    )


def _private(name: str) -> str:
    plain = unicodedata.normalize("NFKD", name).encode("ascii", "ignore").decode().lower()
    words = re.findall("[a-z0-9]+", plain) or re.findall("[0-9a-f]{1,8}", name.encode("utf-8").hex())
    return "-".join(["x", *(word[at : at + 8] for word in words[:4] for at in range(0, len(word), 8))])
