"""What a lead looks at before signing, as values: gates with what is missing, score, levels, findings, changes."""

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from fractions import Fraction
from typing import TYPE_CHECKING, NamedTuple

from assessor_tui.assess.checks import DIFFER, cross_checks
from assessor_tui.assess.contradiction import contradictions
from assessor_tui.assess.flows import FlowChart, flow_charts
from assessor_tui.assess.left import DEMAND, RETURNED, ROWS, TO_COME, UNANSWERED, WRONG
from assessor_tui.assess.score import FAIL, OPEN, Score
from assessor_tui.form.model import GRADES, SILENT_TYPES, Question, in_language
from assessor_tui.i18n import _, ngettext
from assessor_tui.i18n.sentences import awaited_words, sentence
from assessor_tui.i18n.waiting_words import kind_words
from assessor_tui.ledger import entry as acts
from assessor_tui.ledger.entry import Entry
from assessor_tui.ledger.state import SLOT_OF, Head, VisitState, meaning
from assessor_tui.ledger.value import Quantity, names
from assessor_tui.problem import Problem
from assessor_tui.returning import is_asked
from assessor_tui.tui.commands import CONFLICTS, EVIDENCE, FINDINGS, FLOWS, OVERVIEW, WALK
from assessor_tui.tui.commands import ROWS as TABLES
from assessor_tui.tui.shown import conflicts, words
from assessor_tui.tui.shown.question_card import evidence_kind, grade_words
from assessor_tui.tui.shown.returns import answer_of, place_name, to_look_at_here
from assessor_tui.waiting import conflicts_waiting

if TYPE_CHECKING:
    from assessor_tui.assess.left import Left
    from assessor_tui.assess.results import Results
    from assessor_tui.visit import Visit

GOOD, DOUBT, BLOCKS = "answered", "warning", "problem"
"""States of a gate, as ``glyphs`` names them: fulfilled, to be looked at, in the way of signing."""

MOST_ITEMS = 30
"""Lines shown under one gate."""

BALANCE_TOLERANCE = "balance_tolerance"
"""Question of a form with flows: accepted unexplained share of the input, in per cent."""


class Line(NamedTuple):
    """One line of the list: a gate, or something under it that is missing."""

    kind: str
    """``gate`` or ``item``."""
    state: str
    words: str
    tail: str = ""
    place: str = ""
    """Page to go to; ``""`` when there is nothing to go to."""
    target: str = ""


class LevelLine(NamedTuple):
    """A level of recognition and how far away it is."""

    name: str
    label: str
    limit: Fraction | None
    confirmed: bool
    state: str
    """``reached`` whatever the rest comes to, ``possible``, ``out of reach`` or ``unknown``."""
    distance: Fraction | None
    """Points (of 100) from the least that is sure to the limit; None when nothing is missing or known."""


class ChangeLine(NamedTuple):
    """One answer that is another one since the last signature."""

    number: str
    label: str
    before: str
    now: str
    form: str
    path: str


def place_for(visit: "Visit", form: str, path: str) -> str:
    """The page on which something of a form is answered."""
    if form == visit.scheme.findings_form:
        return FINDINGS
    return WALK if path else TABLES


def gates(visit: "Visit", results: "Results", tag: str) -> list[Line]:
    """Every gate with what is missing under it, those in the way of signing first within the usual order."""
    left = results.left()
    found: list[Line] = []
    found += _arrived(visit)
    found += _returned(visit, left)
    found += _required(visit, tag)
    found += _group(visit, left, (WRONG, ROWS), _("every answer keeps the rules of its form"), BLOCKS, tag)
    found += _group(visit, left, (DEMAND,), _("every answer has the proof and the reason it demands"), BLOCKS, tag)
    found += _conflicts(visit, tag)
    found += _grave(visit, tag)
    found += _contradictions(visit)
    found += _score_gates(visit, results.score(visit.scheme, visit.category), tag)
    found += _balances(visit)
    found += _cross_checks(visit, tag)
    found += _group(visit, left, (TO_COME,), _("nothing is still to come"), DOUBT, tag)
    found += _unanswered(visit, left, tag)
    found += _files(visit)
    found += _parameters(visit, tag)
    return found


def _gate(words_: str, items: Sequence[Line], state: str, tail: str = "") -> Iterator[Line]:
    """The gate's line, then what is missing."""
    shown = tail or (str(len(items)) if items else "")
    first = items[0] if items else None
    yield Line(
        "gate", state if items else GOOD, words_, shown, first.place if first else "", first.target if first else ""
    )
    yield from items[:MOST_ITEMS]
    if len(items) > MOST_ITEMS:
        more = _("{count} more").format(count=len(items) - MOST_ITEMS)
        yield Line("item", state, more, "", items[MOST_ITEMS].place, items[MOST_ITEMS].target)


def _item(visit: "Visit", state: str, form: str, path: str, said: str, tag: str, place: str = "") -> Line:
    number, label = conflicts.place_words(visit, form, path, tag)
    where = " ".join(part for part in (number, label) if part)
    return Line("item", state, where, said, place or place_for(visit, form, path), f"{form}/{path}")


def _arrived(visit: "Visit") -> Iterator[Line]:
    """Entries and forms that are still on another laptop; the gate is shown only while something is missing."""
    missing = [
        problem
        for problem in visit.blocks_signing()
        if problem.code in ("ledger.gap", "visit.in_part", "visit.unknown_form")
    ]
    if missing:
        items = [Line("item", BLOCKS, sentence(problem)) for problem in missing]
        yield from _gate(_("everything the colleagues wrote has arrived"), items, BLOCKS)


def _returned(visit: "Visit", left: "Iterable[Left]") -> Iterator[Line]:
    """What waits because it was returned, and what was answered since; shown once anything was ever returned."""
    waiting = [each for each in left if each.kind == RETURNED]
    if not visit.state.returned:
        return
    items = [_return_line(visit, BLOCKS, each.form, each.paths[0], _wanted(each)) for each in waiting]
    yield from _gate(_("everything that was returned is answered"), items, BLOCKS)
    if answered := to_look_at_here(visit):
        again = [_return_line(visit, DOUBT, e.entry.form, e.entry.path, answer_of(visit, e)) for e in answered]
        yield from _gate(_("what was answered since was looked at again"), again, DOUBT)


def _wanted(left: "Left") -> str:
    return " ".join(_("{why} ({person})").format(**left.problem.parameters).split()) if left.problem is not None else ""


def _return_line(visit: "Visit", state: str, form: str, path: str, said: str) -> Line:
    name = place_name(visit, (form, path))
    place = place_for(visit, form, path) if path and is_asked(visit, form, path) else OVERVIEW
    if place == WALK and path.endswith("]"):
        place = TABLES
    return Line("item", state, name, said, place, f"{form}/{path}" if place != OVERVIEW else f"left:{form}/{path}")


def _required(visit: "Visit", tag: str) -> Iterator[Line]:
    count = 0
    items = []
    for form, filling in visit.fillings.items():
        for item in filling.items():
            node = item.node
            if item.kind != "question" or not isinstance(node, Question) or node.type in SILENT_TYPES:
                continue
            now = filling.state(item.path)
            if not now.required:
                continue
            count += 1
            has_file = node.type == "file" and visit.state.evidence(form, item.path)
            if now.status == "missing" and not has_file:
                items.append(_item(visit, BLOCKS, form, item.path, _("no answer"), tag))
    tail = _("{done} of {count}").format(done=count - len(items), count=count)
    yield from _gate(_("all required questions are answered"), items, BLOCKS, tail)


def _group(
    visit: "Visit", left: "Iterable[Left]", kinds: tuple[str, ...], said: str, state: str, tag: str
) -> list[Line]:
    items = [
        _item(
            visit, state, each.form, each.paths[0],
            problem_words(each.problem) if each.problem is not None else _awaited(visit, each), tag,
            TABLES if each.kind == ROWS else "",
        )
        for each in left
        if each.kind in kinds
    ]  # fmt: skip
    return list(_gate(said, items, state))


def _awaited(visit: "Visit", left: "Left") -> str:
    standing = visit.state.standing(left.form, left.paths[0]) if left.kind == TO_COME else None
    return awaited_words(standing.entry.why, visit.today) if standing is not None else ""


def problem_words(problem: Problem) -> str:
    """A few words about what an answer lacks; the whole sentence for what is rare."""
    if problem.code == "demand.evidence":
        kinds = _(" or ").join(evidence_kind(kind) for kind in problem.parameters["kinds"].split())
        return _("proof needed: {kinds}").format(kinds=kinds)
    if problem.code in ("demand.reason", "demand.warning_reason"):
        return _("a note is needed: why")
    if problem.code == "answer.constraint":
        return _("breaks the rule of the question")
    return sentence(problem)


def _conflicts(visit: "Visit", tag: str) -> Iterator[Line]:
    items = [
        _item(visit, BLOCKS, each.form, each.path, kind_words(each.kind), tag, CONFLICTS)
        for each in conflicts_waiting(visit)
    ]
    yield from _gate(_("no conflict is open"), items, BLOCKS)


def _grave(visit: "Visit", tag: str) -> Iterator[Line]:
    form = visit.scheme.findings_form
    items = [
        Line("item", BLOCKS, _finding_words(visit, form, problem.place.path), _lacks(problem), FINDINGS,
             f"{form}/{problem.place.path}")
        for problem in visit.blocks_signing()
        if problem.code.startswith("visit.finding_")
    ]  # fmt: skip
    yield from _gate(_("every major finding has an owner and a date"), items, BLOCKS)


def _contradictions(visit: "Visit") -> Iterator[Line]:
    """Grades to look at once more; nothing that stands in the way."""
    form = visit.scheme.findings_form
    items = [
        Line("item", DOUBT, _finding_words(visit, form, problem.place.path), sentence(problem), FINDINGS,
             f"{form}/{problem.place.path}")
        for problem in contradictions(form, visit.fillings)
    ]  # fmt: skip
    yield from _gate(_("every finding's grade agrees with its answer"), items, DOUBT)


def _lacks(problem: Problem) -> str:
    return _("no date") if problem.code == "visit.finding_due" else _("no owner")


def _finding_words(visit: "Visit", form: str, path: str) -> str:
    row = path[: path.rindex("]") + 1]
    number = conflicts.row_number(visit, form, row)
    return f"{number} {visit.filling(form).row_label(row)}"


def _score_gates(visit: "Visit", score: Score, tag: str) -> Iterator[Line]:
    items = []
    for gate in score.gates:
        if gate.state in (FAIL, OPEN):
            said = _("fails") if gate.state == FAIL else _("not decided")
            kind = _("limits the level") if gate.limiting else _("veto")
            items.append(_item(visit, DOUBT, gate.form, gate.path, f"{said}: {kind}", tag))
    passed = len(score.gates) - len(items)
    tail = _("{done} of {count}").format(done=passed, count=len(score.gates)) if score.gates else ""
    yield from _gate(_("gate questions and limiting indicators are passed"), items, DOUBT, tail)


def balance_limit(visit: "Visit", chart: FlowChart) -> Fraction | None:
    """Accepted unexplained share of the chart's input in per cent; None while nobody said."""
    try:
        value = visit.filling(chart.form).state(BALANCE_TOLERANCE).value
    except KeyError:
        return None
    return Fraction(value.n) if isinstance(value, Quantity) else None


def unexplained_share(chart: FlowChart) -> Fraction | None:
    """Unexplained part of the input in per cent; None without an input."""
    return chart.unexplained / chart.input * 100 if chart.input else None


def charts(visit: "Visit") -> list[FlowChart]:
    """Every flow chart of the visit that has any flow."""
    found = [chart for form, filling in visit.fillings.items() for chart in flow_charts(visit.forms[form], filling)]
    return [chart for chart in found if chart.flows]


def kind_of_flow(kind: str) -> str:
    """What kind of flow a chart shows, in words."""
    return {"energy": _("energy"), "material": _("material")}.get(kind, kind)


def _balances(visit: "Visit") -> Iterator[Line]:
    items = []
    told = []
    for chart in charts(visit):
        share, limit = unexplained_share(chart), balance_limit(visit, chart)
        if share is None:
            continue
        said = _("{kind} {share}% not explained").format(kind=kind_of_flow(chart.kind), share=words.number_words(share))
        told.append(f"{kind_of_flow(chart.kind)} {words.number_words(share)}%")
        if limit is not None and abs(share) > limit:
            accepted = _("accepted {limit}%").format(limit=words.number_words(limit))
            items.append(Line("item", DOUBT, said, accepted, FLOWS, f"{chart.form}/{chart.kind}"))
    yield from _gate(_("flows balance within the accepted share"), items, DOUBT, "   ".join(told))


def _cross_checks(visit: "Visit", tag: str) -> Iterator[Line]:
    items = []
    agree = 0
    for check in cross_checks(visit.scheme, visit.fillings):
        if check.state == DIFFER and check.difference is not None:
            form, _slash, path = check.check.left.partition("/")
            by = _("differ by {share}%").format(share=words.number_words(check.difference))
            at = path.partition("/")[0]
            items.append(Line("item", DOUBT, in_language(check.check.label, tag), by, WALK, f"{form}/{at}"))
        elif check.state == "agree":
            agree += 1
    tail = _("{count} agree").format(count=agree) if not items and agree else ""
    yield from _gate(_("numbers of different forms agree"), items, DOUBT, tail)


def _unanswered(visit: "Visit", left: "Iterable[Left]", tag: str) -> Iterator[Line]:
    items = []
    count = 0
    for each in left:
        if each.kind != UNANSWERED:
            continue
        form, paths = each.form, each.paths
        filling = visit.filling(form)
        optional = [path for path in paths if not filling.state(path).required]
        count += len(optional)
        if optional:
            more = ngettext("{count} open", "{count} open", len(optional)).format(count=len(optional))
            said = more if len(optional) > 1 else ""
            items.append(_item(visit, DOUBT, form, optional[0], said, tag))
    yield from _gate(_("questions that are not required are answered"), items, DOUBT, str(count) if count else "")


def _files(visit: "Visit") -> Iterator[Line]:
    wanted = {row.sha256 for row in visit.store.all_evidence("wanted")}
    items = []
    if wanted:
        for _digest, entry in visit.state.entries():
            about = getattr(entry.value, "about", None)
            if about and about.get("sha256") in wanted and entry.act == acts.ATTACH:
                name = about.get("name") or about.get("caption") or about["sha256"][:8]
                said = _("ask {person}").format(person=entry.person)
                items.append(Line("item", DOUBT, name, said, EVIDENCE, f"{entry.form}/{entry.path}"))
    yield from _gate(_("every photo and document has arrived"), items, DOUBT)


def _parameters(visit: "Visit", tag: str) -> Iterator[Line]:
    items = [
        Line("item", DOUBT, in_language(each.label, tag), each.value or _("no value"))
        for each in visit.scheme.parameters.values()
        if each.status or not each.value
    ]
    yield from _gate(_("the scheme's limits are confirmed by the client"), items, DOUBT)


# Score, levels, findings, changes.


def level_lines(visit: "Visit", score: Score, tag: str) -> list[LevelLine]:
    """Levels of the category, highest first."""
    lines = []
    share = score.hundred
    for level in visit.category.levels:
        parameter = visit.scheme.parameters.get(level.at_least)
        limit = Fraction(parameter.value) if parameter is not None and parameter.value else None
        confirmed = parameter is not None and not parameter.status
        if limit is None:
            state = "unknown"
        elif level.name not in score.levels:
            # Either something better is sure already, or this cannot be reached any more.
            better = score.levels and score.levels[-1] and _rank(visit, score.levels[-1]) < _rank(visit, level.name)
            state = "reached" if better else "out of reach"
        else:
            state = "reached" if score.levels == (level.name,) or score.levels[-1] == level.name else "possible"
        distance = limit - share.least if limit is not None and share.least < limit else None
        lines.append(LevelLine(level.name, in_language(level.label, tag), limit, confirmed, state, distance))
    return lines


def _rank(visit: "Visit", name: str) -> int:
    return next((place for place, level in enumerate(visit.category.levels) if level.name == name), 99)


def recommended(visit: "Visit", score: Score, tag: str) -> str:
    """What can be recommended as things stand: a level when it is sure, else what is still possible."""
    labels = {level.name: in_language(level.label, tag) for level in visit.category.levels} | {"": _("no level")}
    if score.undecided and not score.levels:
        return _("cannot be said: a limit has no value yet")
    if len(score.levels) == 1:
        return labels[score.levels[0]]
    possible = _(", ").join(labels[name] for name in score.levels)
    return _("not sure yet; possible: {levels}").format(levels=possible)


def findings_by_grade(visit: "Visit") -> list[tuple[str, int, int]]:
    """(grade in words, how many, how many of them closed), gravest first; withdrawn ones do not count."""
    form = visit.scheme.findings_form
    if form not in visit.forms:
        return []
    filling = visit.filling(form)
    every: Counter[str] = Counter()
    closed: Counter[str] = Counter()
    for item in filling.items():
        if item.kind != "question" or not isinstance(item.node, Question) or item.node.name != "grade":
            continue
        row = item.path.removesuffix("grade")
        try:
            status = names(filling.state(f"{row}status").value)
        except KeyError:
            status = ()
        for grade in names(filling.state(item.path).value):
            if "withdrawn" not in status:
                every[grade] += 1
                closed[grade] += "closed" in status
    return [(grade_words(grade), every[grade], closed[grade]) for grade in GRADES if every[grade]]


def grave_findings(visit: "Visit") -> list[tuple[str, str, str]]:
    """(spoken number, date to be done by, text) of each veto and major finding that is not withdrawn or closed."""
    form = visit.scheme.findings_form
    if form not in visit.forms:
        return []
    filling = visit.filling(form)
    found = []
    for item in filling.items():
        if item.kind != "question" or not isinstance(item.node, Question) or item.node.name != "grade":
            continue
        if not {"veto", "major"}.intersection(names(filling.state(item.path).value)):
            continue
        row = item.path.removesuffix("/grade")

        def value(name: str, row: str = row) -> object:
            try:
                return filling.state(f"{row}/{name}").value
            except KeyError:
                return None

        status = value("status")
        if status in (("withdrawn",), ("closed",)):
            continue
        due = value("due")
        number = conflicts.row_number(visit, form, row)
        found.append((number, due if isinstance(due, str) and due else _("no date"), filling.row_label(row)))
    return found


def last_signature(state: VisitState) -> Head | None:
    """The last signature that was given, also when the visit was reopened since."""
    return next((head for head in reversed(state.history("", "")) if head[1].act == acts.SIGN), None)


def changes_since(visit: "Visit", sign: Head, tag: str) -> list[ChangeLine]:
    """Answers and rows that are others than the signature saw, in walking order."""
    state = visit.state
    then = VisitState(head for head in state.entries() if head[0] == sign[0] or state.knows(sign, head))
    places: dict[tuple[str, str, str], None] = {}
    for digest, entry in state.entries():
        if digest not in then and entry.form and SLOT_OF.get(entry.act, "") in ("answer", "row"):
            places[entry.form, entry.path, entry.act] = None
    found = []
    met = set()
    for form, path, act in places:
        before, now = (_standing(each, form, path, act) for each in (then, state))
        if (form, path) in met or _same(before, now):
            continue
        met.add((form, path))
        number, label = conflicts.place_words(visit, form, path, tag)
        texts = [
            conflicts.said_words(visit, each, tag) if each is not None else _("no answer") for each in (before, now)
        ]
        found.append(ChangeLine(number, label, texts[0], texts[1], form, path))
    order = {form: place for place, form in enumerate(visit.forms)}
    return sorted(found, key=lambda each: (order.get(each.form, -1), each.number, each.path))


def _standing(state: VisitState, form: str, path: str, act: str) -> Entry | None:
    heads = state.heads(form, path, act)
    return heads[0][1] if heads else None


def _same(before: Entry | None, now: Entry | None) -> bool:
    if before is None or now is None:
        return before is now or (now is not None and meaning(now) == ("gone",))
    return meaning(before) == meaning(now)


def short_digest(digest: str) -> str:
    """The first 16 digits of a digest in groups of four, which two people can read to each other."""
    return " ".join(digest[place : place + 4] for place in range(0, 16, 4))


def signed_over_gaps(visit: "Visit") -> list[str]:
    """What has not arrived, in words, where nothing but that is in the way of signing; else nothing."""
    from assessor_tui.i18n.waiting_words import gap_words
    from assessor_tui.ledger.conflicts import gaps
    from assessor_tui.visit import GAP

    blocking = visit.blocks_signing()
    if not blocking or any(each.code != GAP for each in blocking):
        return []
    behind = {entry.device: entry.seq for _digest, entry in visit.state.gaps()}
    return [gap_words(gap) for gap in gaps(visit.state) if gap.begin < behind.get(gap.device, 0)]
