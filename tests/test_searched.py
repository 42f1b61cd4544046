"""Choices that ``search()`` in an appearance takes out of a file."""

from pathlib import Path

import pytest

from assessor_tui.form.model import Choice, Form, Instance, Question
from assessor_tui.interop.xlsform_in import read_xlsform
from assessor_tui.logic.compile import compile_form
from assessor_tui.logic.filling import Context, Filling
from assessor_tui.logic.searched import files_searched

from .logic_forms import TODAY, one, text

FRUITS = Instance(
    "fruits.csv",
    ("key", "name", "name_zh", "kind"),
    (
        ("mango", "Mango", "芒果", "tree"),
        ("melon", "Water Melon", "西瓜", "ground"),
        ("lemon", "Lemon", "", "tree"),
        ("mango", "Mango again", "", "tree"),
        ("", "Nothing", "", "tree"),
    ),
)
LISTS = {
    "fruits": (
        Choice("key", {"en-HK": "name", "zh-Hant-HK": "name_zh"}),
        Choice("99", {"en-HK": "Another one"}),
    ),
    "both": (Choice("key", {"en-HK": "name, kind"}),),
}


def filled(appearance: str, list_name: str = "fruits") -> Filling:
    questions: tuple[Question, ...] = (text("typed"), text("kind"), one("fruit", list_name, appearance=appearance))
    compiled = compile_form(Form("f", "1", {"en-HK": "F"}, questions, LISTS, instances={"fruits.csv": FRUITS}))
    assert compiled.problems == ()
    filling = Filling(compiled, Context(TODAY))
    filling.set("typed", "MEL")
    filling.set("kind", "tree")
    return filling


@pytest.mark.parametrize(
    ("appearance", "expected"),
    [
        ("search('fruits')", "mango melon lemon 99"),
        ("minimal search('fruits.csv')", "mango melon lemon 99"),
        ("search('fruits', 'contains', 'name', ${typed})", "melon 99"),
        ("search('fruits', 'contains', 'name, key', 'ang')", "mango 99"),
        ("quick search( 'fruits','startsWith','key', 'm' )", "mango melon 99"),
        ("search('fruits', 'endswith', 'key', 'ON')", "melon lemon 99"),
        ("search('fruits', 'matches', 'kind', ${kind})", "mango lemon 99"),
        ("search('fruits', 'contains', 'key', 'm', 'kind', ${kind})", "mango lemon 99"),
        ("search('fruits', 'contains', 'name', concat('no', 'thing'))", "99"),
    ],
)
def test_rows_are_found_as_the_appearance_says(appearance: str, expected: str) -> None:
    assert [choice.name for choice in filled(appearance).choices("fruit")] == expected.split()


def test_labels_are_the_columns_that_the_list_names_in_each_language() -> None:
    assert filled("search('fruits')").choices("fruit")[0].label == {"en-HK": "Mango", "zh-Hant-HK": "芒果"}
    assert filled("search('fruits')").choices("fruit")[2].label == {"en-HK": "Lemon", "zh-Hant-HK": "lemon"}
    assert filled("search('fruits')", "both").choices("fruit")[1].label == {"en-HK": "Water Melon, ground"}


def test_what_is_not_found_any_more_is_kept_and_flagged_and_keeps_its_name() -> None:
    filling = filled("search('fruits', 'contains', 'name', ${typed})")
    filling.set("fruit", ("melon",))
    assert not filling.problems

    filling.set("typed", "lemon")
    assert [problem.code for problem in filling.state("fruit").problems] == ["answer.choice_gone"]
    assert filling.chosen_text("fruit", "melon", "en-HK") == "Water Melon"


@pytest.mark.parametrize(
    ("appearance", "code"),
    [
        ("search('fruits', 'contains', 'colour', 'x')", "form.no_such_column"),
        ("search('fruits', 'like', 'name', 'x')", "form.expression"),
        ("search('fruits', 'contains')", "form.expression"),
        ("search('fruits', 'contains', 'name', ${nobody})", "form.unknown_name"),
        ("search('fruits', 'contains'", "form.expression"),
    ],
)
def test_a_search_that_cannot_run_is_told(appearance: str, code: str) -> None:
    form = Form("f", "1", {"en-HK": "F"}, (one("fruit", appearance=appearance),), {"yes_no": LISTS["fruits"]})
    compiled = compile_form(form._replace(instances={"fruits": FRUITS}))
    assert [problem.code for problem in compiled.problems] == [code]


def test_a_workbook_brings_the_files_that_it_searches(tmp_path: Path) -> None:
    table = """
| survey |
| | type | name | label | appearance |
| | select_one fruits | fruit | Fruit | search('fruits') |
| choices |
| | list_name | name | label |
| | fruits | key | name |
"""
    read = read_xlsform(table.encode(), "f.md", {"fruits.csv": b"key,name\na,Apple\n"}.get)
    assert (read.problems, read.warnings) == ((), ())
    assert read.form is not None
    filling = Filling(compile_form(read.form), Context(TODAY))
    assert [choice.label for choice in filling.choices("fruit")] == [{"und": "Apple"}]

    missing = read_xlsform(table.encode(), "f.md", lambda name: None)
    assert [each.code for each in missing.warnings] == ["import.file_missing"]


def test_names_of_searched_files_are_found_in_appearances() -> None:
    assert files_searched("minimal search('a')") == ["a"]
    assert files_searched('search( "b.csv", "contains", "x", ${y})') == ["b"]
    assert files_searched("autocomplete") == []
