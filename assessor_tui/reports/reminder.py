"""The text that reminds somebody of what a visit still lacks: plain words to send by any messenger, in any language."""

from collections.abc import Callable, Iterator, Mapping, Sequence

from assessor_tui.assess.board import DATES, PAPER, PART, REST, Line, Owed, owed
from assessor_tui.assess.documents import EXPIRED, Document
from assessor_tui.form.model import in_language
from assessor_tui.i18n import N_, catalogue, long_date
from assessor_tui.ledger.entry import plain_name

Say = Callable[[str], str]

SITE = "*"
"""Stands for the site as the one to remind: nobody is called so."""

_WHAT: Mapping[str, str] = {
    PART: N_("nothing has arrived yet"),
    REST: N_("more is known of laptop {what} than has arrived"),
    PAPER: "{what}",
}
_ASKED: Mapping[str, str] = {
    PART: N_("your part of the visit: make a bundle of it and send it"),
    REST: N_(
        "the rest of your entries on laptop {what}, of which we know but which have not arrived: bundle them again"
    ),
    PAPER: "{what}",
}


def site_of(line: Line, tag: str) -> str:
    """The site's name, in Chinese for a Chinese text where there is one; the visit's id while nobody said it."""
    order = ("site_name_en", "site_name_zh") if tag == "en-HK" else ("site_name_zh", "site_name_en")
    header = line.facts.header
    return next((header[name] for name in order if header.get(name)), line.facts.visit[:8])


def reminder(
    line: Line, tag: str, today: str, whom: str = "", sender: str = "", documents: Sequence[Document] = ()
) -> str:
    """The text in the language ``tag``: what is missing, from whom, until when.

    Args:
        line: the visit on the board.
        tag: one of the interface's languages.
        today: ISO date.
        whom: only what this person owes, or ``SITE``; ``""`` for everybody.
        sender: who signs it.
        documents: those asked for in the visit; the open ones are owed by the site.
    """
    say = catalogue(tag).gettext
    things = [each for each in owed(line, today) if not whom or plain_name(each.whom) == plain_name(whom)]
    items = [owed_words(each, tag, named=not whom, asks=True) for each in things if whom != SITE]
    if whom in ("", SITE):
        items += [_document_words(each, tag, say, named=not whom) for each in documents if each.open]
    return "\n".join(_lines(line, tag, say, items, whom, sender))


def _lines(line: Line, tag: str, say: Say, items: Sequence[str], whom: str, sender: str) -> Iterator[str]:
    header = line.facts.header
    site, day = site_of(line, tag), header.get("visit_date", "")
    number = header.get("application_number", "")
    yield f"{site} ({number})" if number else site
    if day:
        yield say(N_("Visit of {date}")).format(date=long_date(day, tag))
    yield ""
    if whom == SITE:
        yield say(N_("Dear Sir or Madam,"))
    else:
        yield say(N_("Dear {name},")).format(name=whom) if whom else say(N_("Dear colleagues,"))
    yield ""
    if not items:
        yield say(N_("Nothing is missing any more. Thank you."))
    else:
        yield say(N_("This has not arrived yet:"))
        yield from (f"- {each}" for each in items)
    if deadline := header.get("deadline", ""):
        yield ""
        yield say(N_("Papers and corrections are due by {date}.")).format(date=long_date(deadline, tag))
    if sender:
        yield ""
        yield sender


def owed_words(thing: Owed, tag: str, *, named: bool = True, asks: bool = False) -> str:
    """One thing that is owed, by whom (``named``) and until when; ``asks`` speaks to who owes it."""
    what, say = thing.what, catalogue(tag).gettext
    if thing.kind == DATES:
        ngettext = catalogue(tag).ngettext
        words = ngettext(
            "who puts {count} finding right, and by when", "who puts {count} findings right, and by when", int(what)
        )
        text = words.format(count=what)
    else:
        text = say((_ASKED if asks else _WHAT)[thing.kind]).format(
            what=" ".join(what.split()) or say(N_("what was promised"))
        )
    if named and thing.whom:
        text = say(N_("{whom}: {what}")).format(whom=" ".join(thing.whom.split()), what=text)
    return text + _until(thing.until, tag, say, overdue=thing.overdue)


def _document_words(document: Document, tag: str, say: Say, *, named: bool) -> str:
    what = " ".join(f"{in_language(document.label, tag)} {document.detail}".split())
    if document.state == EXPIRED:
        what = say(N_("{document}: a valid one, for it has expired")).format(document=what)
    if named:
        what = say(N_("{whom}: {what}")).format(whom=say(N_("the site")), what=what)
    return what + _until(document.due, tag, say, overdue=document.overdue)


def _until(until: str, tag: str, say: Say, *, overdue: bool) -> str:
    if not until:
        return ""
    words = say(N_(" (overdue since {date})")) if overdue else say(N_(" (by {date})"))
    return words.format(date=long_date(until, tag))
