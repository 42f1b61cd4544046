"""What the card says about one question, and what stands beside it: made from the visit as values."""

import re
from collections.abc import Sequence
from typing import TYPE_CHECKING, NamedTuple

from assessor_tui.assess.left import demands_at
from assessor_tui.assess.places import ROLE
from assessor_tui.assess.score import most_points, points_of
from assessor_tui.form.model import RANK, SILENT_TYPES, Question, Repeat, in_language
from assessor_tui.i18n import _, language, ngettext
from assessor_tui.i18n.asked_words import broken_words, example
from assessor_tui.i18n.sentences import sentence
from assessor_tui.ledger.typed import shows
from assessor_tui.ledger.value import Evidence, names
from assessor_tui.logic.filling import Filling, QuestionState
from assessor_tui.problem import Problem
from assessor_tui.tui.input_keys import MOST_DIGITS
from assessor_tui.tui.shown import words
from assessor_tui.tui.shown.place_card import place_lines
from assessor_tui.tui.shown.returns import notices, talk_part
from assessor_tui.tui.widgets.card import CardModel, ChoiceLine, Part, Remark, TextPage
from assessor_tui.units import unit_name

if TYPE_CHECKING:
    from assessor_tui.form.model import Choice
    from assessor_tui.ledger.entry import Entry
    from assessor_tui.visit import Visit

"""More choices than this are chosen from a search list."""


def evidence_kind(kind: str) -> str:
    """A kind of evidence as people call it."""
    return {
        "photo": _("photo"),
        "document": _("document"),
        "original_seen": _("original seen"),
        "interview": _("interview"),
        "measured": _("measurement"),
        "recomputed": _("own calculation"),
    }.get(kind, kind)


_BLANK = re.compile(r"\{[a-z_]+\}")
"""What the assessor fills in when the ready text becomes a finding."""


MOST_READ = 3
"""Questions that a computed value is said to come from; the others are told by "why?"."""

MOST_SHOWN = 14
"""Longer lists than this are not written out on the card."""


class Look(NamedTuple):
    """How a card is to be shown."""

    tag: str
    """Language of the card."""
    second: str = ""
    """Second language, ``""`` for none."""
    hidden: bool = False
    """True while scores, notes and history are hidden from onlookers."""
    flagged: bool = False
    draft: str = ""
    """Text typed and not saved."""
    position: str = ""
    placed: tuple[str, ...] = ()
    """Choices of a rank that have a place in the order which is being made."""


def card_of(visit: "Visit", form: str, path: str, look: Look) -> CardModel:
    """The card of the question or table at ``path``.

    Raises:
        KeyError: when nothing stands there.
    """
    filling = visit.filling(form)
    try:
        now = filling.state(path)
    except KeyError:
        return _table_card(visit, form, filling, path, look)
    question = now.question
    offered = filling.choices(path) if words.answers_by_choice(question) else ()
    short = bool(offered) and len(offered) <= MOST_DIGITS
    status = "conflict" if _is_disputed(visit, form, path) else now.status
    if question.type == "file" and visit.state.evidence(form, path):
        status = "answered"
    if status == "answered" and any(_problem_state(each) == "problem" for each in now.problems):
        status = "problem"
    if status != "conflict" and (form, path) in visit.returned:
        status = "returned"
    model = CardModel(
        number=question.number,
        label=filling.label(path, look.tag),
        other_label=_second(filling.label(path, look.second), filling.label(path, look.tag)) if look.second else "",
        position=look.position,
        demands=_about(visit, question, now, look),
        hint=filling.text(path, "hint", look.tag) if question.hint else "",
        status=status if question.type not in ("note", "calculate") else "missing",
        many=question.type in ("select_multiple", RANK),
        flagged=look.flagged,
        remarks=tuple(_remarks(visit, form, filling, now, look)),
        parts=tuple(_parts(visit, form, path, look)),
        notices=notices(visit, form, path, hidden=look.hidden),
    )
    if question.type == RANK and len(offered) <= MOST_SHOWN:
        return _rank_card(model, filling, now, offered, look)
    if short or question.type == "acknowledge":
        return model._replace(choices=tuple(_choice_lines(filling, now, offered, look)))
    if MOST_DIGITS < len(offered) <= MOST_SHOWN:
        search = _("type to search {count} choices").format(count=len(offered))
        searched = [line._replace(digit="") for line in _choice_lines(filling, now, offered, look)]
        return model._replace(choices=tuple(searched), hint="\n".join(text for text in (model.hint, search) if text))
    if question.type == "text" and question.role == ROLE and (lines := place_lines(visit, now, look.tag)):
        typed = _("a digit takes a place; or type it")
        return model._replace(choices=lines, hint="\n".join(text for text in (model.hint, typed) if text))
    decimals = question.decimals
    answer = words.value_words(filling, path, now.value, look.tag) if now.status == "answered" else ""
    if question.type == "calculate" and answer:
        answer = shown_number(answer, decimals)
    return model._replace(
        answer=answer, prompt=_prompt(question, now, len(offered)), points=_earned(question, now, look)
    )


def shown_number(text: str, decimals: int) -> str:
    """A computed number with the decimals its form asks for, grouped; other text as it is."""
    from assessor_tui.i18n import grouped

    try:
        if decimals >= 0:
            from decimal import ROUND_HALF_UP, Decimal

            text = str(Decimal(text).quantize(Decimal(1).scaleb(-decimals), ROUND_HALF_UP))
        float(text)
    except (ValueError, ArithmeticError):
        return text
    return grouped(text)


def _second(text: str, first: str) -> str:
    return text if text != first else ""


def _is_disputed(visit: "Visit", form: str, path: str) -> bool:
    standing = visit.state.standing(form, path)
    return standing is not None and standing.disputed


def _about(visit: "Visit", question: Question, now: QuestionState, look: Look) -> str:
    said: list[str] = []
    if question.points and question.weight != "1" and not look.hidden:
        said.append(_("weight {weight}").format(weight=question.weight))
    if kinds := question.evidence.get("*", ()):
        said.append(_("proof: {kinds}").format(kinds=_or(kinds)))
    from assessor_tui.assess.left import counts, is_demanded

    extent = visit.extent
    if question.type in SILENT_TYPES:
        pass
    elif is_demanded(now, full=extent.full):
        said.append(_("required"))
    elif extent.leaves_out(question):
        said.append(_("at hand, not asked on this visit"))
    elif not counts(question, full=extent.full):
        said.append(_("optional"))
    return "   ".join(said)


def _or(kinds: Sequence[str]) -> str:
    return _(" or ").join(evidence_kind(kind) for kind in kinds)


def _rank_card(
    model: CardModel, filling: Filling, now: QuestionState, offered: Sequence["Choice"], look: Look
) -> CardModel:
    """An order: each choice with its place in it, those that have none yet after them."""
    placed = look.placed or (names(now.value) if now.status == "answered" else ())
    by_name = {choice.name: choice for choice in offered}
    places = {name: place for place, name in enumerate((each for each in placed if each in by_name), 1)}
    lines = []
    for index, choice in enumerate(offered, 1):
        first = words.choice_label(filling, now.path, choice, look.tag)
        second = _second(words.choice_label(filling, now.path, choice, look.second), first) if look.second else ""
        place = places.get(choice.name)
        box = f"[{place}]" if place else "[ ]"
        digit = str(index) if index <= MOST_DIGITS else ""
        lines.append(ChoiceLine(first, digit, bool(place), "", second, box))
    said = _("Digits in the order that is meant, the foremost first; {key} opens the whole order.")
    said = said.format(key="Enter" if "[" in now.path else "Tab")  # inside a row Tab goes to the next field
    hint = "\n".join(text for text in (model.hint, said) if text)
    if look.placed and len(places) < len(offered):
        left = ngettext(
            "{count} has no place yet: nothing is saved before all have one. 0 begins again.",
            "{count} have no place yet: nothing is saved before all have one. 0 begins again.",
            len(offered) - len(places),
        ).format(count=len(offered) - len(places))
        model = model._replace(remarks=(Remark(left, "edit"), *model.remarks))
    return model._replace(choices=tuple(lines), hint=hint)


def _choice_lines(filling: Filling, now: QuestionState, offered: Sequence["Choice"], look: Look) -> list[ChoiceLine]:
    question = now.question
    if question.type == "acknowledge":
        return [ChoiceLine(_("Confirmed"), "1", now.status == "answered")]
    taken = names(now.value) if now.status == "answered" else ()
    lines = []
    for index, choice in enumerate(offered, 1):
        name = choice.name
        first = words.choice_label(filling, now.path, choice, look.tag)
        second = ""
        if look.second and not question.rows_of:
            second = _second(words.choice_label(filling, now.path, choice, look.second), first)
        lines.append(ChoiceLine(first, str(index), name in taken, _effect(question, name, look), second))
    return lines


def _effect(question: Question, name: str, look: Look) -> str:
    """What choosing it brings: points, a veto, what it demands."""
    said: list[str] = []
    if name in question.evidence:
        said.append(_("proof"))
    if name in question.reason:
        said.append(_("note"))
    if not look.hidden:
        if name in question.veto:
            said.append(_("veto"))
        elif name in question.limiting:
            said.append(_("limits"))
        if question.points and most_points(question):
            earned = points_of(question, (name,))
            said.append(f"{words.number_words(earned) if earned is not None else '?':>3}")
    return "  ".join(said)


def _earned(question: Question, now: QuestionState, look: Look) -> str:
    if look.hidden or (not question.points and question.benchmark is None) or now.status != "answered":
        return ""
    earned = points_of(question, now.value)
    if earned is None:
        return _("points open: its benchmark is not loaded")
    most = words.number_words(most_points(question))
    return _("{points} of {most} points").format(points=words.number_words(earned), most=most)


def _prompt(question: Question, now: QuestionState, offered: int) -> str:
    kind = question.type
    if kind == "calculate":
        return _("computed from other answers") if now.value is not None else _("computed; answers are still missing")
    if kind == "note":
        return ""
    if kind == "file":
        return _("F3 photo   F4 document, or a record of what was seen")
    if words.answers_by_choice(question):
        if not offered:
            return _("There are no rows to choose from yet: fill the table first.") if question.rows_of else ""
        return _("type to search {count} choices").format(count=offered)
    if now.read_only:
        return _("filled in by the form itself")
    if now.status == "answered":
        return _("type a new answer; Tab edits this one")
    if kind == "quantity":
        return _("type the number; unit {units}").format(
            units=_(" or ").join(unit_name(unit, language()) for unit in question.units)
        )
    if kind in ("integer", "decimal"):
        return _("type the number")
    if kind == "date" and shows(question) == "day":
        return _("type the date, such as 2026-11-12 or 12/11")
    if kind == "range":
        return _("type the number, {range}; Left and Right step").format(range=example(question))
    if shown := example(question):
        return _("type it: {example}").format(example=shown)
    return _("type the answer")


def _remarks(visit: "Visit", form: str, filling: Filling, now: QuestionState, look: Look) -> list[Remark]:
    found: list[Remark] = []
    question, path = now.question, now.path
    standing = visit.state.standing(form, path)
    if standing is not None and standing.disputed:
        for _digest, entry in standing.heads:
            found.append(Remark(f"{entry.person}: {said_in(filling, path, entry, look.tag)}", "conflict", "conflict"))
        found.append(
            Remark(_("Two laptops answered differently. The conflict is settled by a person."), "", "conflict")
        )
    if standing is not None and now.status in ("not applicable", "to come"):
        why = standing.entry.why
        if now.status == "to come":
            from assessor_tui.i18n.sentences import awaited_words

            why = awaited_words(why, visit.today)
        found.append(Remark(f"{words.status_words(now.status)}: {why}".rstrip(": "), now.status))
    if question.calculation and not look.hidden and (read := _read_by(filling, path, look.tag)):
        found.append(Remark(_("computed from {names}").format(names=read)))
    for problem in now.problems:
        if problem.code == "answer.required":
            continue
        found.append(Remark(broken_words(filling, path, problem, look.tag), _problem_state(problem)))
    found += [Remark(sentence(problem), "warning") for problem in filling.cut_off(path)]
    for problem in demands_at(filling, visit.state, form, path):
        if problem.code == "demand.evidence":
            text = _("Proof is needed: {kinds}. F3 photo, F4 document or record.")
            found.append(Remark(text.format(kinds=_or(problem.parameters["kinds"].split())), "warning", "proof"))
        elif problem.code == "demand.reason":
            found.append(Remark(_("A note is needed: why this answer. F2 writes it."), "warning", "note"))
        else:
            found.append(Remark(_("If it is right, say why in a note. F2 writes it."), "warning", "note"))
    if not look.hidden and (ready := ready_finding(question, now)) is not None:
        grade, ready_text = ready
        if not findings_about(visit, question.number, f"{form}/{path}"):
            said = _("This answer calls for a finding ({grade}). F5 writes it: {text}").format(
                grade=grade_words(grade), text=_BLANK.sub("____", in_language(ready_text, look.tag))
            )
            found.append(Remark(said, "", "finding"))
    if look.draft:
        found.append(Remark(_("Typed and not saved: {text}  Tab goes on typing.").format(text=look.draft), "edit"))
    if standing is not None and not standing.disputed and (decided := _decided(visit, filling, standing.entry, look)):
        found += decided
    elif standing is not None and not standing.disputed and not visit.store.wrote(standing.entry):
        found.append(Remark(_("answered by {person}").format(person=standing.entry.person)))
    return found


def _read_by(filling: Filling, path: str, tag: str) -> str:
    """What a computed value comes from, as people call it: the first of the questions that its expression reads."""
    from assessor_tui.logic.explain import explain

    read = [each.path for each in explain(filling, path).reads if each.path in filling.nodes and each.path != path]
    called = []
    for each in dict.fromkeys(read):
        node = filling.nodes[each].definition.node
        label = "" if each.endswith("]") else filling.label(each, tag)
        called.append(f"{getattr(node, 'number', '')} {label}".strip() or each.rpartition("/")[2])
    more = ["..."] if len(called) > MOST_READ else []
    return _(", ").join([*called[:MOST_READ], *more])


def _decided(visit: "Visit", filling: Filling, entry: "Entry", look: Look) -> list[Remark]:
    """Who has decided between what several had said, and why; who had said what. Nothing where nobody has."""
    if not entry.why or look.hidden:
        return []
    from assessor_tui.ledger.undo import said_first, sides_of

    sides = [said_first(visit.state, head)[1] for head in sides_of(visit.state, entry)]
    if entry.act != "settle" and len(sides) < 2:
        return []
    words_ = _("decided by {person}, because: {why}").format(person=entry.person, why=entry.why)
    said = [f"{side.person}: {said_in(filling, entry.path, side, look.tag)}" for side in sides]
    return [Remark(words_, "answered", "conflict"), *(Remark(each) for each in said if len(sides) > 1)]


def said_in(filling: Filling, path: str, entry: "Entry", tag: str) -> str:
    """What one entry says about its question."""
    from assessor_tui.ledger.returns import is_over

    if is_over(entry):
        return _("withdrawn")
    if entry.act == "return":
        return _("returned: {why}").format(why=" ".join(entry.why.split()))
    if entry.act == "comment":
        return _("comment: {text}").format(text=entry.value)
    said = words.value_words(filling, path, entry.value, tag)
    return said or {"clear": _("taken back")}.get(entry.act, words.status_words(entry.act))


def _problem_state(problem: Problem) -> str:
    return "warning" if problem.code == "answer.warning" else "problem"


def grade_words(grade: str) -> str:
    """The grade of a finding as people call it."""
    return {
        "veto": _("veto"),
        "major": _("major"),
        "minor": _("minor"),
        "observation": _("observation"),
        "good_practice": _("good practice"),
    }.get(grade, grade)


def ready_finding(question: Question, now: QuestionState) -> tuple[str, dict[str, str]] | None:
    """(grade, text) of the finding that the answer calls for; the gravest when there are several."""
    if now.status != "answered" or not now.relevant:
        return None
    from assessor_tui.form.model import GRADES

    called = [question.finding[name] for name in names(now.value) if name in question.finding]
    if not called:
        return None
    gravest = min(called, key=lambda each: GRADES.index(each.grade))
    return gravest.grade, dict(gravest.text)


def findings_about(visit: "Visit", number: str, target: str = "") -> list[tuple[str, str]]:
    """(row path, spoken number) of the findings that name the question: by ``form/path``, or by its number."""
    form = visit.scheme.findings_form
    if form not in visit.forms:
        return []
    filling = visit.filling(form)
    found = []
    try:
        for row in filling.rows("findings"):
            path = f"findings[{row}]"
            named = filling.state(f"{path}/question").value
            if named and named in (number, target):
                found.append((path, visit.state.row_number(form, path, "F")))
    except KeyError:
        return []
    return found


def _parts(visit: "Visit", form: str, path: str, look: Look) -> list[Part]:
    parts: list[Part] = []
    notes = [] if look.hidden else visit.state.notes(form, path)
    if notes:
        parts.append(Part(_("Note"), tuple(Remark(str(entry.value)) for _digest, entry in notes), "F2", "note"))
    if not look.hidden:
        parts += talk_part(visit, form, path)
    evidence = [entry.value for _digest, entry in visit.state.evidence(form, path)]
    if evidence:
        lines = tuple(Remark(evidence_words(value)) for value in evidence if isinstance(value, Evidence))
        parts.append(Part(_("Proof"), lines, "", "evidence"))
    if not look.hidden:
        question = visit.filling(form).state(path).question
        if about := findings_about(visit, question.number, f"{form}/{path}"):
            filling = visit.filling(visit.scheme.findings_form)
            lines = tuple(Remark(f"{number}  {filling.row_label(row)}", target=f"row:{row}") for row, number in about)
            parts.append(Part(_("Findings"), lines, "", "findings"))
    return parts


def evidence_words(value: Evidence) -> str:
    """One line about a piece of evidence."""
    about = value.about
    named = about.get("caption") or about.get("name") or about.get("number") or about.get("post") or ""
    more = [
        about[key] for key in ("number", "issuer", "date", "page", "kept") if about.get(key) and about[key] != named
    ]
    return "  ".join([evidence_kind(value.kind), named, *more]).strip()


def _table_card(visit: "Visit", form: str, filling: Filling, path: str, look: Look) -> CardModel:
    """A table as a card: its rows as lines, a digit walks a row."""
    rows = filling.rows(path)
    node = next(item.node for item in filling.items() if item.path == path and item.kind == "repeat")
    assert isinstance(node, Repeat)
    lines = []
    for index, row in enumerate(rows, 1):
        row_path = f"{path}[{row}]"
        missing = row_gaps(filling, row_path, full=visit.extent.full)
        said = ngettext("{count} open", "{count} open", missing).format(count=missing) if missing else _("complete")
        lines.append(ChoiceLine(filling.row_label(row_path), str(index) if index <= MOST_DIGITS else "", False, said))
    label = filling.label(path, look.tag)
    problems = (*filling.problems.get(path, ()), *filling.cut_off(path))
    return CardModel(
        number=node.number,
        label=label,
        other_label=_second(filling.label(path, look.second), label) if look.second else "",
        position=look.position,
        demands=ngettext("table, {count} row", "table, {count} rows", len(rows)).format(count=len(rows)),
        hint=filling.text(path, "hint", look.tag) if node.hint else "",
        status="missing" if problems or not rows else "answered",
        choices=tuple(lines),
        to_open=True,
        prompt=_("Enter opens the table; a digit walks through that row")
        if rows
        else _("Enter opens the table; there you add the rows"),
        remarks=tuple(Remark(_rows_words(problem), "warning") for problem in problems),
        flagged=look.flagged,
        notices=notices(visit, form, path, hidden=look.hidden),
        parts=() if look.hidden else talk_part(visit, form, path),
    )


def _rows_words(problem: Problem) -> str:
    if problem.code != "answer.rows":
        return sentence(problem)
    least, have = int(problem.parameters["at_least"]), int(problem.parameters["rows"])
    if not have:
        return ngettext(
            "No row yet; at least {count} is needed.", "No row yet; at least {count} are needed.", least
        ).format(count=least)
    return _("{have} of at least {least} rows.").format(have=have, least=least)


def row_gaps(filling: Filling, row_path: str, *, full: bool = False) -> int:
    """Questions of a row that are asked and have no answer; ``full`` as ``Visit.extent``."""
    from assessor_tui.assess.left import is_asked

    start = f"{row_path}/"
    return sum(
        1
        for item in filling.items()
        if item.path.startswith(start) and is_asked(item, full=full) and filling.state(item.path).status == "missing"
    )


def guidance_of(visit: "Visit", form: str, path: str, look: Look) -> TextPage:
    """What to look at, whom to ask, where it comes from."""
    filling = visit.filling(form)
    try:
        node: Question | Repeat = filling.state(path).question
    except KeyError:
        found = next((item.node for item in filling.items() if item.path == path and item.kind == "repeat"), None)
        if not isinstance(found, Repeat):
            return TextPage()
        node = found
    parts: list[Part] = []
    told = filling.text(path, "guidance", look.tag)
    if told:
        parts.append(Part("", tuple(Remark(text) for text in told.split("\n") if text)))
    if look.second and told:
        other = filling.text(path, "guidance", look.second)
        if other != told:
            parts.append(Part("", tuple(Remark(text) for text in other.split("\n") if text)))
    if isinstance(node, Question):
        if node.clause:
            parts.append(Part(_("Clause"), (Remark(node.clause),)))
        if node.source:
            parts.append(Part(_("Source"), (Remark(node.source),)))
        if node.status and not look.hidden:
            parts.append(Part(_("Points"), (Remark(_("to be confirmed by the scheme's owner")),)))
        if not look.hidden:
            parts += _history(visit, form, path, filling, look)
    return TextPage(_("What to look at"), tuple(parts), _("There is no guidance on this question."))


def _history(visit: "Visit", form: str, path: str, filling: Filling, look: Look) -> list[Part]:
    entries = [entry for _digest, entry in visit.state.history(form, path) if entry.act not in ("note", "attach")]
    if len(entries) < 2:
        return []
    lines = [f"{words.clock_time(entry.at)[:5]}  {said_in(filling, path, entry, look.tag)}" for entry in entries[-4:]]
    return [Part(_("History"), tuple(Remark(text) for text in reversed(lines)))]
