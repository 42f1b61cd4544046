"""Forms made by chance: questions, groups and repeats whose expressions read each other every way there is."""

import random
from collections.abc import Callable
from itertools import count

from assessor_tui.form.model import Action, Choice, Form, Group, Node, Question, Repeat

CHOICES = {
    "yes_no": (Choice("yes", {"en": "Yes"}), Choice("no", {"en": "No ${n1}"})),
    "kind": tuple(
        Choice(name, {"en": name.title(), "fr": name.upper()}, {"of": name[:1]}) for name in ("ab", "ac", "bd")
    ),
}


class _Making:
    """What a form being made has so far."""

    def __init__(self, chance: random.Random) -> None:
        self.chance = chance
        self.numbers = count(1)
        self.known: list[tuple[str, tuple[str, ...]]] = [("n1", ())]
        """Name of a question, names of the repeats around it."""
        self.repeats: list[tuple[str, tuple[str, ...]]] = []
        self.computed: list[str] = []


def made_form(chance: random.Random) -> Form:
    """A form of a dozen to some dozens of questions, without a circle."""
    making = _Making(chance)
    first = Question("decimal", "n1", {"en": "First"})
    children = [first, *(_node(making, (), 0) for _ in range(chance.randint(4, 12)))]
    return Form("made", "1", {"en": "Made"}, tuple(children), CHOICES, languages=("en", "fr"))


def _node(making: _Making, around: tuple[str, ...], depth: int) -> Node:
    chance, number = making.chance, next(making.numbers)
    kind = chance.random()
    if depth < 3 and kind < 0.15:
        children = tuple(_node(making, around, depth + 1) for _ in range(chance.randint(1, 4)))
        return Group(
            f"g{number}",
            {"en": f"G ${{n1}} {number}"},
            children,
            relevant=_maybe(making, around, _truth),
            read_only=_maybe(making, around, _truth, 0.1),
        )
    if depth < 3 and kind < 0.32:
        name = f"r{number}"
        counted = _number(making, around) if chance.random() < 0.3 else ""
        relevant = _maybe(making, around, _truth)
        making.repeats.append((name, around))
        children = tuple(_node(making, (*around, name), depth + 1) for _ in range(chance.randint(1, 4)))
        rows: tuple[dict[str, str], ...] = () if counted else tuple({} for _ in range(chance.choice((0, 0, 1, 2))))
        count_text = f"({counted}) mod 4" if counted else ""
        return Repeat(
            name,
            {"en": name},
            children,
            repeat_count=count_text,
            relevant=relevant,
            first_rows=rows,
            at_least=chance.choice((0, 0, 1)),
        )
    return _question(making, around, f"q{number}")


def _question(making: _Making, around: tuple[str, ...], name: str) -> Question:
    chance = making.chance
    kind = chance.choice(
        ("decimal", "integer", "text", "select_one", "select_multiple", "calculate", "calculate", "date")
    )
    question = Question(kind, name, {"en": f"{name} ${{n1}}", "fr": f"le {name}"})
    if kind == "calculate":
        question = question._replace(calculation=_calculation(making, around), label={})
        if chance.random() < 0.15 and making.known:
            question = question._replace(trigger=f"${{{_seen(making, around)}}}", type="text")
    else:
        question = question._replace(
            relevant=_maybe(making, around, _truth, 0.35),
            required=_maybe(making, around, _truth, 0.2),
            read_only=_maybe(making, around, _truth, 0.1),
            constraint=chance.choice(("", "", ". != 3", f". != ${{{_seen(making, around)}}}")),
            warning=chance.choice(("", "", f"count(${{{_seen(making, around)}}}) < 3")),
            default=chance.choice(("", "", "1", f"${{{_seen(making, around)}}} + 1", "position(..)" if around else "")),
        )
        if kind.startswith("select"):
            filters = ("", f"of != ${{{_seen(making, around)}}}", f"name != ${{{_seen(making, around)}}} and of = 'a'")
            question = question._replace(list_name="kind", choice_filter=chance.choice(filters))
            if chance.random() < 0.3:
                question = question._replace(list_name="yes_no", choice_filter="")
        if chance.random() < 0.12:
            of = f"${{{_seen(making, around)}}}"
            question = question._replace(actions=(Action("change", chance.choice(("", "'x'", of)), of),))
        if chance.random() < 0.08:
            question = question._replace(
                actions=(*question.actions, Action(chance.choice(("load", "row")), _number(making, around)))
            )
    making.known.append((name, around))
    return question


def _seen(making: _Making, around: tuple[str, ...]) -> str:
    return making.chance.choice(making.known[-12:])[0]


Make = Callable[[_Making, tuple[str, ...]], str]


def _maybe(making: _Making, around: tuple[str, ...], make: Make, share: float = 0.4) -> str:
    return make(making, around) if making.chance.random() < share else ""


def _truth(making: _Making, around: tuple[str, ...]) -> str:
    chance, name = making.chance, _seen(making, around)
    return chance.choice(
        (
            f"${{{name}}} != ''", f"${{{name}}} > 1", f"selected(${{{name}}}, 'ab')", f"not(${{{name}}})",
            f"${{{name}}} = '1' or ${{{_seen(making, around)}}} = 'yes'", f"{_number(making, around)} mod 2 = 0",
            f"string-length(${{{name}}}) < 3 and {_number(making, around)} < 9",
        )
    )  # fmt: skip


def _number(making: _Making, around: tuple[str, ...]) -> str:
    chance, name = making.chance, _seen(making, around)
    kinds = [f"sum(${{{name}}})", f"count(${{{name}}})", f"coalesce(${{{name}}}, 2)", f"if(${{{name}}} > 2, 1, 3)"]
    if around:
        kinds += ["position(..)", f"count(${{{around[-1]}}})"]
    if making.repeats:
        repeat, outside = chance.choice(making.repeats)
        kinds += [f"count(${{{repeat}}})"]
        inside = [each for each, where in making.known if where == (*outside, repeat)]
        if inside:
            kinds += [
                f"coalesce(indexed-repeat(${{{inside[0]}}}, ${{{repeat}}}, {chance.randint(1, 3)}), 0)",
                f"count(${{{repeat}}}[{inside[-1]} != ''])",
                f"sum(${{{repeat}}}[position() < 3]/{inside[0]})",
            ]
            if around and around[-1] == repeat:
                kinds.append(f"coalesce(indexed-repeat(${{{inside[0]}}}, ${{{repeat}}}, position(..) - 1), 5)")
    return chance.choice(kinds)


def _calculation(making: _Making, around: tuple[str, ...]) -> str:
    chance, name = making.chance, _seen(making, around)
    return chance.choice(
        (
            f"{_number(making, around)} + 1", f"concat(${{{name}}}, '-', ${{{_seen(making, around)}}})",
            f"once(${{{name}}})", f"join(' ', ${{{name}}})", f"round({_number(making, around)} div 3, 2)",
            f"if({_truth(making, around)}, {_number(making, around)}, ${{{name}}})",
            f"jr:choice-name(${{{name}}}, '${{{name}}}')", f"max(${{{name}}}, 3)", "today()", "uuid()",
            "${last-saved#n1}",
        )
    )  # fmt: skip
