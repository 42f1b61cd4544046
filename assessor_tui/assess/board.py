"""The lead's board: how far each visit of a batch is, what is missing, and which of them presses most."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from typing import NamedTuple

from assessor_tui.ledger.awaited import Awaited, awaited_of
from assessor_tui.ledger.entry import TO_COME, USE_FORM, Entry, plain_name
from assessor_tui.ledger.returns import open_places, to_look_at
from assessor_tui.ledger.state import VisitState, device_letters, row_paths
from assessor_tui.ledger.value import Value, names

OPENED, HANDED_OUT, ON_SITE, DELIVERED, MERGED, CONFLICTS, RETURNED, TO_SETTLE, SIGNED = (
    "opened",
    "handed out",
    "on site",
    "delivered",
    "merged",
    "conflicts",
    "returned",
    "to settle",
    "signed",
)
STAGES = (OPENED, HANDED_OUT, ON_SITE, DELIVERED, MERGED, CONFLICTS, RETURNED, TO_SETTLE, SIGNED)
"""In the order a visit goes through them:

opened: it stands on this laptop and no bundle of it was made here; handed out: a bundle of it was made, or it came from
another laptop; on site: somebody has answered on this laptop; delivered: work of others has arrived, of some not yet;
merged: everything of everybody in the team is here; conflicts: two people said different things; returned: a lead or
reviewer wants something looked at again, signed or not, and nobody has answered; to settle: everything is here, and
something is still to come or a finding has no owner or date; signed.
"""
NOT_HERE = ""
"""Stage of a visit whose opening or scheme has not arrived."""

LATE, OVERDUE, MISSING, BEHIND, IN_CONFLICT, LOOK_AGAIN, WAITING, UNDATED, AWAITED, SOON = (
    "late",
    "overdue",
    "missing",
    "behind",
    "conflicts",
    "look again",
    "returned",
    "undated",
    "awaited",
    "soon",
)
REASONS = (LATE, OVERDUE, MISSING, BEHIND, IN_CONFLICT, LOOK_AGAIN, WAITING, UNDATED, AWAITED, SOON)
"""Why a visit presses, the strongest first."""

SOON_DAYS = 7
"""Days to the deadline from which on it presses by itself."""

HEADER = (
    "site_name_en", "site_name_zh", "registered_number", "application_number", "visit_date", "visit_last_date",
    "batch", "deadline",
)  # fmt: skip
"""Questions of the header form that the board reads, when the form has them."""
TEAM, MEMBER_NAME, MEMBER_ROLE = "team", "member_name", "member_role"
"""Repeat of the header form that names the team, and its questions that the board reads."""
FINDINGS, GRADE, OWNER, DUE, STATUS = "findings", "grade", "owner", "due", "status"
"""Repeat of the findings form, and its questions that the board reads."""

_ONLOOKERS = frozenset({"observer", "reviewer"})
"""Roles of people who deliver nothing."""
_CORRECTED = frozenset({"veto", "major", "minor"})
"""Grades of findings that somebody has to put right by a date."""
_DONE = frozenset({"closed", "withdrawn"})


class Member(NamedTuple):
    """A person of the team, as the header names them."""

    name: str
    role: str


class Came(NamedTuple):
    """What has come of one device in a visit."""

    device: str
    persons: tuple[str, ...]
    """Who wrote on it, sorted."""
    latest: int
    """``at`` of its last entry here, in microseconds since 1970."""
    end: int
    """Last number of its log that is here."""
    named: int
    """Highest number of its log that somebody else has named as known; 0 when nobody has."""
    gap: bool
    """True when something between the first and the last of its entries has not arrived."""
    worked: bool
    """True when it wrote something besides the visit's opening and its header."""

    @property
    def owes(self) -> bool:
        """True when it is known to have more than has arrived here."""
        return self.gap or self.named > self.end


class ToCome(NamedTuple):
    """Something that is awaited."""

    form: str
    path: str
    person: str
    """Who recorded it."""
    awaited: Awaited


class Finding(NamedTuple):
    """A finding, as far as the board looks at it."""

    path: str
    """Of its row."""
    grade: str
    owner: bool
    """True when somebody is named who sees to it (or a word said why not)."""
    due: bool
    status: str

    @property
    def undated(self) -> bool:
        """True when it has to be put right and nobody said by whom, or by when."""
        return self.grade in _CORRECTED and self.status not in _DONE and not (self.owner and self.due)


class Facts(NamedTuple):
    """What the entries of one visit say that the board shows. Everything is sorted: equal entries, equal facts."""

    visit: str
    complete: bool
    """False while its opening or its scheme has not arrived; then nothing of its forms is known."""
    header: Mapping[str, str] = {}
    """Question of ``HEADER`` -> its text, without those that have no answer."""
    team: tuple[Member, ...] = ()
    came: tuple[Came, ...] = ()
    opener: str = ""
    """Device that opened it."""
    handed_out: bool = False
    """True when a bundle of it was made on this laptop."""
    signed: bool = False
    conflicts: int = 0
    to_come: tuple[ToCome, ...] = ()
    findings: tuple[Finding, ...] = ()
    returned: int = 0
    """Places where a return waits for an answer."""
    look_again: int = 0
    """Returns that were answered and that nobody has looked at since."""


class Line(NamedTuple):
    """One visit on the board."""

    facts: Facts
    stage: str
    """One of ``STAGES``, or ``NOT_HERE``."""
    expected: tuple[Member, ...]
    """Members of the team whose work has to arrive here; nobody for the person of this laptop."""
    missing: tuple[Member, ...]
    """Those of them of whom no work has arrived."""
    behind: tuple[Came, ...]
    """Devices that are known to have more than has arrived."""
    overdue: tuple[ToCome, ...]
    undated: tuple[Finding, ...]
    days: int | None
    """Days to the deadline, below 0 when it has passed; None without one."""
    reasons: tuple[str, ...]
    """Why it presses, the strongest first; empty when nothing has to be done but to wait, or nothing at all."""

    @property
    def has_come(self) -> int:
        """How many of those expected have delivered."""
        return len(self.expected) - len(self.missing)


# From entries to facts


def facts_of(
    state: VisitState, header_form: str, findings_form: str, *, conflicts: int, handed_out: bool = False
) -> Facts:
    """The facts of a visit of which all is read; both forms are ``""`` while its scheme is not here.

    ``conflicts`` is the number of ``state.conflicts``, which the ledger keeps.
    """
    entries = list(state.entries())
    visit = entries[0][1].visit if entries else ""
    came = tuple(_came(state, device, header_form) for device in state.devices())
    if not header_form:
        return Facts(visit, complete=False, came=came, conflicts=conflicts, handed_out=handed_out)
    header = {path: (entry.act, entry.value) for path, entry in _standing(state, header_form)}
    findings = {path: (entry.act, entry.value) for path, entry in _standing(state, findings_form)}
    forms = dict.fromkeys(entry.form for _, entry in entries if entry.act == TO_COME)
    to_come = (
        ToCome(form, path, entry.person, awaited_of(entry.why))
        for form in forms
        for path, entry in _standing(state, form)
        if entry.act == TO_COME
    )
    return Facts(
        visit,
        complete=True,
        header=header_texts(header),
        team=members(header),
        came=came,
        opener=state.opening.device,
        handed_out=handed_out,
        signed=state.is_signed,
        conflicts=conflicts,
        to_come=tuple(sorted(to_come)),
        findings=found(findings),
        returned=len(open_places(state)),
        look_again=len(to_look_at(state)),
    )


def _standing(state: VisitState, form: str) -> Iterable[tuple[str, Entry]]:
    for path in state.answers(form):
        standing = state.standing(form, path)
        assert standing is not None
        yield path, standing.entry


def _has_work(log: Sequence[Entry], header_form: str) -> bool:
    first = log[0]
    last = next((entry for entry in reversed(log) if is_work(entry.act, entry.form, header_form)), None)
    return last is not None and not came_with_opening(first.act, first.at, first.seq, last.at, last.seq)


def _came(state: VisitState, device: str, header_form: str) -> Came:
    log = [entry for _, entry in state.log(device)]
    others = (entry for _, entry in state.entries() if entry.device != device)
    named = [int(ref.split(".")[1]) for entry in others for ref in entry.seen if ref.startswith(f"{device}.")]
    last = log[-1]
    return Came(
        device,
        tuple(sorted({entry.person for entry in log})),
        last.at,
        last.seq,
        max(named, default=0),
        len({entry.seq for entry in log}) != last.seq,
        _has_work(log, header_form),
    )


def is_work(act: str, form: str, header_form: str) -> bool:
    """True for an entry in a checklist or among the findings."""
    return act != USE_FORM and act != "open visit" and form not in ("", header_form)


def came_with_opening(first_act: str, first_at: int, first_seq: int, at: int, seq: int) -> bool:
    """True for an entry that was recorded together with the opening that begins its log: a default of a form."""
    return first_act == "open visit" and at - first_at == seq - first_seq


Answered = tuple[str, Value | None]
"""Act and value of what stands."""


def header_texts(answers: Mapping[str, Answered]) -> dict[str, str]:
    """``Facts.header`` out of what stands in the header form, by path."""
    texts = {}
    for path in HEADER:
        value = answers.get(path, ("", None))[1]
        if isinstance(value, str) and value:
            texts[path] = value
    return texts


def members(answers: Mapping[str, Answered]) -> tuple[Member, ...]:
    """``Facts.team`` out of what stands in the header form: the lead first, then by name."""
    team = []
    for row, fields in _rows(answers, TEAM).items():
        name = fields.get(MEMBER_NAME, ("", None))[1]
        role = next(iter(names(fields.get(MEMBER_ROLE, ("", None))[1])), "")
        if isinstance(name, str) and name:
            team.append((role != "lead", name, role, row))
    return tuple(Member(name, role) for _, name, role, _ in sorted(team))


def found(answers: Mapping[str, Answered]) -> tuple[Finding, ...]:
    """``Facts.findings`` out of what stands in the findings form, those with a grade."""
    findings = []
    for row, fields in _rows(answers, FINDINGS).items():
        grade = next(iter(names(fields.get(GRADE, ("", None))[1])), "")
        if grade:
            status = next(iter(names(fields.get(STATUS, ("", None))[1])), "")
            findings.append(Finding(row, grade, OWNER in fields, DUE in fields, status))
    return tuple(sorted(findings))


def _rows(answers: Mapping[str, Answered], repeat: str) -> dict[str, dict[str, Answered]]:
    """Path of each row of the repeat -> its answers by question."""
    rows: dict[str, dict[str, Answered]] = {}
    for path, answered in answers.items():
        if path.startswith(f"{repeat}["):
            row = next(row_paths(path))
            rows.setdefault(row, {})[path[len(row) + 1 :]] = answered
    return rows


# From facts to lines


def board(
    facts: Iterable[Facts], *, today: str, person: str = "", device: str = "", batch: str = ""
) -> tuple[Line, ...]:
    """The visits as lines, what presses most first.

    Args:
        facts: of each visit.
        today: ISO date.
        person: who works on this laptop; their work is here and is never missing.
        device: this laptop.
        batch: only visits of this batch; ``""`` for all.
    """
    wanted = plain_name(batch)
    lines = (
        line_of(each, today, person, device)
        for each in facts
        if not wanted or plain_name(each.header.get("batch", "")) == wanted
    )
    return tuple(sorted(lines, key=_presses))


def line_of(facts: Facts, today: str, person: str = "", device: str = "") -> Line:
    """The line of one visit; arguments as in ``board``."""
    if not facts.complete:
        return Line(facts, NOT_HERE, (), (), tuple(each for each in facts.came if each.owes), (), (), None, ())
    me = plain_name(person)
    expected = tuple(
        each for each in facts.team if each.role not in _ONLOOKERS and (not me or plain_name(each.name) != me)
    )
    worked = {plain_name(name) for each in facts.came if each.worked for name in each.persons}
    missing = tuple(each for each in expected if plain_name(each.name) not in worked)
    behind = tuple(each for each in facts.came if each.owes and each.device != device)
    overdue = tuple(each for each in facts.to_come if each.awaited.until and each.awaited.until < today)
    undated = tuple(each for each in facts.findings if each.undated)
    days = _days(today, facts.header.get("deadline", ""))
    line = Line(facts, "", expected, missing, behind, overdue, undated, days, ())
    line = line._replace(stage=_stage(line, today, device))
    return line if line.stage == SIGNED else line._replace(reasons=tuple(_reasons(line, today)))


def _last_day(facts: Facts) -> str:
    return facts.header.get("visit_last_date", "") or facts.header.get("visit_date", "")


def _stage(line: Line, today: str, device: str) -> str:
    facts = line.facts
    if facts.signed:
        return RETURNED if facts.returned else SIGNED
    if facts.conflicts:
        return CONFLICTS
    if facts.returned:
        return RETURNED
    here = any(each.worked for each in facts.came if each.device == device)
    brought = any(each.worked for each in facts.came if each.device != device)
    alone_and_over = here and not line.expected and "" < _last_day(facts) < today
    if not line.missing and not line.behind and ((brought and line.expected) or alone_and_over):
        return TO_SETTLE if line.undated or facts.to_come else MERGED
    if brought:
        return DELIVERED
    if here:
        return ON_SITE
    return HANDED_OUT if facts.handed_out or facts.opener != device else OPENED


def _reasons(line: Line, today: str) -> Iterable[str]:
    facts = line.facts
    over = "" < _last_day(facts) < today
    if line.days is not None and line.days < 0:
        yield LATE
    if line.overdue:
        yield OVERDUE
    if line.missing and over:
        yield MISSING
    if line.behind:
        yield BEHIND
    if facts.conflicts:
        yield IN_CONFLICT
    if facts.look_again:
        yield LOOK_AGAIN
    if facts.returned:
        yield WAITING
    if line.undated:
        yield UNDATED
    if facts.to_come and not line.overdue:
        yield AWAITED
    if line.days is not None and 0 <= line.days <= SOON_DAYS:
        yield SOON


_FAR = 10**6


def _presses(line: Line) -> tuple[object, ...]:
    facts = line.facts
    if line.stage == SIGNED:
        rank = len(REASONS) + 2
    elif line.stage == NOT_HERE:
        rank = len(REASONS) + 1
    else:
        rank = REASONS.index(line.reasons[0]) if line.reasons else len(REASONS)
    days = _FAR if line.days is None else line.days
    return (rank, days, -len(line.overdue), _last_day(facts) or "9", facts.visit)


def _days(today: str, deadline: str) -> int | None:
    try:
        return (date.fromisoformat(deadline) - date.fromisoformat(today)).days
    except ValueError:
        return None


def batches(facts: Iterable[Facts]) -> list[str]:
    """The names of all batches as they are first written, sorted."""
    seen: dict[str, str] = {}
    for each in facts:
        if batch := each.header.get("batch", ""):
            seen.setdefault(plain_name(batch), batch)
    return sorted(seen.values())


# What is owed, and by whom

PART, REST, PAPER, DATES = "part", "rest", "paper", "dates"
"""Kinds of what is owed: a member's whole part, the rest of a device, something awaited, owner and date of findings."""


class Owed(NamedTuple):
    """One thing that somebody still owes."""

    kind: str
    whom: str
    """Name of a person, or who it was promised by in the words of whoever wrote it down; ``""`` when nobody said."""
    what: str = ""
    """What is awaited; the letters of the device; how many findings."""
    until: str = ""
    """ISO date; ``""`` when there is none."""
    overdue: bool = False


def owed(line: Line, today: str) -> tuple[Owed, ...]:
    """Everything that is owed in the visit: parts of the team, then what is awaited by date, then findings."""
    deadline = line.facts.header.get("deadline", "")
    late = bool(deadline) and deadline < today
    found_out = [Owed(PART, each.name, "", deadline, late) for each in line.missing]
    found_out += [Owed(REST, _writer(each), device_letters(each.device), deadline, late) for each in line.behind]
    papers = [
        Owed(PAPER, each.awaited.whom, each.awaited.what, each.awaited.until, each in line.overdue)
        for each in line.facts.to_come
    ]
    found_out += sorted(papers, key=lambda each: (each.until or "9", each.whom, each.what))
    if line.undated:
        lead = next((each.name for each in line.facts.team if each.role == "lead"), "")
        found_out.append(Owed(DATES, lead, str(len(line.undated)), deadline, late))
    return tuple(found_out)


def _writer(came: Came) -> str:
    return next(iter(came.persons), "")


def addressees(things: Iterable[Owed]) -> tuple[str, ...]:
    """Everybody who owes something, once, in the order of the things; who is not named is left out."""
    named: dict[str, str] = {}
    for each in things:
        if each.whom:
            named.setdefault(plain_name(each.whom), each.whom)
    return tuple(named.values())
