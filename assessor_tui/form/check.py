"""What is wrong with a form beyond its shape: names that do not exist, texts that are missing, numbers out of order.

Run as a program it checks files: ``python -m assessor_tui.form.check FILE...``.
"""

import json
import re
import sys
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from functools import cache
from pathlib import Path
from typing import NamedTuple

from assessor_tui.form.model import (
    EVIDENCE_KINDS,
    GRADES,
    LANGUAGES,
    NUMBER_TYPES,
    SELECT_TYPES,
    SILENT_TYPES,
    UNNAMED_LANGUAGE,
    Choice,
    Form,
    Group,
    Node,
    Question,
    Repeat,
    Text,
)
from assessor_tui.form.nearest import nearest
from assessor_tui.form.scheme import Scheme
from assessor_tui.problem import Place, Problem
from assessor_tui.units import units

PLACES = ("office", "production", "utilities", "treatment", "stores", "gate")
"""Standard places on a site. A form names its own under ``settings: extra: places``."""

TEXT_ROLES = frozenset({"place", "month"})
"""Roles that only a text can play: where a row stands, which month it is of."""

FINDING_BLANKS = ("{where}", "{what}", "{how_much}")

Loc = tuple[str | int, ...]
Locate = Callable[[Loc, str], Place]
"""Gives the place of the part of the file at a way from its top; the second argument is its path inside the form."""


class Found(NamedTuple):
    """A mistake before it is known on which line it stands."""

    code: str
    loc: Loc
    path: str
    parameters: Mapping[str, str]
    other: Loc = ()
    """Where the part stands that this one contradicts; its line goes into the sentence as ``line``."""


def located(found: Found, locate: "Locate") -> Problem:
    """The mistake as a problem with its line."""
    told = found.parameters
    if found.other:
        told = {**told, "line": str(locate(found.other, "").line)}
    return Problem(found.code, locate(found.loc, found.path), told)


def no_lines(loc: Loc, path: str) -> Place:
    """A place without lines, for forms that come from no file."""
    return Place(path=path)


def check_form(form: Form, locate: Locate = no_lines) -> tuple[Problem, ...]:
    """Every mistake in the form beyond its shape, in the order of the file."""
    return tuple(located(found, locate) for found in form_mistakes(form))


def check_scheme(scheme: Scheme, locate: Locate = no_lines) -> tuple[Problem, ...]:
    """Every mistake in the scheme beyond its shape."""
    return tuple(located(found, locate) for found in scheme_mistakes(scheme))


class _At(NamedTuple):
    """A node with where it stands."""

    node: Node
    loc: Loc
    path: str
    repeat: Repeat | None


def _nodes(children: Sequence[Node], loc: Loc, path: str, repeat: Repeat | None) -> Iterator[_At]:
    for position, node in enumerate(children):
        here = (*loc, position)
        name = f"{path}/{node.name}" if path else node.name
        yield _At(node, here, name, repeat)
        if isinstance(node, Group):
            yield from _nodes(node.children, (*here, "children"), path, repeat)
        elif isinstance(node, Repeat):
            yield from _nodes(node.children, (*here, "children"), name, node)


_HYGIENE = frozenset(
    {
        "form.no_text", "form.no_translation", "form.wrong_script", "form.blanks_differ", "form.numbers_differ",
        "form.no_children", "form.no_choices", "form.duplicate_choice", "form.never_answered", "form.no_message",
        "form.message_alone", "form.not_a_select", "form.no_calculation", "form.duplicate_number",
    }
)  # fmt: skip
"""What a form of ours must not have, and a form that somebody brings along may: it runs all the same."""


def form_mistakes(form: Form) -> Iterator[Found]:
    """As ``check_form``, with the way from the top of the file instead of lines.

    Only a form in all of ``LANGUAGES`` is asked for everything that ours have; importing tells which texts are missing.
    """
    ours = is_ours(form)
    return (found for found in _mistakes(form) if ours or found.code not in _HYGIENE)


def is_ours(form: Form) -> bool:
    """True for a checklist in all of ``LANGUAGES``: it has to be right in everything, not only to run."""
    return set(LANGUAGES) <= set(form.languages)


def _mistakes(form: Form) -> Iterator[Found]:
    nodes = list(_nodes(form.children, ("survey",), "", None))
    yield from _texts(form, {"title": form.title}, ("settings",), "settings", ("title",))
    for language in form.languages:
        if language != UNNAMED_LANGUAGE and not re.match(r"([A-Za-z]{2,8}|x)(-[A-Za-z0-9]{1,8})*\Z", language):
            yield Found("form.bad_language", ("settings", "languages"), "settings", {"language": language})
    for name, choices in form.choices.items():
        yield from _choices(form, name, choices)
    yield from _own_columns(form, nodes)
    yield from _names(nodes)
    yield from _numbers(form, nodes)
    repeats = {at.node.name for at in nodes if isinstance(at.node, Repeat)}
    for at in nodes:
        if isinstance(at.node, Repeat):
            yield from _months(nodes, at, at.node, repeats)
        if isinstance(at.node, Question):
            yield from _question(form, at, at.node, repeats)
        else:
            yield from _group_or_repeat(form, at, at.node)


def _choices(form: Form, name: str, choices: Sequence[Choice]) -> Iterator[Found]:
    if not choices:
        yield Found("form.no_choices", ("choices", name), f"choices/{name}", {"list": name})
    seen = set()
    for position, choice in enumerate(choices):
        loc, path = ("choices", name, position), f"choices/{name}/{choice.name}"
        if choice.name in seen:
            yield Found("form.duplicate_choice", (*loc, "name"), path, {"choice": choice.name, "list": name})
        seen.add(choice.name)
        if not choice.name or (is_ours(form) and not _plain_choice(choice.name)):
            yield Found("form.bad_choice_name", (*loc, "name"), path, {"choice": choice.name})
        yield from _texts(form, {"label": choice.label}, loc, path, ("label",))


def _plain_choice(name: str) -> bool:
    return len(name) <= 200 and not re.search(r"\s", name) and name != "*"


def _names(nodes: Sequence[_At]) -> Iterator[Found]:
    first: dict[str, _At] = {}
    for at in nodes:
        other = first.setdefault(at.node.name, at)
        if other is not at:
            told = {"name": at.node.name}
            yield Found("form.duplicate_name", (*at.loc, "name"), at.path, told, (*other.loc, "name"))


def _own_columns(form: Form, nodes: Sequence[_At]) -> Iterator[Found]:
    """Columns under ``extra`` that are called as one of ours: beside each other neither would be known by its name."""
    rows: list[tuple[Form | Node | Choice, Loc, str]] = [(form, ("settings",), "settings")]
    rows += [(at.node, at.loc, at.path) for at in nodes if at.node.extra]
    for name, choices in form.choices.items():
        rows += [
            (choice, ("choices", name, position), f"choices/{name}/{choice.name}")
            for position, choice in enumerate(choices)
            if choice.extra
        ]
    for row, loc, path in rows:
        for column in sorted(
            row.extra.keys() & {*row._fields, *(("type",) if isinstance(row, Group | Repeat) else ())}
        ):
            yield Found("form.duplicate_name", (*loc, "extra", column), path, {"name": column}, loc)


def _numbers(form: Form, nodes: Sequence[_At]) -> Iterator[Found]:
    first: dict[str, _At] = {}
    for at in nodes:
        number = "" if isinstance(at.node, Group) else at.node.number
        if not number:
            continue
        other = first.setdefault(number, at)
        if other is not at:
            loc = (*other.loc, "number")
            yield Found("form.duplicate_number", (*at.loc, "number"), at.path, {"number": number}, loc)
        if form.number and not number.startswith(form.number + "."):
            parameters = {"number": number, "prefix": form.number + "."}
            yield Found("form.number_prefix", (*at.loc, "number"), at.path, parameters)


def _group_or_repeat(form: Form, at: _At, node: Group | Repeat) -> Iterator[Found]:
    texts = {"label": node.label, "hint": node.hint}
    if isinstance(node, Repeat):
        texts["guidance"] = node.guidance
        yield from _place(form, at, node.place)
        inside = [below.node.name for below in _nodes(node.children, (), "", None) if isinstance(below.node, Question)]
        for name in node.key:
            if name not in inside:
                parameters = {"name": name, "suggestion": nearest(name, inside)}
                yield Found("form.unknown_key", (*at.loc, "key"), at.path, parameters)
    if not node.children:
        yield Found("form.no_children", at.loc, at.path, {"name": node.name})
    yield from _texts(form, texts, at.loc, at.path, ("label",))


def _months(nodes: Sequence[_At], at: _At, repeat: Repeat, repeats: set[str]) -> Iterator[Found]:
    """Names under ``extra: months`` of a table that are none: its months would silently not be offered."""
    said = repeat.extra.get("months")
    if not isinstance(said, dict):
        return
    inside = {node.name for node in repeat.children if isinstance(node, Question)}
    outside = {each.node.name for each in nodes if isinstance(each.node, Question) and each.repeat is None}
    known = {"from": outside, "to": outside, "month": inside, "as": inside, "each": repeats}
    for key, name in said.items():
        if key not in known:
            told = {"column": key, "suggestion": nearest(key, known)}
            yield Found("form.unknown_column", (*at.loc, "extra", "months", key), at.path, told)
        elif name not in known[key]:
            told = {"column": key, "name": str(name), "suggestion": nearest(str(name), known[key])}
            yield Found("form.unknown_months", (*at.loc, "extra", "months", key), at.path, told)
    for key in ("from", "to", "month"):
        if key not in said:
            yield Found("form.missing_column", (*at.loc, "extra", "months"), at.path, {"column": key})


def _question(form: Form, at: _At, question: Question, repeats: set[str]) -> Iterator[Found]:
    texts = {
        "label": question.label,
        "hint": question.hint,
        "guidance": question.guidance,
        "required_message": question.required_message,
        "constraint_message": question.constraint_message,
        "warning_message": question.warning_message,
    }
    yield from _texts(form, texts, at.loc, at.path, () if question.type == "calculate" else ("label",))
    yield from _place(form, at, question.place)
    yield from _demands(at, question)
    yield from _numbers_of(at, question)
    if question.role in TEXT_ROLES and question.type != "text":
        yield Found("form.role_of_text", (*at.loc, "role"), at.path, {"role": question.role, "type": question.type})
    if question.list_name and not question.itemset and question.list_name not in (*form.choices, *form.instances):
        parameters = {"list": question.list_name, "suggestion": nearest(question.list_name, form.choices)}
        yield Found("form.unknown_list", (*at.loc, "type"), at.path, parameters)
    else:
        yield from _choice_names(form, at, question)
    if question.rows_of and question.rows_of not in repeats:
        parameters = {"repeat": question.rows_of, "suggestion": nearest(question.rows_of, repeats)}
        yield Found("form.unknown_repeat", (*at.loc, "type"), at.path, parameters)
    for answer, finding in question.finding.items():
        loc = (*at.loc, "finding", answer)
        if finding.grade not in GRADES:
            yield _unknown("grade", finding.grade, GRADES, (*loc, "grade"), at.path)
        yield from _texts(form, {"finding": finding.text}, loc, at.path, ("finding",), key="text")
        for name in sorted(_blanks(finding.text)):
            if name not in FINDING_BLANKS and not name.startswith("$"):
                yield _unknown("blank", name, FINDING_BLANKS, loc, at.path)


def _unknown(what: str, value: str, known: Iterable[str], loc: Loc, path: str) -> Found:
    known = tuple(known)
    told = {"value": value, "suggestion": nearest(value, known), "known": ", ".join(known)}
    return Found(f"form.unknown_{what}", loc, path, told)


def _place(form: Form, at: _At, place: str) -> Iterator[Found]:
    own = form.extra.get("places", ())
    known = (*PLACES, *(own if isinstance(own, list | tuple) else ()))
    if place and place not in known:
        yield _unknown("place", place, known, (*at.loc, "place"), at.path)


def _demands(at: _At, question: Question) -> Iterator[Found]:
    """What one column says against, or without, another."""
    silent = question.type in SILENT_TYPES
    for column in ("required", "constraint", "warning"):
        expression = getattr(question, column)
        if silent and expression and expression != "no":
            yield Found("form.never_answered", (*at.loc, column), at.path, {"column": column, "type": question.type})
    for column in ("constraint", "warning"):
        message = f"{column}_message"
        if not silent and getattr(question, column) and not getattr(question, message):
            yield Found("form.no_message", (*at.loc, column), at.path, {"column": column, "message": message})
        if getattr(question, message) and not getattr(question, column):
            yield Found("form.message_alone", (*at.loc, message), at.path, {"column": column, "message": message})
    if question.type == "calculate" and not question.calculation:
        yield Found("form.no_calculation", at.loc, at.path, {})
    if question.choice_filter and question.type not in SELECT_TYPES:
        yield Found("form.not_a_select", (*at.loc, "choice_filter"), at.path, {"column": "choice_filter"})
    for answer, kinds in question.evidence.items():
        for kind in kinds:
            if kind not in EVIDENCE_KINDS:
                yield _unknown("evidence", kind, EVIDENCE_KINDS, (*at.loc, "evidence", answer), at.path)
        if not kinds:
            yield Found("form.no_evidence_kind", (*at.loc, "evidence", answer), at.path, {"answer": answer})


def _numbers_of(at: _At, question: Question) -> Iterator[Found]:
    if question.type == "quantity" and not question.units:
        yield Found("form.no_unit", at.loc, at.path, {})
    if question.units and question.type != "quantity":
        yield Found("form.unit_without_quantity", (*at.loc, "units"), at.path, {"type": question.type})
    known = units()
    for symbol in question.units:
        if symbol not in known:
            yield _unknown("unit", symbol, known, (*at.loc, "units"), at.path)
    kinds = {known[symbol].kind for symbol in question.units if symbol in known}
    if len(kinds) > 1:
        yield Found("form.units_differ", (*at.loc, "units"), at.path, {"kinds": ", ".join(sorted(kinds))})
    if question.benchmark and question.type not in NUMBER_TYPES | {"calculate"}:
        yield Found("form.benchmark_without_number", (*at.loc, "benchmark"), at.path, {"type": question.type})


def _choice_names(form: Form, at: _At, question: Question) -> Iterator[Found]:
    """Choices named in points, veto, limiting, evidence, reason and finding that the question does not have."""
    names = [choice.name for choice in form.choices.get(question.list_name, ())]
    columns: tuple[tuple[str, Iterable[str], bool], ...] = (
        ("points", question.points, False),
        ("veto", question.veto, False),
        ("limiting", question.limiting, False),
        ("evidence", question.evidence, True),
        ("reason", question.reason, True),
        ("finding", question.finding, False),
    )
    for column, named, any_answer in columns:
        for name in named:
            if name in names or (name == "*" and any_answer):
                continue
            loc = (*at.loc, column, name)
            if not question.list_name:
                yield Found("form.choice_without_list", loc, at.path, {"choice": name, "column": column})
                continue
            known = [*names, "*"] if any_answer else names
            told = {"choice": name, "column": column, "list": question.list_name, "known": ", ".join(known)}
            yield Found("form.unknown_choice", loc, at.path, told | {"suggestion": nearest(name, known)})


# -- texts ------------------------------------------------------------------------------------------------------------

_HAN = re.compile("[\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff\U00020000-\U0003ffff]")
_NUMBER = re.compile(r"(?<![A-Za-z0-9.])[0-9]+(?:\.[0-9]+)*")
_BLANK = re.compile(r"\$\{[^{}]*\}|\{[^{}]*\}")
_MONTH = re.compile(r"\b(January|February|March|April|May|June|July|August|September|October|November|December)\b")
_FULL_WIDTH = str.maketrans("０１２３４５６７８９．", "0123456789.")
_MANY = {"十": 10, "百": 100, "千": 1000, "萬": 10_000, "万": 10_000}
_CHINESE = {"一": 1, "二": 2, "兩": 2, "两": 2, "三": 3, "四": 4, "五": 5, "六": 6, "七": 7, "八": 8, "九": 9}
_ENGLISH = {
    **{"zero": "0", "half": "0.5", "one": "1", "once": "1", "two": "2", "twice": "2", "three": "3", "four": "4"},
    **{"five": "5", "six": "6", "seven": "7", "eight": "8", "nine": "9", "ten": "10", "eleven": "11", "twelve": "12"},
    **{"fifteen": "15", "twenty": "20", "thirty": "30", "hundred": "100", "thousand": "1000"},
}
_SCRIPTS = ("zh-Hant", "zh-Hans")


@cache
def _allowed() -> Mapping[str, str]:
    """Script -> characters that are right in it although the rule of ``_belongs`` says otherwise."""
    allowed: Mapping[str, str] = json.loads(
        Path(__file__).with_name("allowed_characters.json").read_text(encoding="utf-8")
    )
    return allowed


def wrong_script(text: str, language: str) -> str:
    """The characters of ``text`` that do not belong to the language's script, each once; ``""`` for none."""
    if text.isascii():
        return ""
    if language.startswith("en"):
        return "".join(dict.fromkeys(_HAN.findall(text)))
    script = next((script for script in _SCRIPTS if language.startswith(script)), "")
    return "".join(dict.fromkeys(one for one in _HAN.findall(text) if script and not _belongs(one, script)))


@cache
def _belongs(character: str, script: str) -> bool:
    if character in _allowed().get(script, ""):
        return True
    if script == "zh-Hans":
        return _has("gb2312", character)
    # Hong Kong's supplement holds Simplified characters too: those of its characters that GB 2312 shares are not taken
    # for Traditional unless they are on the list.
    return _has("big5", character) or (_has("big5hkscs", character) and not _has("gb2312", character))


def _has(encoding: str, character: str) -> bool:
    try:
        character.encode(encoding)
    except UnicodeEncodeError:
        return False
    return True


def _numbers_in(text: str) -> frozenset[str]:
    """Numbers written in digits that stand for themselves: not the 2 of CO2."""
    plain = re.sub(r"(?<=[0-9])[,，](?=[0-9]{3})", "", _BLANK.sub(" ", text).translate(_FULL_WIDTH))
    found = set()
    for match in _NUMBER.finditer(plain):
        many = _MANY.get(plain[match.end() : match.end() + 2].strip()[:1], 1)
        found.add(str(int(float(match[0]) * many)) if many > 1 and match[0].count(".") < 2 else match[0])
    return frozenset(found)


def _spelled_in(text: str) -> frozenset[str]:
    """Numbers written in words, English or Chinese, as the digits they stand for."""
    found = {_ENGLISH[word] for word in re.findall("[a-z]+", text.lower()) if word in _ENGLISH}
    for numeral in re.findall("[一二三四五六七八九十百千萬万兩两]+", text):
        whole = part = digit = 0
        for one in numeral:
            if one in _CHINESE:
                digit = _CHINESE[one]
            elif _MANY[one] == 10_000:
                whole, part, digit = whole + (part + digit or 1) * 10_000, 0, 0
            else:
                part, digit = part + (digit or 1) * _MANY[one], 0
        found.add(str(whole + part + digit))
    return frozenset(found)


def _blanks(text: Text) -> set[str]:
    return {blank for words in text.values() for blank in _BLANK.findall(words)}


def _texts(
    form: Form, texts: Mapping[str, Text], loc: Loc, path: str, demanded: Sequence[str], key: str = ""
) -> Iterator[Found]:
    """Mistakes in the texts of one node: ``texts`` are its columns, ``key`` the key of the file where that differs."""
    for column, text in texts.items():
        where = (*loc, key or column)
        if not text:
            if column in demanded:
                yield Found("form.no_text", where, path, {"column": column})
            continue
        meant = {_language(language, form.languages) for language in text if language not in form.languages}
        for language in form.languages:
            if not text.get(language, "").strip() and language not in meant:
                yield Found("form.no_translation", where, path, {"column": column, "language": language})
        for language, words in text.items():
            if language not in form.languages:
                told = {"language": language, "column": column, "known": ", ".join(form.languages)}
                told["suggestion"] = _language(language, form.languages)
                yield Found("form.unknown_language", (*where, language), path, told)
            elif wrong := wrong_script(words, language):
                told = {"characters": wrong, "column": column, "language": language}
                yield Found("form.wrong_script", (*where, language), path, told)
        yield from _same_in_all(text, where, path, column)


def _language(tag: str, known: Sequence[str]) -> str:
    """The known language that ``tag`` was most likely meant to be; ``""`` when none is likely."""
    begin_alike = [language for language in known if language.partition("-")[0] == tag.partition("-")[0].lower()]
    return begin_alike[0] if len(begin_alike) == 1 else nearest(tag, known)


def _same_in_all(text: Text, loc: Loc, path: str, column: str) -> Iterator[Found]:
    written = [(language, words) for language, words in text.items() if words.strip()]
    if len(written) < 2:
        return
    first, first_words = written[0]
    for language, words in written[1:]:
        one, other = set(_BLANK.findall(first_words)), set(_BLANK.findall(words))
        if one != other:
            told = {"column": column, "first": first, "language": language, "blanks": ", ".join(sorted(one ^ other))}
            yield Found("form.blanks_differ", (*loc, language), path, told)
        one_has, other_has = _numbers_in(first_words), _numbers_in(words)
        numbers = (one_has - other_has - _spelled_in(words)) | (other_has - one_has - _spelled_in(first_words))
        if numbers and not _MONTH.search(first_words) and not _MONTH.search(words):
            told = {"column": column, "first": first, "language": language, "numbers": ", ".join(sorted(numbers))}
            yield Found("form.numbers_differ", (*loc, language), path, told)


# -- schemes ----------------------------------------------------------------------------------------------------------


_PATH = re.compile(r"[^/\s]+(/[^/\s]+)+\Z")


def scheme_mistakes(scheme: Scheme) -> Iterator[Found]:
    """As ``check_scheme``, with the way from the top of the file instead of lines."""
    speaks = Form(scheme.scheme_id, scheme.version, scheme.title, ())
    yield from _texts(speaks, {"title": scheme.title}, ("settings",), "settings", ("title",))
    for name, parameter in scheme.parameters.items():
        loc, path = ("parameters", name), f"parameters/{name}"
        yield from _texts(speaks, {"label": parameter.label}, loc, path, ("label",))
        if not parameter.value and not parameter.status:
            yield Found("scheme.no_value", loc, path, {"parameter": name})
    lists: tuple[tuple[str, list[tuple[str, Text]]], ...] = (
        ("places", list(scheme.places)),
        ("sizes", [(size.name, size.label) for size in scheme.sizes]),
        ("categories", [(category.name, category.label) for category in scheme.categories]),
        ("cross_checks", [(check.name, check.label) for check in scheme.cross_checks]),
    )
    for column, rows in lists:
        yield from _named_rows(speaks, rows, (column,), column)
    for column in ("category_question", "size_question", "size_number"):
        asked = getattr(scheme, column)
        if asked and not (_PATH.match(asked) and asked.startswith(scheme.header_form + "/")):
            told = {"value": asked, "header": scheme.header_form}
            yield Found("scheme.category_question", ("settings", column), "settings", told)
    yield from _sizes(scheme)
    for position, category in enumerate(scheme.categories):
        yield from _category(speaks, scheme, category.name, ("categories", position))
    for position, check in enumerate(scheme.cross_checks):
        here: Loc = ("cross_checks", position)
        path = f"cross_checks/{check.name}"
        if check.tolerance not in scheme.parameters:
            yield _unknown("parameter", check.tolerance, scheme.parameters, (*here, "tolerance"), path)
        for side in ("left", "right"):
            if not _PATH.match(getattr(check, side)):
                yield Found("scheme.bad_path", (*here, side), path, {"value": getattr(check, side)})


def _sizes(scheme: Scheme) -> Iterator[Found]:
    """What keeps the sizes from telling every visit apart."""
    if scheme.sizes and not scheme.size_question:
        yield Found("scheme.no_size_question", ("sizes",), "sizes", {"header": scheme.header_form})
    for position, size in enumerate(scheme.sizes):
        loc, path, is_last = ("sizes", position), f"sizes/{size.name}", position == len(scheme.sizes) - 1
        if size.below and size.below not in scheme.parameters:
            yield _unknown("parameter", size.below, scheme.parameters, (*loc, "below"), path)
        if size.below and not scheme.size_number:
            yield Found("scheme.no_size_number", (*loc, "below"), path, {"header": scheme.header_form})
        if bool(size.below) == is_last:
            yield Found("scheme.size_below", loc, path, {"size": size.name})
    for position, category in enumerate(scheme.categories):
        if category.asks and category.asks not in [size.asks for size in scheme.sizes]:
            told = {"category": category.name, "value": category.asks}
            yield Found("scheme.no_such_size", ("categories", position, "asks"), f"categories/{category.name}", told)


def _named_rows(speaks: Form, rows: Sequence[tuple[str, Text]], loc: Loc, path: str) -> Iterator[Found]:
    first: dict[str, int] = {}
    for position, (name, label) in enumerate(rows):
        here = f"{path}/{name}"
        other = first.setdefault(name, position)
        if other != position:
            told = {"name": name}
            yield Found("form.duplicate_name", (*loc, position, "name"), here, told, (*loc, other, "name"))
        yield from _texts(speaks, {"label": label}, (*loc, position), here, ("label",))


def _category(speaks: Form, scheme: Scheme, name: str, loc: Loc) -> Iterator[Found]:
    category = next(category for category in scheme.categories if category.name == name)
    path = f"categories/{name}"
    seen = set()
    for position, use in enumerate(category.forms):
        if use.form in seen:
            yield Found("scheme.form_twice", (*loc, "forms", position), path, {"form": use.form})
        seen.add(use.form)
    # Where nothing can be reached and chosen, the checklists are what the team brings along.
    if not category.forms and (category.levels or scheme.category_question):
        yield Found("scheme.no_forms", loc, path, {"category": name})
    yield from _named_rows(speaks, [(level.name, level.label) for level in category.levels], (*loc, "levels"), path)
    for position, level in enumerate(category.levels):
        if level.at_least not in scheme.parameters:
            yield _unknown("parameter", level.at_least, scheme.parameters, (*loc, "levels", position, "at_least"), path)


# -- as a program -----------------------------------------------------------------------------------------------------


def main(files: Sequence[str]) -> int:
    """Exit code after writing one line per problem of the files to standard output: 0, or 3 when there are any."""
    # Only this program needs the rooms above; the checks are used without them.
    from assessor_tui.form.read import check_file
    from assessor_tui.i18n.sentences import sentence
    from assessor_tui.logic.compile import compile_form

    count = 0
    for name in files:
        try:
            text = Path(name).read_bytes()
        except OSError as error:
            sys.stderr.write(f"{name}: {error.strerror}\n")
            return 1
        for problem in check_file(text, name, lambda form: compile_form(form).problems):
            count += 1
            place = problem.place
            where = f"{place.path}: " if place.path else ""
            sys.stdout.write(f"{place.file}:{place.line}:{place.column}: {where}{sentence(problem)}\n")
    return 3 if count else 0


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))
