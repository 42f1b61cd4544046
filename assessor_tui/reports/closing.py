"""The closing record on disk: one self-contained HTML file for A4, in the language of the site."""

import json
from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any, NamedTuple

from assessor_tui.assess.closing import digest, outdated, text_in, unheard, without_text
from assessor_tui.carry.exchange import visit_label
from assessor_tui.closing import closing_data
from assessor_tui.form.model import Form, in_language, walk
from assessor_tui.i18n import LANGUAGE_NAMES, long_date
from assessor_tui.ledger.entry import generic_path
from assessor_tui.reports.closing_words import words
from assessor_tui.reports.html import ReportNotWritten, file_name, paper_style, template, write_text
from assessor_tui.reports.plain import Cleaner, Free
from assessor_tui.visit import Visit

_REPLIES = ("agrees", "partly", "objects")
_BLANK_LINES = 2
"""Lines of the attendance for people whom nobody has written down, at least."""
_LINES = 5
"""Lines of the attendance, at least."""
_PARTS = ("grade", "text", "where", "owner", "due", "response", "status")


class FindingView(NamedTuple):
    """One finding on paper."""

    number: str
    grade: str
    grade_name: str
    question: str
    text: Free
    missing: str
    """That there is no text in this language; ``""`` when there is."""
    details: tuple[Free, ...]
    disputed: str
    closed: bool
    owner: Free
    due: str
    reply: str
    """One of ``agrees``, ``partly``, ``objects``; ``""`` while nobody asked: boxes to tick."""
    words: Free


class OwedView(NamedTuple):
    """One paper that the site still has to show."""

    what: Free
    about: Free
    whom: Free
    until: str
    overdue: bool


class PageView(NamedTuple):
    """Everything the record says, in one language."""

    language: str
    w: Mapping[str, str]
    scheme: str
    sites: tuple[Free, ...]
    facts: tuple[tuple[str, Free], ...]
    good: tuple[FindingView, ...]
    findings: tuple[FindingView, ...]
    actions: tuple[tuple[str, Free, Free, str], ...]
    owed: tuple[OwedView, ...]
    words: Free
    attendance: tuple[tuple[Free, Free, str], ...]
    blank_lines: int
    digest: str
    replies: Sequence[str]


class WrittenClosing(NamedTuple):
    """A closing record that is on disk."""

    path: Path
    data: Mapping[str, Any]
    digest: str
    without_text: tuple[Mapping[str, Any], ...]
    """Findings without a text in the record's language; the original is shown instead."""
    outdated: tuple[Mapping[str, Any], ...]
    """Findings whose text was changed after the one in the record's language was written."""
    unheard: tuple[str, ...]
    """People of the team from whose laptops nothing has arrived."""
    conflicts: int
    """Open ones in the whole visit."""


def write_closing(visit: Visit, folder: Path, language: str) -> WrittenClosing:
    """The record written to ``<visit label>-closing-<language>.html``; a file of an earlier run is replaced.

    Nothing is recorded in the visit: ``record_closing`` does that.

    Raises:
        ReportNotWritten: when the folder or disk does not take it.
    """
    data = closing_data(visit)
    path = folder / f"{file_name(visit_label(visit))}-closing-{language}.html"
    try:
        folder.mkdir(parents=True, exist_ok=True)
        write_text(path, closing_html(visit, data, language))
    except OSError as error:
        raise ReportNotWritten(folder, error.strerror or type(error).__name__) from error
    return WrittenClosing(
        path, data, digest(data), tuple(without_text(data, language)),
        tuple(outdated(visit.scheme, visit.state, data, language)), tuple(unheard(data, visit.state)),
        len(visit.state.conflicts),
    )  # fmt: skip


def closing_html(visit: Visit, data: Mapping[str, Any], language: str) -> str:
    """The page: no script, no address outside, complete in itself."""

    def label(form: str, path: str) -> str:
        try:
            return visit.filling(form).label(path, language)
        except KeyError:
            return ""

    scheme = in_language(visit.scheme.title, language)
    view = closing_view(data, visit.forms, visit.scheme.header_form, scheme, label, language)
    style = paper_style("closing.css", _margins(view))
    return template("closing.html.j2").render(v=view, w=view.w, style=style)


def closing_view(
    data: Mapping[str, Any],
    forms: Mapping[str, Form],
    header: str,
    scheme: str,
    label: Callable[[str, str], str],
    language: str,
) -> PageView:
    """The record as the site reads it. ``label`` gives the text of a question at (form, path)."""
    return _Builder(data, forms, header, scheme, label, language).view()


class _Builder:
    """One page in the making."""

    def __init__(
        self,
        data: Mapping[str, Any],
        forms: Mapping[str, Form],
        header: str,
        scheme: str,
        label: Callable[[str, str], str],
        language: str,
    ) -> None:
        self.data, self.forms, self.header, self.scheme = data, forms, header, scheme
        self.label, self.language, self.w = label, language, words(language)
        cleaner = Cleaner(language)
        self.plain, self.free = cleaner.plain, cleaner.free

    def view(self) -> PageView:
        data = self.data
        return PageView(
            self.language,
            self.w,
            self.plain(self.scheme),
            tuple(self._sites()),
            tuple(self._facts()),
            tuple(self._finding(each) for each in data["good"]),
            tuple(self._finding(each) for each in data["findings"]),
            tuple(
                (
                    self.plain(each.get("finding") or each["number"]), self.free(each["action"]),
                    self.free(each.get("action_owner", "")), each.get("action_due", ""),
                )
                for each in data["actions"]
            ),
            tuple(self._owed(each) for each in data["owed"]),
            self.free(data["header"].get("closing_words", "")),
            tuple(self._attendance()),
            max(_BLANK_LINES, _LINES - len(self.data["attendance"])),
            digest(data),
            _REPLIES,
        )  # fmt: skip

    def _sites(self) -> Iterator[Free]:
        own = ("zh", "en") if self.language.startswith("zh") else ("en", "zh")
        for tongue in own:
            if name := self.data["header"].get(f"site_name_{tongue}"):
                yield self.free(name)

    def _facts(self) -> Iterator[tuple[str, Free]]:
        header, w = self.data["header"], self.w
        own, other = ("zh", "en") if self.language.startswith("zh") else ("en", "zh")
        days = (header.get("visit_date") or self.data["date"], header.get("visit_last_date", ""))
        dates = " – ".join(dict.fromkeys(long_date(day, self.language) for day in days if day))
        team = ("、" if self.language.startswith("zh") else ", ").join(
            each["member_name"] for each in self.data["team"] if "member_name" in each
        )
        for name, text in (
            ("registered_number", header.get("registered_number", "")),
            ("address", header.get(f"site_address_{own}") or header.get(f"site_address_{other}", "")),
            ("application_number", header.get("application_number", "")),
            ("visit_date", dates),
            ("team", team),
            ("deadline", long_date(header.get("deadline", ""), self.language)),
        ):
            if text:
                yield w[name], self.free(text)

    def _finding(self, each: Mapping[str, Any]) -> FindingView:
        w = self.w
        text, missing = text_in(each, self.language)
        grade = each.get("grade", "")
        details = [each[name] for name in ("where", "how_much", "clause") if name in each and each[name] not in text]
        disputed = [name for name in _PARTS if any(part.startswith(name) for part in each.get("disputed", ()))]
        between = "、" if self.language.startswith("zh") else ", "
        said = between.join(w[f"part_{name}"] for name in disputed)
        reply = each.get("response", "")
        return FindingView(
            self.plain(each["number"]), grade, w.get(f"grade_{grade}", w["grade_"]),
            self.plain(each.get("question", "")), self.free(text),
            w["missing"].format(language=LANGUAGE_NAMES[self.language]) if missing else "",
            tuple(self.free(detail) for detail in details), w["disputed"].format(parts=said) if said else "",
            bool(each.get("closed")), self.free(each.get("owner", "")), each.get("due", ""),
            reply if reply in _REPLIES else "", self.free(each.get("response_words", "")),
        )  # fmt: skip

    def _owed(self, each: Mapping[str, Any]) -> OwedView:
        if "form" in each:
            until = each.get("until", "")
            about = self.free(f"{self._number(each['form'], each['path'])} {self.label(each['form'], each['path'])}")
            overdue = bool(until) and until < self.data["date"]
            return OwedView(
                self.free(each.get("what", "")), about, self.free(each.get("whom", "")), until, overdue
            )  # fmt: skip
        document = self._choice("documents", each.get("requested_document", ""))
        state = self._choice("document_states", each.get("document_state", ""))
        detail = self.free(" · ".join(part for part in (each.get("document_detail", ""), state) if part))
        until = self.data["header"].get("deadline", "")
        return OwedView(self.free(document), detail, Free("", ""), until, bool(until) and until < self.data["date"])

    def _number(self, form: str, path: str) -> str:
        wanted = generic_path(path)
        for above, node in walk(self.forms[form].children) if form in self.forms else ():
            if "/".join((*above, node.name)) == wanted:
                return str(getattr(node, "number", ""))
        return ""

    def _choice(self, list_name: str, name: str) -> str:
        offered = self.forms[self.header].choices.get(list_name, ()) if self.header in self.forms else ()
        return next((in_language(choice.label, self.language) for choice in offered if choice.name == name), name)

    def _attendance(self) -> Iterator[tuple[Free, Free, str]]:
        order = ("site", "team", "other", "")
        there = [each for each in self.data["attendance"] if "closing" in each.get("attended", ("closing",))]
        for each in sorted(there, key=lambda each: order.index(side) if (side := _side(each)) in order else 3):
            side = self._choice("sides", each.get("attendee_side", ""))
            yield self.free(each.get("attendee_name", "")), self.free(each.get("attendee_post", "")), side


def _side(each: Mapping[str, Any]) -> str:
    return str(each.get("attendee_side", ""))


def _margins(view: PageView) -> str:
    """The foot of every printed page: which visit this is, its digest, and the page's number."""
    site = view.sites[0].text if view.sites else ""
    days = next((fact.text for name, fact in view.facts if name == view.w["visit_date"]), "")
    left = _quoted("  ·  ".join(part for part in (site[:60], days) if part))
    page = view.w["page_of"].replace("{pages}", "\0s").replace("{page}", "\0p")
    parts = [
        "counter(pages)" if piece == "\0s" else "counter(page)" if piece == "\0p" else _quoted(piece)
        for piece in _pieces(page)
    ]
    return (
        f"@page{{@bottom-left{{content:{left}}}"
        f"@bottom-right{{content:{_quoted(view.digest)} {_quoted('   ·   ')} {' '.join(parts)}}}}}"
    )


def _pieces(text: str) -> Iterator[str]:
    while "\0" in text:
        at = text.index("\0")
        yield text[:at]
        yield text[at : at + 2]
        text = text[at + 2 :]
    yield text


def _quoted(text: str) -> str:
    """The text as a string of CSS in which nothing but hexadecimal digits stands."""
    return '"' + "".join(f"\\{ord(character):06x}" for character in text if character not in "\r\n\f") + '"'


def json_of(written: WrittenClosing) -> Any:
    """What a program is told about a written record."""
    return {
        "file": str(written.path),
        "digest": written.digest,
        "without_text": [each["number"] for each in written.without_text],
        "outdated": [each["number"] for each in written.outdated],
        "not_arrived": list(written.unheard),
        "conflicts": written.conflicts,
        "record": json.loads(json.dumps(written.data)),
    }
