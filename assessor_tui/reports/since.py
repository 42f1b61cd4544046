"""What came after: follow-up since the signature, what was returned, what has changed since the closing record."""

from collections.abc import Mapping
from typing import NamedTuple

from assessor_tui.assess.closing import closing, digest, recorded, since
from assessor_tui.closing import closing_data
from assessor_tui.form.model import LANGUAGES
from assessor_tui.ledger import entry as acts
from assessor_tui.ledger.clock import hong_kong_time
from assessor_tui.ledger.entry import Entry
from assessor_tui.ledger.returns import open_returns
from assessor_tui.ledger.state import VisitState, row_paths
from assessor_tui.ledger.value import Evidence, names
from assessor_tui.visit import Visit

_BY_ACT = {
    acts.NOTE: "note", acts.COMMENT: "comment", acts.ATTACH: "proof", acts.DETACH: "taken_away",
    acts.WITHDRAW: "taken_away",
}  # fmt: skip


class FollowUp(NamedTuple):
    """One act between visits."""

    kind: str
    """``answer``, ``cleared``, ``note``, ``comment``, ``proof`` or ``taken_away``."""
    number: str
    """Of the finding or action, as people speak it."""
    label: Mapping[str, str]
    """Language -> the question it answers."""
    text: Mapping[str, str]
    """Language -> the answer, the note, or the proof with its hash."""
    said: Mapping[str, str]
    """``by`` and ``at``."""


class Waiting(NamedTuple):
    """One return that waits for an answer."""

    number: str
    """Of the question, row or section, as people speak it."""
    label: Mapping[str, str]
    """Language -> what it asks about; empty for the whole visit."""
    why: str
    said: Mapping[str, str]
    """``by`` and ``at``."""


class Kept(NamedTuple):
    """The closing record that was written last."""

    digest: str
    said: Mapping[str, str]
    computed: str
    """Digest of what the entries known then say: the same, unless something is wrong."""
    sheets: tuple[tuple[str, str], ...]
    """Name and SHA-256 of each signed sheet that is kept with it."""
    findings: tuple[tuple[str, str, tuple[str, ...]], ...]
    """How findings differ now: number, ``new``, ``gone`` or ``changed``, and the parts."""
    then: VisitState
    """The visit as whoever wrote it had it."""


def follow_ups(visit: Visit) -> tuple[FollowUp, ...]:
    """What was recorded since the signature, oldest first; empty while the visit is open."""
    return tuple(_follow_up(visit, entry) for _digest, entry in visit.state.follow_ups() if _is_told(entry))


def waiting(visit: Visit) -> tuple[Waiting, ...]:
    """What was returned and waits for an answer, oldest first."""
    return tuple(_waiting(visit, each.entry) for each in open_returns(visit.state))


def _waiting(visit: Visit, entry: Entry) -> Waiting:
    form, path = entry.form, entry.path
    said = {"by": entry.person, "at": hong_kong_time(entry.at).isoformat()}
    if form not in visit.forms:
        return Waiting("", {}, entry.why, said)
    model = visit.forms[form]
    if not path:
        return Waiting(model.number, model.title, entry.why, said)
    filling = visit.filling(form)
    row = path[: path.rindex("]") + 1] if "]" in path else ""
    number = visit.state.row_number(form, row) if row else ""
    try:
        if row == path:
            return Waiting(number, dict.fromkeys(LANGUAGES, filling.row_label(row)), entry.why, said)
        label = {language: filling.label(path, language) for language in LANGUAGES}
        number = " ".join(part for part in (filling.state(path).question.number, number) if part)
    except KeyError:
        label = dict.fromkeys(LANGUAGES, path)  # of another version of the form
    return Waiting(number, label, entry.why, said)


def _is_told(entry: Entry) -> bool:
    return bool(entry.path) and "[" in entry.path


def _follow_up(visit: Visit, entry: Entry) -> FollowUp:
    row = next(row_paths(entry.path), "")
    repeat = row.partition("[")[0]
    letter = {"findings": "F", "actions": "A"}.get(repeat, "")
    kind = _BY_ACT.get(entry.act, "answer")
    label, text = dict.fromkeys(LANGUAGES, ""), dict.fromkeys(LANGUAGES, "")
    value = entry.value
    try:
        filling = visit.filling(entry.form)
        question = filling.state(entry.path).question
        label = {language: filling.label(entry.path, language) for language in LANGUAGES}
    except KeyError:
        question = None  # the whole row, or a question of another version
    if isinstance(value, Evidence):
        named = value.about.get("caption") or value.about.get("name") or value.about.get("number", "")
        sha256 = value.about.get("sha256", "")
        told = (named, f"SHA-256 {sha256[:12]}…" if sha256 else "")
        text = dict.fromkeys(LANGUAGES, "  ".join(part for part in told if part))
    elif question is not None and (chosen := names(value)):
        for language in LANGUAGES:
            text[language] = ", ".join(filling.chosen_text(entry.path, name, language) or name for name in chosen)
    elif isinstance(value, str):
        text = dict.fromkeys(LANGUAGES, value)
    if kind == "answer" and value is None:
        kind = "cleared"
    at = hong_kong_time(entry.at).isoformat()
    return FollowUp(kind, visit.state.row_number(entry.form, row, letter), label, text, {"by": entry.person, "at": at})


def kept(visit: Visit) -> Kept | None:
    """What is known of the closing record that was written last; None before the first."""
    head = recorded(visit.scheme, visit.state)
    if head is None:
        return None
    then = Visit(visit.store, visit.id, new_id=visit.new_id)
    then.state = visit.state.as_of(head)
    before = closing(then.id, then.scheme, then.forms, then.state, then.today)
    entry = head[1]
    sheets = tuple(
        (sheet.value.about.get("name", ""), sheet.value.about.get("sha256", ""))
        for _digest, sheet in visit.state.evidence(entry.form, entry.path)
        if isinstance(sheet.value, Evidence) and sheet.value.about.get("number") == entry.value
    )
    return Kept(
        str(entry.value), {"by": entry.person, "at": hong_kong_time(entry.at).isoformat()}, digest(before), sheets,
        tuple(since(before, closing_data(visit))), then.state,
    )  # fmt: skip
