"""XLSForms come in as forms: questions, lists, languages and what does not run here, which is kept and named."""

from itertools import count

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from assessor_tui.form.model import Form, Group, Question, Repeat, questions, walk
from assessor_tui.form.read import read_form
from assessor_tui.form.write import to_yaml
from assessor_tui.i18n.sentences import SENTENCES, sentence
from assessor_tui.interop import xlsform_in
from assessor_tui.interop.imported import Imported
from assessor_tui.interop.xlsform_in import read_xlsform
from assessor_tui.ledger.value import Quantity
from assessor_tui.logic.compile import compile_form
from assessor_tui.logic.filling import Context, Filling
from assessor_tui.logic.opening import open_form
from assessor_tui.problem import Problem

FILES = {"towns.csv": b"name,label,county\nkt,Kwun Tong,k\nst,Sha Tin,n\n"}


def imported(survey: str, **sheets: str) -> Imported:
    """What came of Markdown tables; rows without their first pipe."""
    return read_xlsform(_markdown(survey, **sheets).encode(), "form.md", FILES.get)


def _markdown(survey: str, **sheets: str) -> str:
    lines: list[str] = []
    for name, rows in {"survey": survey, **sheets}.items():
        lines += [f"| {name} |", *(f"| | {row.strip()} |" for row in rows.strip().splitlines())]
    return "\n".join(lines) + "\n"


def form_of(survey: str, **sheets: str) -> Form:
    came = imported(survey, **sheets)
    assert came.form is not None, came.problems
    assert not compile_form(came.form).problems
    text = to_yaml(came.form)
    again, problems = read_form(text.encode(), "form.yaml")
    assert again is not None and not problems, (problems, text)
    return came.form


def asked(form: Form) -> dict[str, Question]:
    return {question.name: question for _, question in questions(form)}


def codes(problems: tuple[Problem, ...]) -> list[str]:
    return [problem.code for problem in problems]


YES_NO = """list_name | name | label
    yn | yes | Yes
    yn | no | No"""


# -- questions --------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("written", "type_"),
    [("text", "text"), ("string", "text"), ("int", "integer"), ("decimal", "decimal"), ("dateTime", "datetime"),
     ("time", "time"), ("gps", "geopoint"), ("geotrace", "geotrace"), ("image", "file"), ("audio", "file"),
     ("barcode", "text"), ("acknowledge", "acknowledge"), ("trigger", "acknowledge"), ("note", "note"),
     ("range", "range"), ("file", "file"), ("add date prompt", "date"), ("select_one yn", "select_one"),
     ("select1 yn", "select_one"), ("select one from yn", "select_one"), ("select_multiple yn", "select_multiple"),
     ("select all that apply from yn", "select_multiple"), ("rank yn", "rank")],
)  # fmt: skip
def test_every_word_for_a_type_means_one_of_ours(written: str, type_: str) -> None:
    form = form_of(f"type | name | label\n{written} | a | A", choices=YES_NO)
    question = asked(form)["a"]
    assert question.type == type_
    own = f"{type_} yn" if question.list_name else type_
    assert question.extra.get("xlsform_type", own) == written.replace("dateTime", "datetime")


def test_what_the_program_fills_in_itself_has_its_type() -> None:
    form = form_of("type | name\nstart | s\nget end time | e\ntoday | t\nimei | d\nusername | u\nemail | m")
    assert [question.type for question in asked(form).values()] == [
        "start", "end", "today", "deviceid", "username", "email",
    ]  # fmt: skip


def test_headings_may_be_written_in_any_of_their_ways() -> None:
    form = form_of(
        "Type | Name | caption | relevance | Constraint | constraining_message | readonly | bind::required\n"
        "integer | a | A | 1 = 1 | . > 1 | More | no | yes"
    )
    question = asked(form)["a"]
    assert (question.relevant, question.constraint, question.read_only, question.required) == (
        "1 = 1", ". > 1", "no", "yes",
    )  # fmt: skip
    assert (question.label, question.constraint_message) == ({"und": "A"}, {"und": "More"})


def test_typographic_quotes_are_plain_ones_in_expressions_only() -> None:
    question = asked(form_of("type | name | label | relevant\ntext | a | “A” | 1 = ‘1’"))["a"]
    assert (question.label["und"], question.relevant) == ("“A”", "1 = '1'")


def test_a_type_that_brings_a_rule_has_it() -> None:
    form = form_of("type | name | label\npercentage | p | P\nphone number | t | T")
    assert asked(form)["p"].constraint == "0 <= . and . <= 100"
    assert asked(form)["t"].hint == {"und": "Enter numbers only."}


def test_a_default_means_here_what_it_means_there() -> None:
    form = form_of(
        "type | name | label | default\ninteger | a | A | 1 + 1\ntext | b | B | a (b)\ndate | c | C | 2026-11-12\n"
        "date | d | D | today()\ntext | e | E | it's (x)"
    )
    filling = Filling(compile_form(form), Context("2026-11-12"))
    begun = filling.defaults()
    assert begun == {
        "a": Quantity("2", ""), "b": "a (b)", "c": "2026-11-12", "d": "2026-11-12", "e": "it's (x)",
    }  # fmt: skip
    assert asked(form)["a"].extra["as_written"] == {"default": "1 + 1"}


def test_a_question_nobody_sees_is_computed() -> None:
    form = form_of(
        "type | name | label | calculation | trigger\ninteger | a | A | |\ninteger | b | | ${a} + 1 |\n"
        "text | c | | now() | ${a}\ntext | d | D | ${a} | "
    )
    assert {name: question.type for name, question in asked(form).items()} == {
        "a": "integer", "b": "calculate", "c": "calculate", "d": "text",
    }  # fmt: skip
    assert asked(form)["b"].data_type == "int"


def test_a_value_can_wait_for_several_questions() -> None:
    form = form_of(
        "type | name | label | calculation | trigger\ntext | a | A | |\ntext | b | B | |\n"
        "calculate | c | | concat(${a}, ${b}) | ${a}, ${b}"
    )
    filling = Filling(compile_form(form), Context("2026-11-12"))
    filling.set("b", "x")
    assert filling.state("c").value == "x"


# -- lists ------------------------------------------------------------------------------------------------------------


def test_choices_keep_the_columns_that_filters_name() -> None:
    form = form_of(
        "type | name | label | choice_filter\ntext | c | C |\nselect_one towns | t | T | county = ${c}",
        choices="list_name | name | label | county\ntowns | kt | Kwun Tong | k\ntowns | st | Sha Tin | n",
    )
    filling = Filling(compile_form(form), Context("2026-11-12"))
    filling.set("c", "n")
    assert [choice.name for choice in filling.choices("t")] == ["st"]


def test_a_list_can_stand_in_a_file_beside_the_form() -> None:
    form = form_of("type | name | label\nselect_one_from_file towns.csv | t | T")
    assert form.instances["towns"].rows[0] == ("kt", "Kwun Tong", "k")
    filling = Filling(compile_form(form), Context("2026-11-12"))
    assert [choice.name for choice in filling.choices("t")] == ["kt", "st"]


def test_a_file_that_is_missing_is_named_where_it_is_wanted() -> None:
    came = imported("type | name | label\ntext | x | X\nselect_one_from_file nowhere.csv | t | T")
    assert came.form is not None
    (warning,) = came.warnings
    assert (warning.code, warning.place.line, warning.place.column) == ("import.file_missing", 3, 1)
    assert warning.parameters == {"file": "nowhere.csv"}


def test_pulldata_and_rows_that_only_name_a_file_bring_their_lists() -> None:
    form = form_of(
        "type | name | label | calculation\ntext | a | A |\n"
        "calculate | b | | pulldata('towns', 'label', 'name', ${a})\ncsv-external | towns | |"
    )
    assert form.instances["towns"].source == "towns.csv"
    assert form.extra["rows"] == [{"before": "", "cells": {"type": "csv-external", "name": "towns"}}]
    filling = Filling(compile_form(form), Context("2026-11-12"))
    filling.set("a", "st")
    assert filling.state("b").value == "Sha Tin"


def test_choices_can_be_the_rows_of_a_repeat() -> None:
    form = form_of(
        "type | name | label\nbegin repeat | r | R\ntext | n | N\nend repeat | |\nselect_one ${n} | which | Which"
    )
    assert (asked(form)["which"].itemset, asked(form)["which"].list_name) == ("${n}", "itemset")


def test_or_other_adds_a_choice_and_a_question_that_are_told_apart() -> None:
    form = form_of("type | name | label\nselect_one yn or_other | a | A", choices=YES_NO)
    assert [choice.name for choice in form.choices["yn"]] == ["yes", "no", "other"]
    assert asked(form)["a_other"].extra == {"generated": "or_other"}
    filling = Filling(compile_form(form), Context("2026-11-12"))
    assert not filling.state("a_other").relevant
    filling.set("a", ("other",))
    assert filling.state("a_other").relevant


def test_external_choices_are_a_list_like_any() -> None:
    came = imported(
        "type | name | label | choice_filter\ntext | c | C |\nselect_one_external towns | t | T | county=${c}",
        external_choices="list_name | name | label | county\ntowns | kt | Kwun Tong | k",
    )
    assert came.form is not None
    assert came.form.extra["external_lists"] == ["towns"]
    assert came.form.choices["towns"][0].label == {"und": "Kwun Tong"}


# -- groups, repeats, names -------------------------------------------------------------------------------------------


def test_groups_and_repeats_stand_inside_each_other() -> None:
    form = form_of(
        "type | name | label | relevant | repeat_count | appearance\n"
        "begin_group | g | G | 1 = 1 | | field-list\nbegin repeat | r | R | | |\ntext | a | A | | |\n"
        "end repeat | | | | |\nend_group | | | | |\nbegin repeat | c | C | | 2 |\n"
        "text | b | B | | |\nend repeat | | | | |"
    )
    group, counted = form.children
    assert isinstance(group, Group) and isinstance(counted, Repeat)
    assert (group.relevant, group.appearance, group.weight) == ("1 = 1", "field-list", "1")
    (repeat,) = group.children
    assert isinstance(repeat, Repeat)
    assert (repeat.first_rows, counted.first_rows, counted.repeat_count) == (({},), (), "2")


def test_a_name_in_two_groups_is_two_names_and_called_as_written() -> None:
    form = form_of(
        "type | name | label\nbegin group | g | G\ntext | a | A\nend group | |\nbegin group | h | H\ntext | a | B\n"
        "end group | |\nbegin group | i | I\nbegin group | h | K\ntext | a | C\nend group | |\nend group | |"
    )
    names = [(node.name, node.called) for _, node in walk(form.children)]
    assert names == [
        ("g", ""), ("a", ""), ("h", ""), ("h.a", "a"), ("i", ""), ("i.h", "h"), ("i.h.a", "a"),
    ]  # fmt: skip


def test_a_name_in_other_letters_is_called_as_written_and_stored_plainly() -> None:
    form = form_of("type | name | label | relevant\ntext | größe | A |\ntext | 名 | B | ${größe} = '1'")
    one, other = questions(form)
    assert (one[1].called, other[1].called) == ("größe", "名")
    assert one[0].isascii() and other[0].isascii()
    again = form_of("type | name | label | relevant\ntext | x | X |\ntext | größe | A |\ntext | 名 | B | ${größe} = 1")
    assert [path for path, _ in questions(again)][1:] == [one[0], other[0]]


def test_a_loop_asks_once_per_choice() -> None:
    form = form_of(
        "type | name | label\nbegin loop over yn | l | L\ninteger | n | How many of %(label)s?\nend loop | |",
        choices=YES_NO,
    )
    assert [question.label["und"] for question in asked(form).values()] == ["How many of Yes?", "How many of No?"]


def test_rows_that_ask_nothing_are_kept_where_they_stood() -> None:
    came = imported(
        "type | name | label | disabled | notes\ntext | a | A | |\n | | | | to be discussed\ntext | b | B | yes |\n"
        "text | c | C | | "
    )
    assert came.form is not None
    assert list(asked(came.form)) == ["a", "c"]
    assert [row["before"] for row in came.form.extra["rows"]] == ["c", "c"]
    assert {"import.comment_row", "import.disabled"} <= set(codes(came.warnings))


# -- languages and settings -------------------------------------------------------------------------------------------


def test_languages_have_their_tags_the_default_language_first() -> None:
    form = form_of(
        "type | name | label::English (en) | label::繁體中文 | label::Old Norse\ntext | a | A | 甲 | Aa",
        settings="form_title | form_id | default_language\nBoilers | boilers | 繁體中文",
    )
    assert form.languages == ("zh-Hant", "en", "x-old-norse")
    assert form.extra["language_names"]["x-old-norse"] == "Old Norse"
    assert (form.title, form.form_id) == ({"zh-Hant": "Boilers"}, "boilers")


def test_a_text_without_a_language_is_the_default_languages() -> None:
    form = form_of(
        "type | name | label | hint::French (fr)\ntext | a | A | Un",
        settings="form_id | default_language\nf | English (en)",
    )
    assert form.languages == ("en", "fr")
    assert asked(form)["a"].label == {"en": "A"}


def test_missing_texts_are_named_with_their_cell() -> None:
    came = imported("type | name | label::English (en) | label::French (fr)\ntext | a | A | B\ntext | b | C |")
    (warning,) = [each for each in came.warnings if each.code == "import.missing_text"]
    assert (warning.place.line, warning.place.column, warning.parameters["language"]) == (3, 4, "fr")


def test_settings_that_nothing_is_made_of_are_kept() -> None:
    came = imported(
        "type | name | label\ntext | a | A",
        settings="form_id | version | style | public_key | instance_name\nmy form | 7 | pages | abc | ${a}",
    )
    form = came.form
    assert form is not None
    assert (form.form_id, form.version, form.instance_name) == ("my_form", "7", "${a}")
    assert form.extra["settings"] == {"style": "pages", "public_key": "abc", "form_id": "my form"}
    assert "import.encryption" in codes(came.warnings)


def test_a_form_without_an_id_is_called_by_its_file() -> None:
    assert form_of("type | name | label\ntext | a | A").form_id == "form"


# -- what does not run here -------------------------------------------------------------------------------------------


def test_columns_that_mean_nothing_here_are_kept_and_named_once() -> None:
    came = imported(
        "type | name | label | bind::odk:length | media::image | owner\ntext | a | A | 5 | a.png | Chan\n"
        "text | b | B | 6 | | Lee"
    )
    assert came.form is not None
    assert asked(came.form)["a"].extra["columns"] == {
        "bind::odk:length": "5", "media::image": "a.png", "owner": "Chan",
    }  # fmt: skip
    told = {each.parameters["heading"]: (each.code, each.place.column) for each in came.warnings}
    assert told == {
        "bind::odk:length": ("import.column_kept", 4),
        "media::image": ("import.media", 5),
        "owner": ("import.column_kept", 6),
    }


def test_columns_of_our_own_count_only_in_a_workbook_that_says_so() -> None:
    survey = "type | name | label | points | number\nselect_one yn | a | A | yes=2 no=0 | 1.1"
    other = imported(survey, choices=YES_NO)
    ours = imported(survey, choices=YES_NO, settings="form_id | kind\nf | checklist")
    assert other.form is not None and ours.form is not None
    assert asked(other.form)["a"].points == {} and "import.column_ours" in codes(other.warnings)
    assert asked(ours.form)["a"].points == {"yes": "2", "no": "0"}
    assert asked(ours.form)["a"].number == "1.1"


def test_a_cell_of_ours_that_cannot_be_read_is_named() -> None:
    came = imported(
        "type | name | label | points\nselect_one yn | a | A | two",
        choices=YES_NO,
        settings="form_id | kind\nf | checklist",
    )
    (problem,) = came.problems
    assert (problem.code, problem.place.line, problem.place.column) == ("import.bad_cell", 2, 4)


@pytest.mark.parametrize(
    ("survey", "code"),
    [
        ("type | name | label\naudit | |\ntext | a | A", "import.audit"),
        ("type | name | label\nbackground-audio | b |\ntext | a | A", "import.background"),
        ("type | name | label | appearance\ntext | a | A | ex:org.example.app", "import.other_app"),
        ("type | name | label\nsimserial | s |\ntext | a | A", "import.device_value"),
        ("type | name | label\nimage | a | A", "import.max_pixels"),
    ],
)
def test_what_does_not_run_here_is_named(survey: str, code: str) -> None:
    came = imported(survey)
    assert came.form is not None
    assert code in codes(came.warnings)


def test_other_sheets_are_kept() -> None:
    came = imported("type | name | label\ntext | a | A", notes="what | who\nboiler | Chan")
    assert came.form is not None
    assert came.form.extra["sheets"] == {"notes": {"columns": ["what", "who"], "rows": [["boiler", "Chan"]]}}
    assert "import.sheet_kept" in codes(came.warnings)


def test_a_path_that_leads_nowhere_is_blank_and_said() -> None:
    came = imported("type | name | label | calculation\ntext | a | A |\ncalculate | b | | if(${a} = '', null, 'x')")
    assert came.form is not None
    (warning,) = came.warnings
    assert (warning.code, warning.place.line, warning.place.column) == ("form.unknown_name", 3, 4)
    filling = Filling(compile_form(came.form), Context("2026-11-12"))
    filling.set("a", "1")
    assert filling.state("b").value == "x"


def test_an_expression_that_nothing_can_be_made_of_is_kept_and_said() -> None:
    came = imported("type | name | label | relevant\ntext | a | A | §§ 1")
    assert came.form is not None
    assert asked(came.form)["a"].relevant == ""
    assert asked(came.form)["a"].extra["columns"] == {"relevant": "§§ 1"}
    assert codes(came.warnings) == ["form.expression"]


# -- what is refused --------------------------------------------------------------------------------------------------


def test_all_mistakes_are_told_at_once_with_their_cells() -> None:
    came = imported(
        "type | name | label | relevant\ntext | a b | A |\nintegr | c | C |\ntext | d | D | ${aa} = 1\ntext | aaa | E |"
        "\n"
        "select_one yns | f | F |",
        choices=YES_NO,
    )
    assert came.form is None
    assert [(each.code, each.place.line, each.place.column) for each in came.problems] == [
        ("import.bad_name", 2, 2), ("import.unknown_type", 3, 1), ("import.unknown_reference", 4, 4),
        ("import.unknown_list", 6, 1),
    ]  # fmt: skip
    assert came.problems[2].parameters["suggestion"] == "aaa"
    assert came.problems[3].parameters["suggestion"] == "yn"


@pytest.mark.parametrize(
    ("survey", "code", "row"),
    [
        ("type | name | label\nbegin group | g | G\ntext | a | A", "import.begin_without_end", 2),
        ("type | name | label\ntext | a | A\nend group | |", "import.end_without_begin", 3),
        ("type | name | label\ntext | a | A\ntext | a | B", "import.name_twice", 3),
        ("type | name | label\ncalculate | a | ", "import.no_calculation", 2),
        ("type | name | label\ntext | a | ", "import.no_label", 2),
        ("type | name | label\ntext | | A", "import.no_name", 2),
        ("type | name | label | parameters\nrange | a | A | start", "import.parameters_shape", 2),
        ("type | name | label | parameters\nrange | a | A | begin=1", "import.parameters_unknown", 2),
        ("type | name | label | parameters\nrange | a | A | step=0", "import.range", 2),
        ("type | name | label\nselect_one_from_file a.pdf | a | A", "import.file_ending", 2),
        ("name | label\na | A", "import.heading_missing", 0),
        ("Our pumps\ntype | name | label\ntext | a | A", "import.headings_below", 2),
        ("type | name | label | calculation\ncalculate | a | | ${b}\ncalculate | b | | ${a}", "form.cycle", 2),
    ],
)
def test_what_other_programs_refuse_is_refused_with_row_and_words(survey: str, code: str, row: int) -> None:
    came = imported(survey)
    assert came.form is None
    assert came.problems[0].code == code, came.problems
    assert came.problems[0].place.line == row
    assert code in SENTENCES and "{" not in sentence(came.problems[0]), sentence(came.problems[0])


def test_a_workbook_without_a_survey_is_refused() -> None:
    came = read_xlsform(b"| questions |\n| | a | b |\n| choices |\n| | list_name | name |\n", "form.md", FILES.get)
    assert codes(came.problems) == ["import.no_survey"]


def test_groups_too_deep_are_refused_before_anything_recurses() -> None:
    rows = "\n".join(f"begin group | g{number} | G" for number in range(10_000))
    came = imported(f"type | name | label\n{rows}")
    assert codes(came.problems) == ["import.too_deep"]


def test_a_long_chain_comes_in() -> None:
    rows = "\n".join(f"calculate | c{number} | | ${{c{number - 1}}} + 1" for number in range(1, 1_000))
    form = form_of(f"type | name | label | calculation\ninteger | c0 | First |\n{rows}")
    filling = Filling(compile_form(form), Context("2026-11-12"))
    filling.set("c0", Quantity("1", ""))
    assert filling.state("c999").value == "1000"


def test_a_calculation_is_never_shown_and_keeps_its_label_for_export() -> None:
    form = form_of("type | name | label | calculation\ntext | a | A |\ncalculate | b | Days in all | 1 + 1")
    filling = Filling(compile_form(form), Context("2026-11-12"))
    assert [item.path for item in filling.items()] == ["a"]
    assert asked(form)["b"].extra["columns"] == {"label": "Days in all"}


def test_a_repeat_begins_with_one_row_as_elsewhere() -> None:
    form = form_of(
        "type | name | label\nbegin repeat | r | R\ntext | a | A\nbegin repeat | s | S\ntext | b | B\nend repeat | |\n"
        "end repeat | |"
    )
    ids = (f"{number:032x}" for number in count())
    filling, _ = open_form(compile_form(form), Context("2026-11-12", visit="0" * 32), lambda: next(ids))
    (row,) = filling.rows("r")
    assert len(filling.rows(f"r[{row}]/s")) == 1


_TYPES = st.sampled_from(
    ["text", "integer", "note", "calculate", "begin group", "end group", "begin repeat", "end repeat", "select_one yn",
     "select_multiple yn or_other", "rank yn", "range", "", "audit", "select_one ${a}",
     "select_one_from_file towns.csv"]
)  # fmt: skip
_NAMES = st.sampled_from(["a", "b", "c", "größe", "a b", "", "meta", "a_other"])
_CELLS = st.sampled_from(
    ["", "", "", "yes", "${a} = 1", "${b} + position(..)", "count(${a})", "(", "${", "'", ". > 1", "null", "now()",
     "1+1", "start=0 end=3", "../a", "sum(${c})", "§", "%(label)s", "if("]
)  # fmt: skip


@given(st.lists(st.tuples(_TYPES, _NAMES, *[_CELLS] * 8), min_size=1, max_size=8))
@settings(deadline=None, max_examples=60)
def test_whatever_the_cells_hold_it_comes_in_and_runs_or_is_refused_in_words(rows: list[tuple[str, ...]]) -> None:
    headings = (
        "type | name | label | relevant | calculation | default | parameters | repeat_count | choice_filter | trigger"
    )
    came = imported("\n".join([headings, *(" | ".join(row) for row in rows)]), choices=YES_NO)
    assert (came.form is None) == bool(came.problems)
    for told in (*came.problems, *came.warnings):
        assert told.code in SENTENCES, told
    if came.form is not None:
        again, problems = read_form(to_yaml(came.form).encode(), "form.yaml")
        assert again is not None and not problems, problems
        ids = (f"{number:032x}" for number in count())
        open_form(compile_form(came.form), Context("2026-11-12", visit="0" * 32), lambda: next(ids))


def test_more_names_in_labels_than_anybody_could_wait_for_are_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(xlsform_in, "MAX_REFERENCES", 100)
    labels = "".join(f"| | note | n{number} | {'${a} ' * 30} |\n" for number in range(4))
    read = read_xlsform(
        f"| survey |\n| | type | name | label |\n| | text | a | A |\n{labels}".encode(), "f.md", lambda _: None
    )

    assert [problem.code for problem in read.problems] == ["import.too_large"]
