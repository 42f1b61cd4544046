"""The page of the expression language is true: each example gives what the arrow says, and no function is left out."""

import re
from pathlib import Path

import pytest

from assessor_tui.form.model import Choice, Form, Group, Instance, Node, Question, Repeat
from assessor_tui.ledger.value import Quantity, Value
from assessor_tui.logic.closures import build
from assessor_tui.logic.compile import compile_form
from assessor_tui.logic.constants import constant
from assessor_tui.logic.filling import Context, Filling
from assessor_tui.logic.functions import FORMS, FUNCTIONS
from assessor_tui.logic.parser import parse
from assessor_tui.logic.values import ErrorValue

PAGE = (Path(__file__).parent.parent / "docs" / "expression_language.md").read_text(encoding="utf-8")
_EXAMPLE = re.compile(r"(?:in row (\d): )?`([^`]+)` → (?:`([^`]*)`|\*(blank|error)\*)")
_ANSWER = re.compile(r"^\| `(\w+)` \| (\w+) \| (.*?) ?\|$", re.MULTILINE)
ROWS = [(f"{at}" * 32, name, nmhc) for at, name, nmhc in ((1, "A", "30"), (2, "B", ""), (3, "C", "45"))]
CHOICES = {
    "yes_no": (Choice("yes", {"en-HK": "Yes"}), Choice("no", {"en-HK": "No"})),
    "kinds": (Choice("water", {"en-HK": "Water"}), Choice("air", {"en-HK": "Air"})),
}
TOWNS = Instance(
    "towns.csv",
    ("name", "label", "region"),
    (("st", "Sha Tin", "hk"), ("fs", "Foshan", "gd"), ("zh", "Zhuhai", "gd")),
)


def examples() -> list[tuple[str, str, str | None, str]]:
    """(expression, row, what is shown or None, ``blank`` or ``error``)."""
    return [(hit[2].replace("\\|", "|"), hit[1] or "", hit[3], hit[4] or "") for hit in _EXAMPLE.finditer(PAGE)]


def asked() -> list[tuple[str, str, str]]:
    """(name, type, answer) of the questions at the head of the page."""
    return _ANSWER.findall(PAGE[: PAGE.index("## Values")])


def filled(expression: str, row: str) -> str | None:
    """What a calculation shows in the checklist of the page."""
    result = Question("calculate", "result", calculation=expression)
    lists = {"select_one": "yes_no", "select_multiple": "kinds"}
    questions = [Question(kind, name, list_name=lists.get(kind, "")) for name, kind, _ in asked()]
    inside = (Question("text", "name"), Question("decimal", "nmhc"), *([result] if row else []))
    children: tuple[Node, ...] = (Group("head", {}, tuple(questions)), Repeat("outlets", {}, inside))
    form = Form(
        "page", "1", {"en-HK": "Page"}, (*children, *([] if row else [result])), CHOICES, instances={"towns": TOWNS}
    )
    compiled = compile_form(form)
    assert compiled.problems == ()
    here = Filling(compiled, Context("2026-11-12", now="2026-11-12T10:00:00.000+08:00"))
    for name, kind, answer in asked():
        if answer:
            here.set(name, as_value(kind, answer))
    for key, name, nmhc in ROWS:
        here.add_row("outlets", key)
        here.set(f"outlets[{key}]/name", name)
        if nmhc:
            here.set(f"outlets[{key}]/nmhc", Quantity(nmhc))
    value = here.state(f"outlets[{ROWS[int(row) - 1][0]}]/result" if row else "result").value
    assert value is None or isinstance(value, str)
    return value


def as_value(kind: str, answer: str) -> Value:
    if kind in ("integer", "decimal"):
        return Quantity(answer)
    return tuple(answer.split()) if kind.startswith("select") else answer


@pytest.mark.parametrize(("expression", "row", "shown", "nothing"), examples(), ids=lambda value: str(value)[:60])
def test_an_example_of_the_page_gives_what_it_says(expression: str, row: str, shown: str | None, nothing: str) -> None:
    assert filled(expression, row) == (shown or None)
    if "$" not in expression:
        assert isinstance(constant(parse(expression)), ErrorValue) is (nothing == "error")


@pytest.mark.parametrize("name", sorted({*FUNCTIONS, *FORMS}))
def test_every_function_has_its_row_and_an_example(name: str) -> None:
    rows = [line for line in PAGE.splitlines() if re.match(rf"\|[^|]*`{re.escape(name)}[(`]", line)]
    assert rows, f"{name} is not on the page"
    if name not in ("jr:itext", "extract-signed"):
        shown = [expression for expression, _, _, _ in examples() if re.search(rf"(?<![\w:-]){name}\(", expression)]
        assert shown, f"{name} has no example"


def test_the_page_names_no_function_that_does_not_exist() -> None:
    for line in PAGE.splitlines():
        if line.startswith("| `") and " → " in line:
            for name in re.findall(r"`([a-z][\w:-]*)\(", line.split(" | ")[0]):
                assert name in FUNCTIONS or name in FORMS


def test_an_example_can_fail() -> None:
    assert filled("1 + 1", "") == "2"
    assert build(parse("1 + 1")).result == "n"
    assert len(examples()) > 150
