"""Small forms and short ways to write them, for the tests of the logic."""

from assessor_tui.form.model import Choice, Form, Group, Node, Question, Repeat
from assessor_tui.ledger.value import Quantity, Value
from assessor_tui.logic.compile import CompiledForm, compile_form
from assessor_tui.logic.filling import Context, Filling

TODAY = "2026-11-12"
A, B, C, D = ("a" * 32, "b" * 32, "c" * 32, "d" * 32)
"""Ids of rows."""

CHOICES = {
    "yes_no": (Choice("yes", {"en-HK": "Yes", "zh-Hant-HK": "是"}), Choice("no", {"en-HK": "No", "zh-Hant-HK": "否"})),
    "kind": (Choice("input", {"en-HK": "Input"}), Choice("output", {"en-HK": "Output"})),
    "province": (Choice("hk", {"en-HK": "Hong Kong"}), Choice("gd", {"en-HK": "Guangdong"})),
    "city": (
        Choice("shatin", {"en-HK": "Sha Tin"}, {"province": "hk"}),
        Choice("foshan", {"en-HK": "Foshan"}, {"province": "gd"}),
        Choice("zhuhai", {"en-HK": "Zhuhai"}, {"province": "gd"}),
    ),
}


def number(name: str, **columns: object) -> Question:
    return Question("decimal", name, {"en-HK": name}, **columns)  # type: ignore[arg-type]


def text(name: str, **columns: object) -> Question:
    return Question("text", name, {"en-HK": name}, **columns)  # type: ignore[arg-type]


def one(name: str, list_name: str = "yes_no", **columns: object) -> Question:
    return Question("select_one", name, {"en-HK": name}, list_name=list_name, **columns)  # type: ignore[arg-type]


def many(name: str, list_name: str = "kind", **columns: object) -> Question:
    return Question("select_multiple", name, {"en-HK": name}, list_name=list_name, **columns)  # type: ignore[arg-type]


def row_of(name: str, repeat: str, **columns: object) -> Question:
    return Question("select_one", name, {"en-HK": name}, rows_of=repeat, **columns)  # type: ignore[arg-type]


def computed(name: str, calculation: str, **columns: object) -> Question:
    return Question("calculate", name, calculation=calculation, **columns)  # type: ignore[arg-type]


def group(name: str, *children: Node, **columns: object) -> Group:
    return Group(name, {"en-HK": name}, children, **columns)  # type: ignore[arg-type]


def repeat(name: str, *children: Node, **columns: object) -> Repeat:
    return Repeat(name, {"en-HK": name}, children, **columns)  # type: ignore[arg-type]


def form(*children: Node) -> Form:
    return Form("example", "1", {"en-HK": "Example"}, children, CHOICES)


def compiled(*children: Node) -> CompiledForm:
    return compile_form(form(*children))


def filling(*children: Node, **context: object) -> Filling:
    """An empty filling of a form that must be without mistakes."""
    ready = compiled(*children)
    assert ready.problems == ()
    return Filling(ready, Context(TODAY, **context))  # type: ignore[arg-type]


def n(digits: str, unit: str = "") -> Value:
    return Quantity(digits, unit)


def worth(expression: str, **answers: str) -> str | None:
    """What a calculation shows, with text answers by name."""
    here = filling(*(text(name) for name in answers), computed("result", expression))
    for name, answer in answers.items():
        here.set(name, answer)
    value = here.state("result").value
    assert value is None or isinstance(value, str)
    return value
