"""Incremental recalculation gives what recomputing everything gives, whatever people do."""

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from assessor_tui.form.model import Node, Question, Repeat
from assessor_tui.ledger.value import Quantity, Value
from assessor_tui.logic.compile import CompiledForm
from assessor_tui.logic.filling import Context, Filling
from assessor_tui.logic.nodes import Leaf
from tests.logic_forms import TODAY, compiled, computed, group, many, number, one, repeat, row_of, text

FORMS: dict[str, tuple[Node, ...]] = {
    "relevance": (
        one("a"),
        group(
            "g",
            number("b", relevant="${a} = 'yes'", required="${c} > 1", constraint=". < 3", warning="${c} != 2"),
            group("h", number("c"), text("d", relevant="${c} > ${b}"), relevant="${b} > 0"),
            relevant="${a} != 'no'",
            read_only="${a} = 'no'",
        ),
        computed("e", "coalesce(${b}, 0) + coalesce(${c}, 0)"),
        computed("f", "if(${e} > 2, concat(${d}, '!'), count(${c} | ${d}))"),
        number("last", relevant="${f} != 0", constraint=". < ${e}"),
    ),
    "rows": (
        one("use"),
        repeat(
            "flows",
            one("kind", "kind"),
            number("amount", relevant="${kind} != ''", constraint=". <= ${total}"),
            computed("place", "position(..)"),
            computed("share", "if(${total} > 0, ${amount} div ${total}, '')"),
            computed("before", "indexed-repeat(${amount}, ${flows}, position(..) - 1)"),
            computed("running", "${amount} + coalesce(indexed-repeat(${running}, ${flows}, position(..) - 1), 0)"),
            text("note", relevant="${place} > 1 and ${amount} > 1"),
            row_label="concat(${place}, ${kind})",
            relevant="${use} != 'no'",
            at_least=2,
        ),
        computed("total", "sum(${amount})"),
        computed("inputs", "sum(${flows}[kind = 'input']/amount)"),
        computed("first", "${flows}[1]/amount"),
        computed("end", "string(${flows}[position() = last()]/amount)"),
        computed("rows", "count(${flows})"),
        computed("noted", "count-non-empty(${note})"),
        computed("all", "join(' ', ${running})"),
        computed("largest", "max(${amount})"),
        row_of("which", "flows", choice_filter="amount > 1"),
        computed("which_label", "jr:choice-name(${which}, '${which}')"),
        number("after", relevant="${inputs} > 2", constraint=". > ${rows}"),
    ),
    "rows_in_rows": (
        repeat(
            "lines",
            text("line"),
            repeat(
                "machines",
                number("power"),
                computed("part", "${power} div ${line_power}"),
                computed("rank", "count(../../machines[power > current()/../power]) + 1"),
                computed("anywhere", "count(${machines}) + count(/lines/machines)"),
                relevant="${line} != '3'",
            ),
            computed("line_power", "sum(${power})"),
            computed("machines_here", "count(${machines})"),
        ),
        computed("factory_power", "sum(${power})"),
        computed("busy_lines", "count(${lines}[machines_here > 1])"),
        computed("numbers", "join(',', ${rank})"),
    ),
    "counted": (
        number("wanted"),
        repeat(
            "samples",
            number("reading"),
            computed("nth", "position(..)"),
            one("more"),
            repeat_count="if(${wanted} > 3, 3, ${wanted})",
        ),
        repeat("chain", one("another"), repeat_count="1 + count(${chain}[another = 'yes'])"),
        computed("mean", "sum(${reading}) div count(${samples})"),
        text("why", relevant="${mean} > 2 or count(${more}[. = 'yes']) > 1", required="yes"),
    ),
    "choices": (
        one("province", "province"),
        one("city", "city", choice_filter="province = ${province}"),
        many("kinds"),
        one("one_of", "kind", choice_filter="selected(${kinds}, name)", relevant="count-selected(${kinds}) > 0"),
        computed("said", "concat(jr:choice-name(${city}, '${city}'), ' ', jr:choice-name(${one_of}, '${one_of}'))"),
        number("n", constraint=". > string-length(${said})", required="${city} = 'foshan'"),
    ),
}
COMPILED: dict[str, CompiledForm] = {name: compiled(*children) for name, children in FORMS.items()}
IDS = [f"{number:032x}" for number in range(1, 7)]


def answers_to(question: Question, rows: list[str]) -> st.SearchStrategy[Value | None]:
    if question.rows_of:
        return st.none() | st.sampled_from(rows or IDS[:1]).map(lambda row: (row,))
    if question.type == "decimal":
        return st.none() | st.sampled_from(["-1", "0", "1", "2", "3", "0.1", "2.5"]).map(Quantity)
    if question.type == "text":
        return st.none() | st.sampled_from(["a", "3", ""])
    names = ["yes", "no", "input", "output", "hk", "gd", "shatin", "foshan"]
    if question.type == "select_multiple":
        return st.none() | st.lists(st.sampled_from(["input", "output"]), unique=True, min_size=1).map(tuple)
    return st.none() | st.sampled_from([(name,) for name in names])


def everything(filling: Filling) -> dict[str, object]:
    """All that can be seen of a filling."""
    seen: dict[str, object] = {"items": [item[:3] for item in filling.items()], "problems": filling.problems}
    for path, node in filling.nodes.items():
        if isinstance(node, Leaf):
            state = filling.state(path)
            seen[path] = tuple(getattr(state, part) for part in state.__slots__)
            if node.question.list_name or node.question.rows_of:
                seen[f"choices of {path}"] = filling.choices(path)
    return seen


@pytest.mark.parametrize("name", FORMS)
@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large])
@given(data=st.data())
def test_incremental_equals_full(name: str, data: st.DataObject) -> None:
    ready = COMPILED[name]
    filling = Filling(ready, Context(TODAY))
    answers: dict[str, tuple[str, Value | None]] = {}
    rows: dict[str, list[str]] = {}
    counter = 0
    for _ in range(data.draw(st.integers(1, 14), label="acts")):
        leaves = [
            path
            for path, node in filling.nodes.items()
            if isinstance(node, Leaf) and node.question.type not in ("calculate", "note")
        ]
        repeats = [
            path
            for path, node in filling.nodes.items()
            if isinstance(node.definition.node, Repeat)
            and not path.endswith("]")
            and not node.definition.node.repeat_count
        ]
        standing = [(path, row) for path in repeats for row in filling.rows(path)]
        acts = ["answer"] * 3 * bool(leaves) + ["add"] * 2 * bool(repeats) + ["remove"] * bool(standing)
        act = data.draw(st.sampled_from(acts))
        before = everything(filling)
        if act == "answer":
            path = data.draw(st.sampled_from(leaves))
            state = filling.state(path)
            value = data.draw(answers_to(state.question, [row for _, row in standing]))
            status = "missing" if value is None else "answered"
            if value is None and data.draw(st.booleans()):
                status = "not applicable"
            changes = filling.set(path, value, status)
            answers[path] = (status, value)
        elif act == "add":
            path = data.draw(st.sampled_from(repeats))
            at = data.draw(st.integers(0, len(filling.rows(path))))
            counter += 1
            row = f"{counter:032x}"
            changes = filling.add_row(path, row, at)
            rows.setdefault(path, []).insert(at, row)
        else:
            path, row = data.draw(st.sampled_from(standing))
            changes = filling.remove_row(f"{path}[{row}]")
            rows[path].remove(row)
        full = Filling(ready, Context(TODAY))
        full.load(rows, answers)
        after = everything(filling)
        assert after == everything(full)
        told = changes.values | changes.relevance | changes.problems
        for path in before.keys() & after.keys() - {"items", "problems"}:
            if before[path] != after[path] and not path.startswith("choices of"):
                # What demands an answer or forbids one is told by its problem or seen when it is drawn.
                old, new = before[path], after[path]
                assert isinstance(old, tuple) and isinstance(new, tuple)
                differing = {
                    part
                    for part, a, b in zip(filling.state(path).__slots__, old, new, strict=True)
                    if a != b and part not in ("required", "read_only")
                }
                assert not differing or path in told


def test_row_defaults_leave_no_trace() -> None:
    filling = Filling(COMPILED["rows"], Context(TODAY))
    filling.add_row("flows", IDS[0])
    before = everything(filling)
    filling.row_defaults("flows")
    assert everything(filling) == before


def test_rows_that_count_themselves_are_those_the_answers_give_whatever_came_first() -> None:
    filling = Filling(COMPILED["counted"], Context(TODAY))
    for at, value in ((0, ("yes",)), (1, ("yes",)), (0, None)):
        path = f"chain[{filling.rows('chain')[at]}]/another"
        filling.set(path, value)
    assert len(filling.rows("chain")) == 1


def test_a_row_added_or_removed_touches_only_what_stands_behind_it() -> None:
    rows = [f"{number:032x}" for number in range(1, 301)]
    filling = Filling(
        compiled(
            repeat(
                "r", number("a"), computed("place", "position(..)"),
                computed("before", "indexed-repeat(${a}, ${r}, position(..) - 1)"),
                computed("running", "coalesce(indexed-repeat(${running}, ${r}, position(..) - 1), 0) + sum(../a)"),
                computed("previous", "${r}[position() = position(current()/..) - 1]/a"),
            ),
            computed("total", "sum(${a})"), computed("rows", "count(${r})"),
            computed("second", "indexed-repeat(${a}, ${r}, 2)"),
        ),
        Context(TODAY),
    )  # fmt: skip
    filling.load({"r": rows[:-1]}, {f"r[{row}]/a": ("answered", Quantity("1")) for row in rows})

    def touched(moment: int) -> set[str]:
        return {path.partition("/")[0] for path in filling.touched_since(moment) or ()}

    moment = filling.moment
    filling.add_row("r", rows[-1])
    assert touched(moment) == {f"r[{rows[-1]}]", "r", "total", "rows"}
    moment = filling.moment
    filling.set(f"r[{rows[3]}]/a", Quantity("1.5"))
    assert filling.state(f"r[{rows[-1]}]/running").value == "300.5"
    assert filling.state(f"r[{rows[4]}]/previous").value == "1.5"
    assert len([path for path in filling.touched_since(moment) or () if path.endswith("/before")]) == 1
    moment = filling.moment
    filling.remove_row(f"r[{rows[-2]}]")
    assert touched(moment) <= {f"r[{rows[-2]}]", f"r[{rows[-1]}]", "r", "total", "rows"}
    assert everything(filling) == everything(filling.copy())
