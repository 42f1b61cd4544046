"""What the lead's board shows, read with a few statements over all visits instead of opening each.

Everything is asked of the derived tables (heads, conflicts) and of the few entries that can matter; lines are read for
these only. ``assess.board.facts_of`` says the same of a visit that is read in full; a test compares both.
"""

# ruff: noqa: S608 - every piece of a statement is a constant of this module, numbers of our own or a parameter
import json
import sqlite3
from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from typing import Any, NamedTuple

from assessor_tui.assess.board import (
    DUE,
    FINDINGS,
    GRADE,
    HEADER,
    MEMBER_NAME,
    MEMBER_ROLE,
    OWNER,
    STATUS,
    TEAM,
    Answered,
    Came,
    Facts,
    Finding,
    Member,
    ToCome,
    came_with_opening,
    facts_of,
    found,
    header_texts,
    members,
)
from assessor_tui.form.scheme import Scheme
from assessor_tui.ledger.awaited import awaited_of
from assessor_tui.ledger.entry import ADD_ROW, CLEAR, OPEN_VISIT, RETURN, SETTLE, SIGN, TO_COME, plain_name
from assessor_tui.ledger.state import IN_ANSWER, IN_FORM, IN_ROW, IN_STATE, ROW, VisitState, row_paths
from assessor_tui.store.tables import MAX_SEQ, SEQ_BITS, SLOTS, decode, entry_of, read_entries, value_of

HANDED_OUT, SENT = "handed out", "sent"
"""Keys of the local state of a visit of which a bundle was made here."""

_ANSWER, _ROW, _STATE, _FORM = (SLOTS.index(slot) for slot in (IN_ANSWER, IN_ROW, IN_STATE, IN_FORM))
_THESE = "IN (SELECT value FROM json_each(?))"
_SPAN = f"id BETWEEN log.id << {SEQ_BITS} AND log.id << {SEQ_BITS} | {MAX_SEQ}"
_HEADS = "FROM head JOIN word ON word.id = head.path JOIN entry ON entry.id = head.entry "
_ON_TOP = f"(SELECT id FROM word WHERE text {_THESE})"
_IN_ROWS = f"(SELECT id FROM word WHERE text > ? || '[' AND text < ? || '\\' AND substr(text, length(?) + 36) {_THESE})"
"""Names behind ``repeat[<32 hex>]/``."""
_ACT, _PERSON, _SEEN, _SEQ, _VALUE = b'{"act":"', b'"person":"', b'"seen":["', b'"seq":', b',"value":'
"""Parts of canonical lines; what people wrote holds no quotation mark without a backslash before it."""


class _Visit(NamedTuple):
    number: int
    id: str
    opener: str = ""
    header: str = ""
    """Form ids; ``""`` while the opening or its scheme is not here."""
    findings: str = ""


class _Log(NamedTuple):
    number: int
    visit: int
    device: str
    held: int
    begin: bytes
    """Line of its first entry."""
    end: bytes
    """Line of its last entry."""
    end_hash: bytes


_Line = tuple[bytes, bytes]
"""Hash and line."""


def read_board(connection: sqlite3.Connection, scheme_of: Callable[[str], Scheme], batch: str = "") -> list[Facts]:
    """The facts of every visit, or of those of one batch (and of those whose batch is not known yet), by visit id.

    ``scheme_of`` finds a scheme by its hash, or the beginning of it, and raises KeyError.
    """
    return _Reading(connection, scheme_of).facts(batch)


class _Reading:
    """One look at the ledger: what its questions have in common."""

    def __init__(self, connection: sqlite3.Connection, scheme_of: Callable[[str], Scheme]) -> None:
        self.connection = connection
        self.logs = self._logs()
        self.visits = self._openings(scheme_of)
        entangled = connection.execute("SELECT visit FROM tally WHERE entangled").fetchall()
        self.entangled = [number for (number,) in entangled]
        """Visits in which a row was removed, one was signed, or a log has forked; in all others things are plain."""
        self.signed = self._signed()
        self.gone = self._gone()
        self.unsure: set[int] = set()
        """Visits that are read in full: signed ones in which something came late, and those with returns, where it
        counts who knew what."""

    def facts(self, batch: str) -> list[Facts]:
        """As ``read_board``."""
        header = self._header()
        if wanted := plain_name(batch):
            self.visits = {
                number: visit
                for number, visit in self.visits.items()
                if not visit.header or plain_name(header.get(number, {}).get("batch", "")) == wanted
            }
            self.logs = [log for log in self.logs if log.visit in self.visits]
        team, findings = self._team(), self._findings()
        to_come, persons, named = self._scan()
        came = self._came(persons, named)
        conflicts = dict(self.connection.execute("SELECT visit, count(*) FROM conflict GROUP BY visit"))
        sent = self.connection.execute("SELECT DISTINCT visit FROM local WHERE key IN (?, ?)", (HANDED_OUT, SENT))
        handed_out = {visit for (visit,) in sent}
        self.unsure |= self.signed & conflicts.keys()
        facts = []
        for number, visit in self.visits.items():
            known: dict[str, Any] = {"conflicts": conflicts.get(number, 0), "handed_out": visit.id in handed_out}
            if visit.header and number in self.unsure:
                state = VisitState(read_entries(self.connection, number, visit.id))
                facts.append(facts_of(state, visit.header, visit.findings, **known))
                continue
            here = Facts(visit.id, complete=bool(visit.header), came=tuple(sorted(came.get(number, ()))), **known)
            if here.complete:
                here = here._replace(
                    header=header.get(number, {}),
                    team=team.get(number, ()),
                    opener=visit.opener,
                    signed=number in self.signed,
                    to_come=tuple(sorted(to_come.get(number, ()))),
                    findings=findings.get(number, ()),
                )
            facts.append(here)
        return sorted(facts, key=lambda each: each.visit)

    def _logs(self) -> list[_Log]:
        entry = f"FROM entry WHERE {_SPAN} ORDER BY id"
        return [
            _Log(*row)
            for row in self.connection.execute(
                "SELECT log.id, log.visit, device.uid, count, log.line, last.line, last.hash FROM ("
                f"SELECT log.id AS id, log.visit, log.device, (SELECT count(*) FROM entry WHERE {_SPAN}) AS count, "
                f"(SELECT line {entry} LIMIT 1) AS line, (SELECT id {entry} DESC LIMIT 1) AS last FROM log) AS log "
                "JOIN device ON device.id = log.device JOIN entry AS last ON last.id = log.last"
            )
        ]

    def _openings(self, scheme_of: Callable[[str], Scheme]) -> dict[int, _Visit]:
        """Every visit by its number. An opening is the first entry of its log."""
        openings: dict[int, list[tuple[bytes, str]]] = defaultdict(list)
        for log in self.logs:
            if log.begin.startswith(_beginning(OPEN_VISIT)):
                openings[log.visit].append((log.begin, log.device))
        schemes: dict[str, Scheme | None] = {}
        visits = {}
        for number, uid in self.connection.execute("SELECT visit.id, uid FROM tally JOIN visit ON visit.id = visit"):
            visits[number] = _Visit(number, uid)
            if number not in openings:
                continue
            line, device = openings[number][0]
            opening = entry_of(line, uid, device)
            if len(openings[number]) > 1:
                opening = VisitState(read_entries(self.connection, number, uid)).opening
            device, version = opening.device, opening.version
            if version not in schemes:
                schemes[version] = None
                with suppress(KeyError):
                    schemes[version] = scheme_of(version)
            if (scheme := schemes[version]) is not None:
                visits[number] = _Visit(number, uid, device, scheme.header_form, scheme.findings_form)
        return visits

    def _signed(self) -> set[int]:
        states = self.connection.execute(
            "SELECT head.visit, line FROM word JOIN head ON head.form = word.id AND head.path = word.id "
            f"JOIN entry ON entry.id = head.entry WHERE text = '' AND head.visit {_THESE} AND head.slot = {_STATE}",
            (json.dumps(self.entangled),),
        )
        return {visit for visit, line in states if line.startswith(_beginning(SIGN))}

    def _gone(self) -> set[tuple[int, str, str]]:
        """Visit, form and path of each row that does not stand."""
        stands: dict[tuple[int, str, str], bool] = {}
        for visit, form, path, line in self.connection.execute(
            f"SELECT head.visit, form.text, word.text, line {_HEADS} JOIN word AS form ON form.id = head.form "
            f"WHERE head.visit {_THESE} AND +head.slot = {_ROW}",
            (json.dumps(self.entangled),),
        ):
            row = (visit, form, path)
            stands[row] = stands.get(row, False) or line.startswith(_beginning(ADD_ROW))
        disputed = set(self.connection.execute("SELECT visit, form, path FROM conflict WHERE kind = ?", (ROW,)))
        return {row for row, standing in stands.items() if not standing} - disputed

    # what stands in the header and among the findings

    def _header(self) -> dict[int, dict[str, str]]:
        standing = self._standing({visit.header for visit in self.visits.values()}, _ON_TOP, (json.dumps(HEADER),))
        return {number: header_texts(_read(lines)) for number, lines in standing.items()}

    def _team(self) -> dict[int, tuple[Member, ...]]:
        paths = _in(TEAM, MEMBER_NAME, MEMBER_ROLE)
        standing = self._standing({visit.header for visit in self.visits.values()}, _IN_ROWS, paths)
        return {number: members(_read(lines)) for number, lines in standing.items()}

    def _findings(self) -> dict[int, tuple[Finding, ...]]:
        paths = _in(FINDINGS, GRADE, OWNER, DUE, STATUS)
        standing = self._standing({visit.findings for visit in self.visits.values()}, _IN_ROWS, paths)
        # That there is an owner and a date is all that counts of them.
        return {number: found(_read(lines, (f"/{GRADE}", f"/{STATUS}"))) for number, lines in standing.items()}

    def _standing(self, forms: set[str], paths: str, parameters: tuple[str, ...]) -> dict[int, dict[str, bytes]]:
        """Visit -> path -> line of what stands there, in the visits' header or findings forms."""
        places: dict[tuple[int, str], list[_Line]] = defaultdict(list)
        for form in forms - {""}:
            mine = [number for number, visit in self.visits.items() if form in (visit.header, visit.findings)]
            for number, path, raw, line in self.connection.execute(
                f"SELECT head.visit, word.text, entry.hash, line {_HEADS} WHERE head.visit {_THESE} "
                f"AND head.form = (SELECT id FROM word WHERE text = ?) AND +head.path IN {paths} "
                f"AND head.slot = {_ANSWER}",
                (json.dumps(mine), form, *parameters),
            ):
                if not self._is_gone(number, form, path):
                    places[number, path].append((raw, line))
        standing: dict[int, dict[str, bytes]] = defaultdict(dict)
        for (number, path), lines in places.items():
            standing[number][path] = self._counts(number, lines)
        return standing

    def _counts(self, number: int, lines: Sequence[_Line]) -> bytes:
        """What counts of several heads: that of the smallest hash, unless a signature says otherwise."""
        if len(lines) == 1:
            return lines[0][1]
        if number in self.signed:
            self.unsure.add(number)
        return min(lines)[1]

    def _is_gone(self, number: int, form: str, path: str) -> bool:
        return bool(self.gone) and any((number, form, row) in self.gone for row in row_paths(path))

    # what stands anywhere

    def _scan(self) -> tuple[dict[int, list[ToCome]], dict[int, set[str]], dict[tuple[int, str], int]]:
        """What is awaited by visit, who wrote by log, and the highest number named by others by visit and device.

        Every line is looked at once, by SQLite; those of the person who wrote the log's last one are not handed out.
        """
        logs = {log.number: log for log in self.logs}
        marks = [(log.number, _person(log.end).decode()) for log in self.logs]
        spelled = {number: {mark} for number, mark in marks}
        awaiting: set[tuple[int, int, int]] = set()
        named: dict[tuple[int, str], int] = {}
        for number, form, path, line in self.connection.execute(
            "WITH log AS MATERIALIZED (SELECT json_extract(value, '$[0]') AS id, "
            "CAST(json_extract(value, '$[1]') AS BLOB) AS mark FROM json_each(?)) "
            f"SELECT log.id, form, path, line FROM log CROSS JOIN entry ON entry.{_SPAN} "
            "WHERE line >= ? AND line < ? OR line >= ? AND line < ? OR instr(line, ?) OR NOT instr(line, mark)",
            (json.dumps(marks, ensure_ascii=False), *_between(TO_COME), *_between(RETURN), _SEEN),
        ):
            log = logs[number]
            spelled[number].add(_person(line).decode())
            if line.startswith(_beginning(TO_COME)):
                awaiting.add((log.visit, form, path))
            elif line.startswith(_beginning(RETURN)):
                self.unsure.add(log.visit)
            for reference in entry_of(line, "", "").seen if _SEEN in line else ():
                device, seq, _ = reference.split(".")
                if device != log.device:
                    named[log.visit, device] = max(named.get((log.visit, device), 0), int(seq))
        persons = {number: {json.loads(f"{{{mark}}}")["person"] for mark in marks} for number, marks in spelled.items()}
        return self._to_come(awaiting), persons, named

    def _to_come(self, awaiting: set[tuple[int, int, int]]) -> dict[int, list[ToCome]]:
        places: dict[tuple[int, str, str], list[_Line]] = defaultdict(list)
        for number, form, path, raw, line in self.connection.execute(
            "SELECT head.visit, form.text, word.text, entry.hash, line FROM json_each(?) AS there CROSS JOIN head "
            "ON head.visit = json_extract(value, '$[0]') AND head.form = json_extract(value, '$[1]') "
            "AND head.path = json_extract(value, '$[2]') "
            f"AND head.slot = {_ANSWER} JOIN entry ON entry.id = head.entry "
            "JOIN word AS form ON form.id = head.form JOIN word ON word.id = head.path",
            (json.dumps(list(awaiting)),),
        ):
            places[number, form, path].append((raw, line))
        to_come: dict[int, list[ToCome]] = defaultdict(list)
        for (number, form, path), lines in places.items():
            entry = entry_of(self._counts(number, lines), "", "")
            if entry.act == TO_COME and not self._is_gone(number, form, path):
                to_come[number].append(ToCome(form, path, entry.person, awaited_of(entry.why)))
        return to_come

    # what came of each device

    def _came(self, persons: dict[int, set[str]], named: dict[tuple[int, str], int]) -> dict[int, list[Came]]:
        work = self._work()
        devices: dict[tuple[int, str], list[_Log]] = defaultdict(list)
        for log in self.logs:
            devices[log.visit, log.device].append(log)
        came: dict[int, list[Came]] = defaultdict(list)
        for (number, device), logs in devices.items():
            last = _brief(max(logs, key=lambda log: (_number(log.end, _SEQ), log.end_hash)).end)
            first = min(_brief(log.begin) for log in logs)
            held = logs[0].held if len(logs) == 1 else self._held(logs)
            latest = max((_brief(work[log.number]) for log in logs if log.number in work), default=None)
            worked = latest is not None and not came_with_opening(first.act, first.at, first.seq, latest.at, latest.seq)
            who = tuple(sorted(set().union(*(persons[log.number] for log in logs))))
            came[number].append(
                Came(device, who, last.at, last.seq, named.get((number, device), 0), held != last.seq, worked)
            )
        return came

    def _held(self, logs: Sequence[_Log]) -> int:
        """How many numbers of a device's log are here that has forked."""
        (held,) = self.connection.execute(
            f"SELECT count(DISTINCT entry.id & {MAX_SEQ}) FROM log JOIN entry ON entry.{_SPAN} WHERE log.id {_THESE}",
            (json.dumps([log.number for log in logs]),),
        ).fetchone()
        return int(held)

    def _work(self) -> dict[int, bytes]:
        """Log -> line of its last entry outside the header, where it has one."""
        work = {}
        for header in {visit.header for visit in self.visits.values()}:
            logs = [log.number for log in self.logs if self.visits[log.visit].header == header]
            for number, line in self.connection.execute(
                f"SELECT log.id, (SELECT line FROM entry WHERE {_SPAN} AND slot != {_FORM} "
                "AND form NOT IN (SELECT id FROM word WHERE text IN ('', ?)) AND NOT (line >= ? AND line < ?) "
                f"ORDER BY id DESC LIMIT 1) FROM log WHERE log.id {_THESE}",
                (header, *_between(OPEN_VISIT), json.dumps(logs)),
            ):
                if line is not None:
                    work[number] = line
        return work


class _Brief(NamedTuple):
    """What stands in each line, taken from it without reading all of it: there are thousands."""

    seq: int
    at: int
    act: str


def _brief(line: bytes) -> _Brief:
    return _Brief(_number(line, _SEQ), _number(line, b'"at":'), _act(line))


def _act(line: bytes) -> str:
    return line[len(_ACT) : line.index(b'"', len(_ACT))].decode()


def _number(line: bytes, key: bytes) -> int:
    begin = line.index(key) + len(key)
    return int(line[begin : begin + 20].split(b",", 1)[0].split(b"}", 1)[0])


def _read(lines: Mapping[str, bytes], ends: tuple[str, ...] = ("",)) -> dict[str, Answered]:
    """Path -> act and value of what stands; the value only of paths that end so."""
    answers: dict[str, Answered] = {}
    for path, line in lines.items():
        act = _act(line)
        if act == CLEAR or (act == SETTLE and _VALUE not in line):
            continue
        value = line.find(_VALUE) if path.endswith(ends) else -1
        answers[path] = (act, value_of(decode(line[value + len(_VALUE) :].decode())[0]) if value >= 0 else None)
    return answers


def _person(line: bytes) -> bytes:
    """Who wrote the line, as it is spelled there: no quotation mark stands in a name but behind a backslash."""
    begin = line.index(_PERSON)
    return line[begin : line.index(b'","', begin + len(_PERSON)) + 1]


def _in(repeat: str, *names: str) -> tuple[str, ...]:
    """Parameters of ``_IN_ROWS``."""
    return (repeat, repeat, repeat, json.dumps(names))


def _beginning(act: str) -> bytes:
    """How the canonical line of an entry of this act begins."""
    return f'{{"act":"{act}"'.encode()


def _between(act: str) -> tuple[bytes, bytes]:
    """Lines of the act are not before the first and before the second."""
    begin = _beginning(act)
    return begin, begin[:-1] + b"#"
