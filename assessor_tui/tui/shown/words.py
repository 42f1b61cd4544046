"""How values, times and scores are said, in one way on all pages."""

from fractions import Fraction
from math import ceil, floor
from pathlib import Path
from typing import TYPE_CHECKING

from assessor_tui.form.model import LIST_TYPES, RANK, Question, in_language
from assessor_tui.i18n import _, catalogue, grouped, language, ngettext
from assessor_tui.ledger.clock import hong_kong_time
from assessor_tui.ledger.entry import COMMENT, RETURN, Entry, reference
from assessor_tui.ledger.typed import shown_text
from assessor_tui.ledger.value import Evidence, Quantity, Value

if TYPE_CHECKING:
    from assessor_tui.assess.score import Interval, Score
    from assessor_tui.form.model import Choice
    from assessor_tui.logic.filling import Filling
    from assessor_tui.visit import Visit


def number_words(number: Fraction, decimals: int = 1) -> str:
    """The number cut (not rounded) to at most ``decimals`` decimals, without trailing zeros."""
    shift = 10**decimals
    cut = floor(number * shift) if number >= 0 else ceil(number * shift)
    whole, rest = divmod(abs(cut), shift)
    text = f"{whole}.{rest:0{decimals}d}".rstrip("0").rstrip(".") if decimals else str(whole)
    return f"-{text}" if cut < 0 else text


def range_words(interval: "Interval", decimals: int = 0) -> str:
    """From the least to the most: ``42-71``; one number when only one is possible. Never rounds inwards."""
    if interval.exact:
        return number_words(interval.least, 1)
    shift = 10**decimals
    return f"{number_words(interval.least, decimals)}-{number_words(Fraction(ceil(interval.most * shift), shift))}"


def per_cent(share: Fraction) -> str:
    """A share of 0 to 1 in whole per cent; 100 only when it is all, 0 only when it is nothing."""
    if share <= 0:
        return "0%"
    return f"{min(max(floor(share * 100), 1), 100)}%"


def score_short(score: "Score") -> str:
    """The score for the first line: range out of 100 and the share of it that rests on answers."""
    if not score.root.of:
        return ""
    return _("{range} of 100, {coverage} known").format(
        range=range_words(score.hundred), coverage=per_cent(score.coverage)
    )


def visit_title(visit: "Visit") -> str:
    """Site names in both languages, as far as they are known."""
    names = [visit.header(path) for path in ("site_name_en", "site_name_zh")]
    if language() != "en-HK":
        names.reverse()
    known = [name for name in names if isinstance(name, str) and name]
    return "  ".join(dict.fromkeys(known)) or _("visit {id}").format(id=visit.id[:8])


def value_words(filling: "Filling", path: str, value: Value | None, tag: str) -> str:
    """An answer as people read it; ``""`` for none."""
    if value is None:
        return ""
    if isinstance(value, Quantity):
        return quantity_words(value, tag)
    if isinstance(value, Evidence):
        return value.about.get("name") or value.about.get("number") or value.kind
    if isinstance(value, str):
        try:
            return shown_text(filling.state(path).question, value)
        except KeyError:
            return value  # of a question that another version of the form asks
    join = _(" > ") if _is_rank(filling, path) else catalogue(tag).gettext(", ")
    return join.join(name_label(filling, path, name, tag) for name in value)


def quantity_words(value: Quantity, tag: str) -> str:
    """A number with the name of its unit."""
    from assessor_tui.units import unit_name  # not on the way to the first frame

    return f"{grouped(value.n)} {unit_name(value.u, tag)}".strip()


def _is_rank(filling: "Filling", path: str) -> bool:
    try:
        return filling.state(path).question.type == RANK
    except KeyError:
        return False


def name_label(filling: "Filling", path: str, name: str, tag: str) -> str:
    """What people read for one chosen name, also where it is not offered now or nothing is asked there any more."""
    try:
        return filling.chosen_text(path, name, tag)
    except KeyError:
        return name


def choice_label(filling: "Filling", path: str, choice: "Choice", tag: str) -> str:
    """What people read for a choice that is offered at ``path``."""
    return filling.choice_text(path, choice, tag)


def status_words(status: str) -> str:
    """A status as people read it."""
    return {
        "missing": _("no answer"),
        "answered": _("answered"),
        "not applicable": _("not applicable"),
        "to come": _("to come"),
    }.get(status, status)


def entry_name(visit: "Visit", entry: Entry, tag: str) -> str:
    """What an entry is about: the question's number, its label or table; the note or file that is tied to nothing."""
    if entry.form not in visit.forms:
        return _piece_name(visit, entry)
    if not entry.path:
        return in_language(visit.forms[entry.form].title, tag)
    filling = visit.filling(entry.form)
    path = entry.path.rpartition("/")[2] if entry.path.endswith("]") else entry.path
    try:
        question = filling.state(entry.path).question
    except KeyError:
        try:
            return filling.row_label(entry.path)
        except KeyError:
            return _table_name(visit, entry, tag) or path.partition("[")[0]
    return question.number or filling.label(entry.path, tag)


def _table_name(visit: "Visit", entry: Entry, tag: str) -> str:
    """What the table of a row is called that does not stand any more."""
    from assessor_tui.tui.shown.rows import repeat_at

    repeat = repeat_at(visit, entry.form, entry.path)
    return f"{repeat.number} {in_language(repeat.label, tag)}".strip() if repeat is not None else ""


def _piece_name(visit: "Visit", entry: Entry) -> str:
    """What a note or piece of evidence is called that is tied to nothing; the act itself for anything else."""
    value, act = entry.value, entry.act
    for digest, each in visit.state.entries() if entry.replaces else ():
        if reference(each.device, each.seq, digest) in entry.replaces:
            value, act = each.value, each.act
    if act in (RETURN, COMMENT):
        return _("the whole visit")
    if isinstance(value, Evidence):
        return value.about.get("caption") or value.about.get("name") or value.about.get("number") or value.kind
    return _("note") if isinstance(value, str) else entry.act


def size_words(size: int) -> str:
    """A size as people read it: ``640 kB``, ``2.4 MB``."""
    if size < 1000:
        return f"{size} B"
    if size < 1_000_000:
        return f"{size / 1000:.0f} kB"
    return f"{size / 1_000_000:.1f} MB"


def folder_words(folder: Path) -> str:
    """A folder as people call it: below their home, which is written ``~``, else whole."""
    try:
        return str(Path("~") / folder.relative_to(Path.home()))
    except ValueError:
        return str(folder)


def amount_words(entries: int, files: int) -> str:
    """So many entries and files: ``12 entries and 1 file``."""
    said = []
    if entries or not files:
        said.append(ngettext("{count} entry", "{count} entries", entries).format(count=entries))
    if files:
        said.append(ngettext("{count} file", "{count} files", files).format(count=files))
    return _("{first} and {second}").format(first=said[0], second=said[1]) if len(said) > 1 else said[0]


def clock_time(at: int) -> str:
    """A moment in microseconds since 1970 as the clock on the wall showed it, ``10:32:07``."""
    return f"{hong_kong_time(at):%H:%M:%S}"


def answers_by_choice(question: Question) -> bool:
    """True when the question is answered by choosing."""
    return question.type in LIST_TYPES


def extent_words(visit: "Visit") -> str:
    """How long the visit is and what it asks; ``""`` when its scheme does not tell lengths apart."""
    size = visit.size
    if size is None:
        return ""
    asks = _("all questions asked and scored") if visit.extent.full else _("core questions asked and scored")
    return f"{in_language(size.label, language())}: {asks}"
