"""The closing meeting page by page, as it is read out to the site, in the site's language."""

from collections.abc import Iterator, Mapping
from typing import Any, NamedTuple

from assessor_tui.assess.closing import text_in
from assessor_tui.form.model import Form, in_language
from assessor_tui.i18n import LANGUAGE_NAMES, long_date
from assessor_tui.reports.closing_words import words

GOOD, FINDING, DATES, OWED = "good", "finding", "dates", "owed"


class Spoken(NamedTuple):
    """One page: a heading, and paragraphs to read out."""

    kind: str
    title: str
    paragraphs: tuple[str, ...]
    muted: tuple[str, ...] = ()
    """What stands under them, smaller: the reply, what is missing."""
    path: str = ""
    """Row of the finding, whose reply the keys record; ``""`` on other pages."""


def spoken_pages(data: Mapping[str, Any], header: Form | None, tag: str) -> list[Spoken]:
    """The pages of a closing meeting in language ``tag``: good points, findings one by one, dates, papers owed."""
    return list(_pages(data, header, tag, words(tag)))


def _pages(data: Mapping[str, Any], header: Form | None, tag: str, w: Mapping[str, str]) -> Iterator[Spoken]:
    good = tuple(f"{number}.  {text_in(each, tag)[0]}" for number, each in enumerate(data["good"], 1))
    if good:
        missing = tuple(_missing(each, tag, w) for each in data["good"] if text_in(each, tag)[1])
        yield Spoken(GOOD, w["good"], good, tuple(dict.fromkeys(missing)))
    count = len(data["findings"])
    if not count:
        yield Spoken(FINDING, w["findings"], (w["no_findings"],))
    for number, each in enumerate(data["findings"], 1):
        yield _finding(each, f"{w['findings']} {number}/{count}", tag, w)
    dates = [
        f"{each.get('due', '')}   {each['number']}   {each.get('owner', '')}".rstrip()
        for each in sorted(data["findings"], key=lambda each: each.get("due", ""))
        if each.get("due")
    ]
    dates += [
        f"{each.get('action_due', '')}   {each['action']}   {each.get('action_owner', '')}".strip()
        for each in data["actions"]
    ]
    undated = tuple(
        f"{w['no_date']}: {each['number']}"
        for each in data["findings"]
        if not each.get("due") and not each.get("closed") and each.get("grade") in ("veto", "major", "minor")
    )
    if dates or undated:
        yield Spoken(DATES, w["who_when"], tuple(dates), undated)
    owed = tuple(_owed(each, header, tag, w, data["date"]) for each in data["owed"])
    deadline = data["header"].get("deadline", "")
    said = (f"{w['deadline']}: {long_date(deadline, tag)}",) if deadline else ()
    yield Spoken(OWED, w["owed"], (*(owed or (w["nothing_owed"],)), *said))


def _finding(each: Mapping[str, Any], title: str, tag: str, w: Mapping[str, str]) -> Spoken:
    text, missing = text_in(each, tag)
    paragraphs = [text]
    told = [each[name] for name in ("where", "how_much") if each.get(name) and each[name] not in text]
    if told:
        paragraphs.append(" · ".join(told))
    if each.get("owner") or each.get("due"):
        due = long_date(each.get("due", ""), tag)
        paragraphs.append("   ".join(part for part in (each.get("owner", ""), due) if part))
    muted = [_missing(each, tag, w)] if missing else []
    if disputed := each.get("disputed"):
        parts = dict.fromkeys(w[f"part_{part.partition('_')[0]}"] for part in disputed)
        muted.append(w["disputed"].format(parts=("、" if tag.startswith("zh") else ", ").join(parts)))
    if each.get("closed"):
        muted.append(w["closed"])
    if (reply := each.get("response", "")) in w:
        muted.append(f"{w['reply']}: {w[reply]}")
    if each.get("response_words"):
        muted.append(f"“{each['response_words']}”")
    grade = w.get(f"grade_{each.get('grade', '')}", w["grade_"])
    return Spoken(FINDING, f"{title}   {each['number']}   {grade}", tuple(paragraphs), tuple(muted), each["path"])


def _missing(each: Mapping[str, Any], tag: str, w: Mapping[str, str]) -> str:
    return w["missing"].format(language=LANGUAGE_NAMES[tag])


def _owed(each: Mapping[str, Any], header: Form | None, tag: str, w: Mapping[str, str], today: str) -> str:
    if "form" not in each:
        name = each.get("requested_document", "")
        offered = header.choices.get("documents", ()) if header is not None else ()
        label = next((in_language(choice.label, tag) for choice in offered if choice.name == name), name)
        return "  ".join(part for part in (label, each.get("document_detail", "")) if part)
    until = each.get("until", "")
    late = f"  ({w['overdue']})" if until and until < today else ""
    when = f"{w['until']} {long_date(until, tag)}{late}" if until else ""
    return "   ".join(part for part in (each.get("what", ""), each.get("whom", ""), when) if part)
