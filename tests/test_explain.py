"""Why a question stands as it does: each condition taken apart, with what it sees and which part decides."""

from hypothesis import given, settings
from hypothesis import strategies as st

from assessor_tui.form.model import Node
from assessor_tui.i18n.explain_words import line_words
from assessor_tui.ledger.value import Quantity
from assessor_tui.logic.compile import compile_form
from assessor_tui.logic.explain import MOST_PARTS, Explanation, Part, explain, lines
from assessor_tui.logic.filling import Filling
from assessor_tui.logic.views import Context
from tests.logic_forms import TODAY, A, B, computed, form, group, number, one, repeat, text


def filling(*children: Node) -> Filling:
    return Filling(compile_form(form(*children)), Context(TODAY))


def words(explained: Explanation) -> list[str]:
    return [("" if line.decides else "~") + "  " * line.depth + line_words(line) for line in lines(explained)]


def decisive(part: Part) -> list[str]:
    """Texts of the innermost pieces that decide."""
    inner = [text for each in part.parts for text in decisive(each)]
    return inner or ([part.text] if part.decides else [])


def test_a_question_hidden_by_the_group_around_it_names_the_group_and_what_it_sees() -> None:
    it = filling(one("a"), group("g", text("b"), relevant="${a} = 'yes'"))
    it.set("a", ("no",))
    assert words(explain(it, "b")) == [
        "b is hidden.",
        "The condition of g around it does not hold: ${a} = 'yes'",
        "  a is no",
    ]


def test_its_own_condition_comes_after_the_groups_and_what_holds_after_what_does_not() -> None:
    it = filling(one("a"), one("c"), group("g", text("b", relevant="${c} = 'yes'"), relevant="${a} = 'yes'"))
    it.set("a", ("yes",))
    told = words(explain(it, "b"))
    assert told[1:3] == ["Its own condition does not hold: ${c} = 'yes'", "  c is not answered"]
    assert told[3] == "~The condition of g around it holds: ${a} = 'yes'"


def test_of_an_and_the_false_parts_decide_and_of_an_or_the_true_ones() -> None:
    it = filling(one("a"), number("n"), text("b", relevant="${a} = 'yes' and (${n} > 3 or ${n} < 1)"))
    it.set("a", ("yes",))
    it.set("n", Quantity("2", ""))
    (reason,) = explain(it, "b").relevance
    assert not reason.holds
    assert decisive(reason.part) == ["${n}", "${n}"]
    it.set("n", Quantity("5", ""))
    (reason,) = explain(it, "b").relevance
    assert reason.holds
    assert decisive(reason.part) == ["${a}", "${n}"]


def test_of_an_if_only_the_branch_taken_decides() -> None:
    it = filling(number("n"), computed("c", "if(${n} > 2, ${n} * 2, 0)"))
    it.set("n", Quantity("2", ""))
    told = words(explain(it, "c"))
    assert told[0] == "c is computed: if(${n} > 2, ${n} * 2, 0) comes to 0"
    assert "~  ${n} * 2 comes to 4" in told


def test_what_is_hidden_counts_as_not_answered_and_says_so() -> None:
    it = filling(one("a"), number("n", relevant="${a} = 'yes'"), text("b", relevant="${n} > 1"))
    it.set("a", ("yes",))
    it.set("n", Quantity("5", ""))
    it.set("a", ("no",))
    told = words(explain(it, "b"))
    assert "  n is hidden, so it counts as not answered" in told
    assert words(explain(it, "n"))[1] == "Its answer is kept and counts nowhere while it is hidden: 5"


def test_an_answer_that_is_not_accepted_says_why_and_what_depends_on_it() -> None:
    it = filling(
        number("n"), repeat("r", number("x", constraint=". < ${n}", warning=". > 0")), computed("s", "sum(${x})")
    )
    it.add_row("r", A)
    it.set("n", Quantity("2", ""))
    it.set(f"r[{A}]/x", Quantity("5", ""))
    explained = explain(it, f"r[{A}]/x")
    assert [(reason.column, reason.holds) for reason in explained.checks] == [("constraint", False), ("warning", True)]
    assert [problem.code for problem in explained.problems] == ["answer.constraint"]
    assert [(read.path, read.value) for read in explained.reads] == [("n", "2")]
    assert [(reader.path, reader.column) for reader in explained.read_by] == [("s", "calculation")]
    assert [reader.path for reader in explain(it, "n").read_by] == [f"r[{A}]/x"]


def test_why_it_must_be_answered_or_cannot_be_changed_is_told() -> None:
    it = filling(one("a"), text("b", required="${a} = 'yes'"), group("g", text("c"), read_only="${a} = 'yes'"))
    it.set("a", ("yes",))
    assert words(explain(it, "b"))[1] == "It must be answered: ${a} = 'yes'"
    assert "It cannot be changed, because of g: ${a} = 'yes'" in words(explain(it, "c"))
    it.set("a", ("no",))
    assert words(explain(it, "b"))[1] == "It need not be answered now: ${a} = 'yes'"


def test_a_group_a_table_and_its_rows_are_told_too() -> None:
    it = filling(one("a"), repeat("r", text("x"), relevant="${a} = 'yes'"), computed("n", "count(${r})"))
    it.add_row("r", A)
    it.add_row("r", B)
    assert words(explain(it, "r"))[0] == "r is hidden."
    assert ("n", "calculation") in explain(it, "r").read_by
    it.set("a", ("yes",))
    assert explain(it, f"r[{A}]").relevant
    assert "  r has 2 rows" in words(explain(it, "n"))


def test_what_is_asked_of_the_whole_form_is_told_without_the_form_itself() -> None:
    here = filling(text("a"), computed("n", "if(${a} = '', position(..), 2)"))
    assert here.state("n").value == "1"
    assert [read.path for read in explain(here, "n").reads] == ["a"]


def test_of_very_many_rows_the_first_are_named_and_the_rest_counted() -> None:
    it = filling(repeat("r", number("x")), computed("s", "sum(${x})"))
    for at in range(100):
        it.add_row("r", f"{at:032x}")
    (part,) = explain(it, "s").computed.part.parts
    assert len(part.reads) + part.unnamed == 101 or len(part.reads) + part.unnamed == 100
    assert len(words(explain(it, "s"))) < 90


def test_a_very_long_expression_is_taken_apart_up_to_a_limit() -> None:
    it = filling(number("n"), text("b", relevant=" or ".join(f"${{n}} = {at}" for at in range(1000))))
    assert len(words(explain(it, "b"))) < 3 * MOST_PARTS


@settings(max_examples=60, deadline=None)
@given(st.lists(st.tuples(st.sampled_from("ab"), st.sampled_from(["yes", "no", ""])), max_size=6))
def test_what_decides_is_never_wrong(acts: list[tuple[str, str]]) -> None:
    it = filling(
        one("a"), one("b"),
        group("g", text("c", relevant="not(${a} = 'no') or ${b} = 'yes'"), relevant="${a} != '' and ${b} != 'no'"),
    )  # fmt: skip
    for path, value in acts:
        it.set(path, (value,) if value else None)
    explained = explain(it, "c")
    assert explained.relevant == it.state("c").relevant == all(reason.holds for reason in explained.relevance)
    for reason in explained.relevance:
        assert reason.holds == reason.part.truth
        assert decisive(reason.part)
