"""What the template sees: one assessment in one language, every text plain, every number ready to read."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from fractions import Fraction
from typing import Any, NamedTuple

from markupsafe import Markup

from assessor_tui.assess.changes import Changed
from assessor_tui.assess.decimals import beside, decimal_text
from assessor_tui.assess.flow_layout import Arrow, Point
from assessor_tui.form.model import GRADES
from assessor_tui.i18n import grouped, long_date
from assessor_tui.ledger.awaited import awaited_of, is_overdue
from assessor_tui.ledger.entry import ADD_ROW, JOIN_ROWS, REMOVE_ROW, SETTLE
from assessor_tui.ledger.state import row_paths
from assessor_tui.reports.closing_words import words as closing_words
from assessor_tui.reports.plain import Cleaner, Free, language_of
from assessor_tui.reports.since import FollowUp, Kept, Waiting
from assessor_tui.reports.svg import Label, sankey, score_bar
from assessor_tui.reports.words import words
from assessor_tui.units import convert, units

Data = Mapping[str, Any]

GRAVE = ("veto", "major")
NO_CRITERIA = "no criteria"
_UNIT_STEPS: Mapping[str, tuple[str, ...]] = {"kWh": ("kWh", "MWh", "GWh"), "kg": ("kg", "t"), "t": ("t",)}
"""Units that a flow chart may be read in, smallest first."""
_UNIT_READS_WELL = 100_000


_FINDING_FACTS: Mapping[str, str] = {
    "highlight": "highlight",
    "where": "where",
    "how_much": "how_much",
    "objective_evidence": "evidence",
    "cause": "cause",
    "correction": "correction",
    "corrective_action": "corrective_action",
    "owner": "owner",
    "due": "due",
    "response": "response",
    "response_words": "response",
    "status": "state",
}
"""Question of a finding -> the summary's word for it, in the order they are shown."""


_ROW_WORDS: Mapping[str, str] = {ADD_ROW: "row_kept", REMOVE_ROW: "row_removed", JOIN_ROWS: "row_joined"}


_PART_OF: Mapping[str, str] = {
    "grade": "grade", "where": "where", "owner": "owner", "due": "due", "response": "response",
    "response_words": "response", "closed": "status", "disputed": "status",
}  # fmt: skip
"""Part of a finding in the closing record -> the word for it; the others are its text."""


class Earlier(NamedTuple):
    """What the visit is compared with."""

    data: Data
    """Its assessment."""
    signed: Data | None
    """Who signed it and when; None for an earlier visit."""
    changed: Sequence[Changed]


class Closing(NamedTuple):
    """The closing record, and what became of it."""

    kept: Kept
    answers: Sequence[Changed]
    """Answers that are others now; empty in the copy for the site."""


class Outside(NamedTuple):
    """What a summary shows that is not part of the assessment."""

    photos: Mapping[str, str]
    """SHA-256 -> id of its picture in the page."""
    program: str
    """Name and version."""
    digest: str
    later_entries: int = 0
    """Entries that came after the signature."""
    earlier: Earlier | None = None
    follow_ups: Sequence[FollowUp] = ()
    """What was recorded since the signature."""
    closing: Closing | None = None
    returned: Sequence[Waiting] = ()
    """Returns that wait for an answer; empty in the copy for the site."""
    roles: Mapping[str, str] | None = None
    """Device -> its role on the team's roster; None for an unsigned team."""


class Said(NamedTuple):
    """Who and when."""

    by: str
    when: str


class Evidence(NamedTuple):
    """One piece of evidence."""

    kind: str
    title: Free
    details: str
    photo: str
    """Id of its picture in the page; ``""`` when it has none."""
    missing: bool
    """True when it is a picture whose file is not on this laptop."""
    said: Said


class Remark(NamedTuple):
    """A reason, a note or a comment."""

    kind: str
    text: Free
    said: Said


class Pair(NamedTuple):
    """A question inside a row with its answer."""

    label: str
    answer: Free
    state: str
    points: str


class Line(NamedTuple):
    """One line of the answers."""

    kind: str
    """``group``, ``repeat``, ``row`` or ``question``."""
    depth: int
    number: str
    label: Free
    answer: Free
    state: str
    """Word for how the answer stands, when that is worth saying; else ``""``."""
    mark: str
    """Class that marks it: ``open``, ``bad`` or ``""``."""
    points: str
    said: Said | None
    basis: str
    warnings: tuple[str, ...]
    pairs: tuple[Pair, ...]
    remarks: tuple[Remark, ...]
    evidence: tuple[Evidence, ...]


class FormAnswers(NamedTuple):
    """The answers of one form."""

    number: str
    title: str
    counts: str
    scored: bool
    """True when something in it earns points."""
    lines: tuple[Line, ...]


class Fact(NamedTuple):
    """A name and what it is."""

    name: str
    value: Free


class Finding(NamedTuple):
    """One finding."""

    number: str
    grade: str
    grade_name: str
    text: Free
    facts: tuple[Fact, ...]
    requirement: tuple[Free, ...]
    evidence: tuple[Evidence, ...]


class Table(NamedTuple):
    """Heads and rows of plain cells."""

    heads: tuple[str, ...]
    rows: tuple[tuple[Free, ...], ...]


class ScorePart(NamedTuple):
    """A form or a section in the table of scores."""

    depth: int
    label: str
    weight: str
    range: str
    coverage: str
    bar: Markup


class Limit(NamedTuple):
    """A level and how far it is."""

    level: str
    at_least: str
    distance: str
    state: str
    """``reached``, ``open``, ``missed`` or ``unknown``."""


class Score(NamedTuple):
    """The score on the first page and by part."""

    least: str
    most: str
    exact: bool
    sentence: str
    coverage: str
    coverage_sentence: str
    bar: Markup
    recommended: tuple[str, ...]
    limits: tuple[Limit, ...]
    parts: tuple[ScorePart, ...]
    gates: tuple["GateLine", ...]


class GateLine(NamedTuple):
    """A gate or limiting indicator."""

    number: str
    label: str
    kind: str
    state: str
    state_name: str


class Balance(NamedTuple):
    """One part of what went in."""

    kind: str
    name: str
    amount: str
    share: str
    width: str
    """Per cent of the bar."""


class FlowView(NamedTuple):
    """A flow chart."""

    title: str
    unit: str
    chart: Markup
    balance: tuple[Balance, ...]
    over: bool
    table: Table


class Check(NamedTuple):
    """Two numbers that must agree."""

    label: str
    first: str
    second: str
    difference: str
    accepted: str
    state: str
    state_name: str


class Side(NamedTuple):
    """What one laptop said."""

    answer: Free
    why: Free
    said: Said
    chosen: bool


class ConflictView(NamedTuple):
    """A conflict, open or settled."""

    number: str
    label: Free
    kind: str
    sides: tuple[Side, ...]
    settled: Remark | None
    later: bool


class Changes(NamedTuple):
    """What changed since last time."""

    since: str
    score: str
    answers: str
    table: Table


class Tile(NamedTuple):
    """A number on the first page."""

    name: str
    number: int
    mark: str


class SignedView(NamedTuple):
    """The signature."""

    signed: bool
    sentence: str
    digest: str
    check: str
    matches: bool
    later: str


class ClosingView(NamedTuple):
    """The closing record in the summary."""

    sentences: tuple[str, ...]
    wrong: str
    """That its digest is not that of the entries known then; ``""`` when it is."""
    findings: Table
    answers: Table


class View(NamedTuple):
    """Everything a summary says, in one language."""

    language: str
    audience: str
    w: Mapping[str, str]
    """The summary's own words, by name."""
    scheme: str
    draft: bool
    scores: bool
    """False for a visit of own checklists without points: no score, level or gate means anything there."""
    status: str
    sites: tuple[Free, ...]
    facts: tuple[Fact, ...]
    category: str
    size: str
    """How long the visit was and what it asked; ``""`` when the scheme does not tell lengths apart."""
    score: Score | None
    tiles: tuple[Tile, ...]
    parameters: Table
    changes: Changes | None
    findings: tuple[Finding, ...]
    grave: tuple[Finding, ...]
    actions: Table
    projects: Table
    flows: tuple[FlowView, ...]
    checks: tuple[Check, ...]
    forms: tuple[FormAnswers, ...]
    open_conflicts: tuple[ConflictView, ...]
    settled: tuple[ConflictView, ...]
    overruled: Table
    returned: Table
    not_applicable: Table
    to_come: Table
    attendance: Table
    team: Table
    since: Table
    closing: ClosingView | None
    signature: SignedView | None
    forms_used: Table
    devices: Table
    program: str
    replaced: str


def view(data: Data, language: str, outside: Outside) -> View:
    """The assessment as its readers see it in ``language``."""
    return _Builder(data, language, outside).view()


def fraction(number: Data) -> Fraction:
    """The exact number that stands in an assessment."""
    return Fraction(number["exact"])


class _Builder:
    """One view in the making."""

    def __init__(self, data: Data, language: str, outside: Outside) -> None:
        self.data, self.language, self.outside = data, language, outside
        self.cleaner = Cleaner(language)
        self.w = words(language)
        self.plain, self.free = self.cleaner.plain, self.cleaner.free
        self.items: dict[tuple[str, str], Data] = {
            (form["form"], item["path"]): item
            for form in data["forms"]
            for item in form["items"]
            if item["kind"] == "question"
        }
        self.rows = {
            (form["form"], item["path"]): item["label"]
            for form in data["forms"]
            for item in form["items"]
            if item["kind"] == "row"
        }
        self.limits = [fraction(limit["at_least"]) for limit in data.get("score", {}).get("limits", ())]
        self.levels = {level["name"]: self.text(level["label"]) for level in data["category"].get("levels", ())}

    def view(self) -> View:
        data, w = self.data, self.w
        findings = tuple(self._findings())
        made = View(
            language=self.language,
            audience=data["audience"],
            w=w,
            scheme=self.text(data["scheme"]["title"]),
            draft=data["scheme"]["status"] not in ("", "confirmed", NO_CRITERIA),
            scores=self.scores(),
            status=self.plain(data["scheme"]["status"]),
            sites=tuple(self._sites()),
            facts=tuple(self._facts()),
            category=self.text(data["category"]["label"]) if data["category"]["stated"] else w["not_stated"],
            size=self._size(),
            score=self._score() if "score" in data else None,
            tiles=tuple(self._tiles(findings)),
            parameters=self._parameters(),
            changes=self._changes(),
            findings=findings,
            grave=tuple(each for each in findings if each.grade in GRAVE),
            actions=self._rows_table(
                data["findings"], "actions",
                {"action": "action", "action_owner": "owner", "action_due": "due", "action_state": "state"},
            ),
            projects=self._rows_table(
                data["findings"], "projects",
                {"project_title": "project", "project_kind": "gate_kind", "project_state": "state", "investment": "",
                 "net_saving": "", "payback_years": ""},
            ),
            flows=tuple(self._flow(chart) for chart in data["flows"] if chart["flows"]),
            checks=tuple(self._check(each) for each in data["cross_checks"]),
            forms=tuple(self._form(form) for form in data["forms"] if form["form"] != data["findings"]["form"]),
            open_conflicts=tuple(self._conflict(each) for each in data.get("conflicts", {}).get("open", ())),
            settled=tuple(self._conflict(each) for each in data.get("conflicts", {}).get("settled", ())),
            overruled=self._overruled(),
            returned=self._returned(),
            not_applicable=self._listed("not_applicable", w["reason"]),
            to_come=self._to_come(),
            attendance=self._rows_table(
                data["header"], "attendance",
                {"attendee_name": "name", "attendee_post": "role", "attendee_side": "side_of", "attended": "meetings"},
            ),
            team=self._rows_table(
                data["header"], "team",
                {"member_name": "name", "member_role": "role", "member_organisation": "organisation",
                 "covers_sections": "covers"},
            ),
            since=self._since(),
            closing=self._closing(),
            signature=self._signature() if "signature" in data else None,
            forms_used=Table(
                (w["form"], w["version"], w["hash"]),
                tuple(
                    (self.label(form["title"]), self.free(form["version"]), self.free(form["hash"]))
                    for form in [*data["forms"], {**data["scheme"]}]
                ),
            ),
            devices=Table(
                (w["device"], w["people"], w["roster"], w["entries"], w["latest"]),
                tuple(
                    (
                        self.free(f"{log['letters']} {log['device']}"), self.free(", ".join(log["people"])),
                        self.free(self.role(log["device"])),
                        self.free(str(log["entries"])), self.free(self.when(log["latest"])),
                    )
                    for log in data["history"]["logs"]
                ),
            ),
            program=self.plain(self.outside.program),
            replaced="",
        )  # fmt: skip
        codes = ", ".join(f"{code} ×{count}" for code, count in sorted(self.cleaner.replaced.items()))
        return made._replace(replaced=w["replaced"].format(codes=codes) if codes else w["none_replaced"])

    # Texts and numbers.

    def text(self, text: Mapping[str, str]) -> str:
        """The text in the view's language, plain."""
        return self.plain(text.get(self.language) or next(iter(text.values()), ""))

    def label(self, text: Mapping[str, str]) -> Free:
        """A text of the form: in the page's language, unless a person's words stand in it."""
        return self._own(self.text(text))

    def _own(self, text: str) -> Free:
        found = language_of(text, self.language)
        return Free(text, "" if self.language.startswith(found) else found)

    def asked(self, item: Data) -> Free:
        """The label of a question; inside a row together with the row's name."""
        label = self.text(item["label"]) if item.get("label") else self.plain(item.get("path", ""))
        rows = [self.rows[item["form"], path] for path in row_paths(item["path"]) if (item["form"], path) in self.rows]
        if rows and not item["path"].endswith("]"):
            label = self.w["in_row"].format(row=self.text(rows[-1]), question=label)
        return self._own(label)

    def role(self, device: str) -> str:
        """What the roster has the device as; said so where it has it not, or where the team has none."""
        roles = self.outside.roles
        if roles is None:
            return self.w["unsigned_team"]
        return self.w[f"as_{roles[device]}"] if device in roles else self.w["not_on_roster"]

    def when(self, at: str) -> str:
        return at[:16].replace("T", " ")

    def said(self, item: Data) -> Said:
        said = item.get("said", {})
        return Said(self.plain(said.get("by", "")), self.when(said.get("at", "")))

    def number(self, number: Data, places: int = 1) -> str:
        """Rounded for people, never onto or across a limit of the levels."""
        return grouped(beside(fraction(number), self.limits, places))

    def percent(self, share: Fraction) -> str:
        """0 to 1 as whole per cent; 100 only when it is all."""
        return beside(share * 100, (Fraction(100),), 0)

    def answer_of(self, item: Data) -> Free:
        """The answer as people read it; numbers grouped."""
        value, text = item.get("value"), item.get("text", {})
        if isinstance(value, dict) and "n" in value:
            unit = self.text(text).partition(" ")[2]
            return Free(f"{grouped(value['n'])} {unit}".strip(), "")
        if item.get("type") == "acknowledge" and value:
            return Free("✓", "")
        if item.get("type") == "calculate":
            return self.free(grouped(text.get(self.language, "")))
        return self.free(text.get(self.language, "") or (value if isinstance(value, str) else ""))

    # The first page.

    def header(self, name: str) -> Free:
        return self.answer_of(self.data["header"]["answers"].get(name, {}))

    def _sites(self) -> Iterator[Free]:
        chinese = self.language.startswith("zh")
        for name in ("site_name_zh", "site_name_en") if chinese else ("site_name_en", "site_name_zh"):
            if (found := self.header(name)).text:
                yield found

    def _facts(self) -> Iterator[Fact]:
        w = self.w
        chinese = self.language.startswith("zh")
        own, other = ("zh", "en") if chinese else ("en", "zh")
        first, last = self.header("visit_date").text, self.header("visit_last_date").text
        dates = " – ".join(long_date(day, self.language) for day in (first, last) if day)
        period = " – ".join(each.text for each in (self.header("period_from"), self.header("period_to")) if each.text)
        rows = self.data["header"]["rows"].get("team", ())
        team = ("、" if chinese else ", ").join(
            self.answer_of(row["answers"].get("member_name", {})).text for row in rows
        )
        for name, value in (
            ("registered_number", self.header("registered_number")),
            ("address", self._first(f"site_address_{own}", f"site_address_{other}")),
            ("applicant", self._first(f"applicant_name_{own}", f"applicant_name_{other}")),
            ("application_number", self.header("application_number")),
            ("visit_date", Free(dates, "")),
            ("period", Free(period, "")),
            ("main_products", self.header("main_products")),
            ("team", self.free(team)),
        ):
            if value.text:
                yield Fact(w[name], value)

    def _first(self, *names: str) -> Free:
        return next((found for name in names if (found := self.header(name)).text), Free("", ""))

    def scores(self) -> bool:
        """False where nothing has points and the scheme has no criteria."""
        return self.data["scheme"]["status"] != NO_CRITERIA or bool(self.data.get("score", {}).get("parts"))

    def _tiles(self, findings: Sequence[Finding]) -> Iterator[Tile]:
        w, data = self.w, self.data
        grades = [finding.grade for finding in findings]
        if "score" in data and self.scores():
            gates = [gate["state"] for gate in data["score"]["gates"]]
            yield Tile(w["gates_failed"], gates.count("fail"), "bad")
            yield Tile(w["gates_open"], gates.count("open"), "open")
        yield Tile(w["grave_findings"], sum(grade in GRAVE for grade in grades), "bad")
        yield Tile(w["minors"], grades.count("minor"), "open")
        if "score" in data:
            yield Tile(w["open_conflicts"], len(data["conflicts"]["open"]), "bad")
            if self.outside.returned:
                yield Tile(w["returned"], len(self.outside.returned), "bad")
            missing = sum(
                form["counts"]["missing"] for form in data["forms"] if form["form"] != data["findings"]["form"]
            )
            yield Tile(w["unanswered"], missing, "open")
        else:
            yield Tile(w["observations"], grades.count("observation"), "")
            yield Tile(w["good_practices"], grades.count("good_practice"), "good")
        yield Tile(w["awaited"], len(data["to_come"]), "open")

    def _parameters(self) -> Table:
        w = self.w
        rows = tuple(
            (self.label(each["label"]), self.free(each.get("value", "") or w["parameter_empty"]))
            for each in self.data["scheme"].get("parameters", ())
            if each.get("status") or not each.get("value")
        )
        return Table((w["parameters"], w["now"]), rows)

    def _changes(self) -> Changes | None:
        earlier, w = self.outside.earlier, self.w
        if earlier is None or "score" not in self.data:
            return None
        if earlier.signed is not None:
            since = w["changes_since"].format(
                when=self.when(earlier.signed["at"]), who=self.plain(earlier.signed["by"])
            )
        else:
            since = w["changes_since_visit"].format(when=long_date(earlier.data["visit"]["date"], self.language))
        score = w["score_before"].format(
            before=self._interval_text(earlier.data["score"]), now=self._interval_text(self.data["score"])
        )
        rows = tuple(
            (self.free(each.number), self.asked(each._asdict()), self.label(each.before), self.label(each.now))
            for each in earlier.changed
        )
        return Changes(
            since, score, w["answers_changed"].format(count=len(rows)),
            Table((w["number"], w["question"], w["before"], w["now"]), rows),
        )  # fmt: skip

    # Scores.

    def _interval_text(self, interval: Data) -> str:
        least, most = self.number(interval["least"]), self.number(interval["most"])
        exact = interval["least"]["exact"] == interval["most"]["exact"]
        return least if exact else f"{least} – {most}"

    def _score(self) -> Score:
        score, w = self.data["score"], self.w
        least, most = self.number(score["least"]), self.number(score["most"])
        exact = score["least"]["exact"] == score["most"]["exact"]
        sentence = (w["score_is"] if exact else w["score_range"]).format(least=least, most=most)
        share = self.percent(fraction(score["coverage"]))
        bar = score_bar(fraction(score["least"]), fraction(score["most"]), self.limits, sentence)
        recommended = tuple(self.levels.get(name, w["no_recognition"]) for name in score["levels"])
        parts = [line for part in score["parts"] for line in self._parts(part, 0)]
        gates = [
            GateLine(
                self.plain(gate.get("number", "")), self.asked(gate).text, w[gate["kind"]], gate["state"],
                w[gate["state"]],
            )
            for gate in score["gates"]
        ]  # fmt: skip
        gates.sort(key=lambda gate: ("fail", "open", "pass").index(gate.state))
        return Score(
            least, most, exact, sentence, share, w["coverage_means"].format(share=share), bar, recommended,
            tuple(self._limits()), tuple(parts), tuple(gates),
        )  # fmt: skip

    def _size(self) -> str:
        size = self.data["visit"].get("size")
        return f"{self.text(size['label'])}, {self.w['asks_' + size['asks']]}" if size else ""

    def _limits(self) -> Iterator[Limit]:
        w, known = self.w, {limit["level"]: limit for limit in self.data["score"]["limits"]}
        for level in self.data["category"]["levels"]:
            limit = known.get(level["name"])
            if limit is None:
                yield Limit(self.text(level["label"]), "–", w["limit_unknown"], "unknown")
                continue
            lacks, lacks_at_best = fraction(limit["from_least"]), fraction(limit["from_most"])
            if lacks <= 0:
                state, word, distance = "reached", "limit_reached", -lacks
            elif lacks_at_best > 0:
                state, word, distance = "missed", "limit_missed", lacks_at_best
            else:
                state, word, distance = "open", "limit_open", lacks
            # Rounded so that what is not reached never reads as nothing.
            shown = beside(-distance, (Fraction(0),)).removeprefix("-")
            at_least = decimal_text(fraction(limit["at_least"]), 6)
            yield Limit(self.text(level["label"]), at_least, w[word].format(points=shown), state)

    def _parts(self, part: Data, depth: int) -> Iterator[ScorePart]:
        if part["kind"] == "row":
            return
        share = {end: fraction(part["share"][end]) * 100 for end in ("least", "most")}
        least, most = (beside(share[end], (Fraction(100),)) for end in ("least", "most"))
        text = least if share["least"] == share["most"] else f"{least} – {most}"
        weight = decimal_text(fraction(part["weight"]), 2) if fraction(part["weight"]) else ""
        title = self.w["from_to"].format(least=least, most=most)
        yield ScorePart(
            depth, self.text(part["label"]), weight, text, self.percent(fraction(part["coverage"])),
            score_bar(share["least"], share["most"], (), title),
        )  # fmt: skip
        for child in part.get("parts", ()):
            yield from self._parts(child, depth + 1)

    def _points(self, item: Data) -> str:
        points = item.get("points")
        if not points or item["status"] == "not applicable":
            return ""
        least, most, of = (decimal_text(fraction(points[key]), 2) for key in ("least", "most", "of"))
        return f"{least} / {of}" if least == most else f"{least}–{most} / {of}"

    # Findings.

    def _findings(self) -> Iterator[Finding]:
        rows = self.data["findings"]["rows"].get("findings", ())
        shown = [row for row in rows if row["answers"].get("status", {}).get("value") != ["withdrawn"]]
        order = {grade: place for place, grade in enumerate(GRADES)}

        def grade_of(row: Data) -> str:
            grades: list[str] = [*row["answers"].get("grade", {}).get("value", ()), "observation"]
            return grades[0]

        for row in sorted(shown, key=lambda row: order.get(grade_of(row), len(order))):
            yield self._finding(row, grade_of(row))

    def _finding(self, row: Data, grade: str) -> Finding:
        answers, w = row["answers"], self.w

        def said(name: str) -> Free:
            return self.answer_of(answers.get(name, {}))

        facts = []
        for name, word in _FINDING_FACTS.items():
            if (value := said(name)).text:
                facts.append(Fact(w[word], value))
        requirement = [said("clause")] if said("clause").text else []
        form, _, path = said("question").text.partition("/")
        if asked := self.items.get((form, path)):
            requirement.append(self.free(f"{asked.get('number', '')} {self.text(asked['label'])}".strip()))
        return Finding(
            self.plain(row["number"]), grade, w.get(f"grade_{grade}", self.plain(grade)),
            said("text"), tuple(facts), tuple(requirement), tuple(self._evidence(row["evidence"])),
        )  # fmt: skip

    def _evidence(self, pieces: Iterable[Data]) -> Iterator[Evidence]:
        w = self.w
        for piece in pieces:
            kind = w.get(f"kind_{piece.get('kind', '')}", self.plain(piece.get("kind", "")))
            title = piece.get("caption") or piece.get("name") or piece.get("number") or piece.get("text", "")
            details = [
                f"{w[word]} {self.plain(piece[name])}" if word else self.plain(piece[name])
                for name, word in (
                    ("number", ""), ("issuer", "issuer"), ("date", "dated"), ("page", "page"), ("kept", "kept"),
                    ("post", "post"),
                )
                if piece.get(name) and piece[name] != title
            ]  # fmt: skip
            if piece.get("taken"):
                details.append(f"{w['taken']} {self.when(self.plain(piece['taken']))}")
            sha256 = piece.get("sha256", "")
            if sha256:
                details.append(f"SHA-256 {sha256[:12]}…")
            photo = self.outside.photos.get(sha256, "")
            missing = bool(sha256) and not photo and piece.get("type", "").startswith("image/")
            yield Evidence(kind, self.free(title), " · ".join(details), photo, missing, self.said(piece))

    # Flows and checks.

    def _flow(self, chart: Data) -> FlowView:
        w = self.w
        kind = chart["kind"]
        title = w.get(f"flow_{kind}") or w["flow_other"].format(kind=self.plain(kind))
        unit, ratio = self._reading_unit(chart)
        names = {node["row"]: self.label(node["label"]) for node in chart["nodes"]}
        size = {node["row"]: max(fraction(node["into"]), fraction(node["out"])) * ratio for node in chart["nodes"]}
        known = [flow for flow in chart["flows"] if "amount" in flow]
        arrows = [Arrow(flow.get("start", ""), flow.get("end", ""), fraction(flow["amount"]) * ratio) for flow in known]
        points = [Point(node["row"], node.get("kind", "")) for node in chart["nodes"]]
        labels = {row: Label(names[row].text, _amount(size[row])) for row in names}
        titles = [
            f"{_name(names, each.start)} → {_name(names, each.end)}: {_amount(each.amount)} {unit}" for each in arrows
        ]
        drawing = sankey(points, arrows, labels, titles, w["flow_alt"].format(title=title, count=len(arrows)))
        total, again = (fraction(chart[part]) * ratio for part in ("input", "returned"))
        balance = []
        for part in ("used", "lost", "unexplained"):
            amount = fraction(chart[part]) * ratio
            share = amount / total if total else Fraction(0)
            drawn = amount / (total + again) * 100 if total else Fraction(0)
            width = decimal_text(min(max(drawn, Fraction(0)), Fraction(100)), 2)
            balance.append(
                Balance(part, w[f"flow_{part}"], f"{_amount(amount)} {unit}", f"{beside(share * 100, ())} %", width)
            )
        if again:
            balance.insert(0, Balance("returned", w["flow_returned"], f"{_amount(again)} {unit}", "", ""))
        balance.insert(0, Balance("input", w["flow_input"], f"{_amount(total)} {unit}", "", ""))
        rows = [
            (
                names.get(flow.get("start", ""), Free("–", "")), names.get(flow.get("end", ""), Free("–", "")),
                Free(_amount(fraction(flow["amount"]) * ratio) if "amount" in flow else w["flow_unknown"], ""),
                Free(f"{beside(fraction(flow['amount']) * ratio / total * 100, ())} %" if total and "amount" in flow
                     else "–", ""),
            )
            for flow in chart["flows"]
        ]  # fmt: skip
        table = Table((w["from"], w["to"], f"{w['amount']} ({unit})", w["share"]), tuple(rows))
        return FlowView(title, unit, drawing, tuple(balance), fraction(chart["unexplained"]) < 0, table)

    def _reading_unit(self, chart: Data) -> tuple[str, Fraction]:
        """Name of the unit in which the chart's numbers stay short, and what to multiply its numbers by."""
        unit = chart["unit"]
        most = max((fraction(flow["amount"]) for flow in chart["flows"] if "amount" in flow), default=Fraction(0))
        chosen, ratio = unit, Fraction(1)
        for step in _UNIT_STEPS.get(unit, ()):
            factor = convert(Fraction(1), unit, step) or Fraction(1)
            chosen, ratio = step, factor
            if most * factor < _UNIT_READS_WELL:
                break
        known = units().get(chosen)
        return (known.name.get(self.language, chosen) if known is not None else self.plain(chosen)), ratio

    def _check(self, check: Data) -> Check:
        unit = units().get(check["unit"])
        name = unit.name.get(self.language, check["unit"]) if unit is not None else check["unit"]

        def shown(key: str) -> str:
            return f"{_amount(fraction(check[key]))} {name}".strip() if key in check else "–"

        tolerance = fraction(check["tolerance"]) if "tolerance" in check else None
        difference = "–"
        if "difference" in check:
            # What differs must not read as if it were inside what is accepted.
            number = fraction(check["difference"])
            sides = (-tolerance,) if tolerance is not None else ()
            difference = f"{beside(-number, sides).removeprefix('-')} %"
        accepted = f"{decimal_text(tolerance, 6)} %" if tolerance is not None else "–"
        state = check["state"]
        return Check(
            self.text(check["label"]), shown("left"), shown("right"), difference, accepted, state, self.w[state]
        )

    # Answers.

    def _form(self, form: Data) -> FormAnswers:
        w, counts = self.w, form.get("counts")
        told = ""
        if counts:
            told = w["counts"].format(answered=counts["answered"], missing=counts["missing"])
            if counts["not applicable"] or counts["to come"]:
                told += "; " + w["counts_more"].format(
                    not_applicable=counts["not applicable"], to_come=counts["to come"]
                )
            if left_out := counts.get("not asked"):
                told += "; " + w["counts_left_out"].format(count=left_out)
        scored = any("points" in item for item in form["items"])
        return FormAnswers(
            self.plain(form.get("number", "")), self.text(form["title"]), told, scored,
            tuple(self._lines(form["items"])),
        )  # fmt: skip

    def _lines(self, items: Sequence[Data]) -> Iterator[Line]:
        """Groups, repeats and questions a line each; a row with all its questions one line together."""
        place = 0
        while place < len(items):
            item = items[place]
            place += 1
            if item["kind"] == "question":
                yield self._line(item)
                continue
            inside: list[Data] = []
            if item["kind"] == "row":
                start = f"{item['path']}/"
                while place < len(items) and items[place]["path"].startswith(start):
                    if items[place]["kind"] != "question":
                        break
                    inside.append(items[place])
                    place += 1
            yield self._heading(item, inside)

    def _line(self, item: Data) -> Line:
        state, mark = self._standing(item)
        return Line(
            "question", item["depth"], self.plain(item.get("number", "")), self.label(item["label"]),
            self.answer_of(item), state, mark, self._points(item), self.said(item) if "said" in item else None,
            self._basis(item), tuple(self._warnings(item)), (), tuple(self._remarks(item)),
            tuple(self._evidence(item.get("evidence", ()))),
        )  # fmt: skip

    def _heading(self, item: Data, inside: Sequence[Data]) -> Line:
        pairs = []
        for each in inside:
            state, _ = self._standing(each)
            answer = self.answer_of(each)
            if answer.text or each["status"] != "missing":
                pairs.append(Pair(self.text(each["label"]), answer, state, self._points(each)))
        remarks = [remark for each in (item, *inside) for remark in self._remarks(each)]
        evidence = [piece for each in (item, *inside) for piece in self._evidence(each.get("evidence", ()))]
        warnings = list(dict.fromkeys(warning for each in inside for warning in self._warnings(each)))
        said = max((self.said(each) for each in inside if "said" in each), key=lambda each: each.when, default=None)
        return Line(
            item["kind"], item["depth"], self.plain(item.get("number", "")), self.label(item["label"]), Free("", ""),
            "", "", "", said, "", tuple(warnings), tuple(pairs), tuple(remarks), tuple(evidence),
        )  # fmt: skip

    def _standing(self, item: Data) -> tuple[str, str]:
        w = self.w
        if item.get("disputed"):
            return w["disputed"], "bad"
        if item["type"] == "calculate":
            return w["computed"], ""
        if item["type"] == "note":
            return "", ""
        if item.get("left_out"):
            return w["status_left_out"], ""
        if item["status"] == "missing":
            return w["status_missing"], "open"
        if item["status"] in ("not applicable", "to come"):
            return w["status_" + item["status"].replace(" ", "_")], "open" if item["status"] == "to come" else ""
        return "", ""

    def _warnings(self, item: Data) -> Iterator[str]:
        w = self.w
        problems = set(item.get("problems", ()))
        if "answer.warning" in problems:
            yield w["warned"]
        if problems - {"answer.warning", "answer.required", "answer.rows"}:
            yield w["wrong"]
        for demand in item.get("demands", ()):
            yield w["lacks_evidence"] if demand == "demand.evidence" else w["lacks_reason"]

    def _remarks(self, item: Data) -> Iterator[Remark]:
        w = self.w
        if item.get("why"):
            yield Remark(w["reason"], self.free(item["why"]), self.said(item))
        for key, word in (("notes", "note"), ("comments", "comment")):
            for each in item.get(key, ()):
                yield Remark(w[word], self.free(each.get("text", "")), self.said(each))

    def _basis(self, item: Data) -> str:
        basis = [self.plain(item[key]) for key in ("clause", "source") if item.get(key)]
        if item.get("criteria") and self.data["audience"] == "review":
            basis.append(self.w["criteria_open"])
        return " · ".join(basis)

    # Conflicts and lists.

    def _conflict(self, conflict: Data) -> ConflictView:
        w = self.w
        settled = conflict.get("settled_as", {})
        sides = tuple(
            Side(self._side_answer(side), self.free(side.get("why", "")), self.said(side),
                 bool(settled) and side.get("value") == settled.get("value"))
            for side in conflict.get("sides", ())
        )  # fmt: skip
        remark = None
        if settled:
            words_ = f"{self._side_answer(settled).text}. {conflict.get('why', '')}"
            remark = Remark(w["settled_as"], self.free(words_), self.said(conflict))
        kind = w.get(f"conflict_{conflict.get('kind', 'value')}", "")
        label = self.asked(conflict)
        later = "settled_as" in conflict and not conflict["stands"]
        return ConflictView(self.plain(conflict.get("number", "")), label, kind, sides, remark, later)

    def _side_answer(self, side: Data) -> Free:
        if side["act"] in _ROW_WORDS:
            return Free(self.w[_ROW_WORDS[side["act"]]], "")
        if (answer := self.answer_of(side)).text:
            return answer
        return Free(self.w.get("status_" + side["status"].replace(" ", "_"), ""), "")

    def _overruled(self) -> Table:
        w = self.w
        rows = []
        for each in self.data.get("changed_by_someone_else", ()):
            if each["act"] == SETTLE:
                continue  # told among the conflicts
            asked = self.items.get((each["form"], each["path"]), {})
            said = self.said(each)
            rows.append((
                self.free(asked.get("number", "")), self.asked({**each, "label": asked.get("label", {})}),
                self.free(each.get("why", "")),
                self.free(f"{said.by}, {said.when}"),
            ))  # fmt: skip
        return Table((w["number"], w["question"], w["reason"], w["who_when"]), tuple(rows))

    def _returned(self) -> Table:
        """What a lead or reviewer has returned and nobody has answered yet."""
        w = self.w
        rows = []
        for each in self.outside.returned:
            label = self.label(each.label) if any(each.label.values()) else Free(w["whole_visit"], "")
            who = self.free(f"{each.said['by']}, {self.when(each.said['at'])}")
            rows.append((self.free(each.number), label, self.free(each.why), who))
        return Table((w["number"], w["question"], w["reason"], w["who_when"]), tuple(rows))

    def _listed(self, key: str, reason: str) -> Table:
        w = self.w
        rows = []
        for each in self.data[key]:
            said = self.said(each)
            words_ = " ".join(part for part in (self.answer_of(each).text, each.get("why", "")) if part)
            rows.append((
                self.free(each.get("number", "")), self.asked(each), self.free(words_),
                self.free(f"{said.by}, {said.when}"),
            ))  # fmt: skip
        return Table((w["number"], w["question"], reason, w["who_when"]), tuple(rows))

    def _to_come(self) -> Table:
        """What is awaited, from whom and until when; overdue by the visit's date."""
        w = self.w
        rows = []
        for each in self.data["to_come"]:
            said, awaited = self.said(each), awaited_of(each.get("why", ""))
            until = awaited.until
            if is_overdue(awaited, self.data["visit"]["date"]):
                until = f"{until}, {w['overdue']}"
            rows.append((
                self.free(each.get("number", "")), self.asked(each), self.free(awaited.what), self.free(awaited.whom),
                Free(until, ""), self.free(f"{said.by}, {said.when}"),
            ))  # fmt: skip
        heads = (w["number"], w["question"], w["awaited_what"], w["from_whom"], w["until"], w["who_when"])
        return Table(heads, tuple(rows))

    def _since(self) -> Table:
        """Follow-up since the signature; notes and comments only where the team reads."""
        w, rows = self.w, []
        internal = ("note", "comment") if self.data["audience"] != "review" else ()
        for each in self.outside.follow_ups:
            if each.kind in internal:
                continue
            label = self.text(each.label) if any(each.label.values()) else ""
            kind = {"note": w["note"], "comment": w["comment"], "proof": w["proof"], "taken_away": w["taken_away"]}
            what = " · ".join(part for part in (label, kind.get(each.kind, "")) if part)
            text = self.text(each.text) or (w["answer_cleared"] if each.kind == "cleared" else "")
            rows.append((
                self.free(each.number), self._own(what), self.free(text),
                self.free(f"{each.said['by']}, {self.when(each.said['at'])}"),
            ))  # fmt: skip
        return Table((w["number"], w["what"], w["now"], w["who_when"]), tuple(rows))

    def _closing(self) -> ClosingView | None:
        outside, w = self.outside.closing, self.w
        if outside is None:
            return None
        found, parts_ = outside.kept, closing_words(self.language)
        sentences = [
            w["closing_written"].format(
                digest=self.plain(found.digest), who=self.plain(found.said["by"]), when=self.when(found.said["at"])
            )
        ]
        sentences += [
            w["signed_sheet"].format(name=self.plain(name), hash=self.plain(sha256[:12]) + "…")
            for name, sha256 in found.sheets
        ] or [w["no_signed_sheet"]]
        wrong = "" if found.computed == found.digest else w["closing_differs"].format(digest=found.computed)
        between = "、" if self.language.startswith("zh") else ", "
        rows = []
        for number, what, parts in found.findings:
            named = dict.fromkeys(parts_[f"part_{_PART_OF.get(part, 'text')}"] for part in parts)
            rows.append((self.free(number), self.free(w[f"finding_{what}"].format(parts=between.join(named)))))
        answers = tuple(
            (self.free(each.number), self.asked(each._asdict()), self.label(each.before), self.label(each.now))
            for each in outside.answers
        )
        return ClosingView(
            tuple(sentences), wrong, Table((w["number"], w["what"]), tuple(rows)),
            Table((w["number"], w["question"], w["before"], w["now"]), answers),
        )  # fmt: skip

    def _rows_table(self, table: Data, repeat: str, columns: Mapping[str, str]) -> Table:
        """Rows of the header or the findings form; columns that nobody answered are left out.

        ``columns``: question -> the summary's word for it, ``""`` for the form's own label.
        """
        rows = table["rows"].get(repeat, ())
        used = [name for name in columns if any(name in row["answers"] for row in rows)]

        def asked(row: Data, name: str) -> Data:
            return self.items.get((table["form"], f"{row['path']}/{name}"), {})

        labels: dict[str, dict[str, str]] = {
            name: next((asked(row, name)["label"] for row in rows if asked(row, name)), {}) for name in used
        }
        heads = tuple(self.w[columns[name]] if columns[name] else self.text(labels[name]) for name in used)
        return Table(heads, tuple(tuple(self.answer_of(asked(row, name)) for name in used) for row in rows))

    # Sign-off.

    def _signature(self) -> SignedView:
        w, signature, digest = self.w, self.data["signature"], self.outside.digest
        later = self.outside.later_entries
        told = w["later_entries"].format(count=later) if later else ""
        if not signature["signed"]:
            reopened = [act for act in signature["acts"] if act["act"] == "reopen"]
            sentence = w["not_signed"]
            if reopened:
                said = self.said(reopened[-1])
                sentence += ". " + w["reopened"].format(who=said.by, when=said.when)
            return SignedView(False, sentence, digest, w["digest_unsigned"], True, told)
        said = self.said(signature)
        matches = signature.get("digest") == digest
        check = w["digest_matches"] if matches else w["digest_differs"].format(digest=signature.get("digest", "–"))
        sentence = w["signed_by"].format(who=said.by, when=said.when)
        for over in signature.get("over", ()):
            numbers = ", ".join(over["missing"])
            sentence += ". " + w["signed_over"].format(numbers=numbers, device=self.plain(over["device"]))
        if why := signature.get("why"):
            sentence += f": {self.plain(why)}"
        return SignedView(True, sentence, digest, check, matches, told)


def _amount(number: Fraction) -> str:
    """A quantity with as many decimals as its size asks for."""
    places = 0 if abs(number) >= 100 else 1 if abs(number) >= 10 else 2
    return grouped(decimal_text(number, places))


def _name(names: Mapping[str, Free], row: str) -> str:
    return names[row].text if row in names else "–"
