"""Two numbers of different checklists that should agree."""

from fractions import Fraction

import pytest

from assessor_tui.assess.checks import AGREE, DIFFER, UNKNOWN, Checked, cross_checks
from assessor_tui.form.model import Form, Group, Repeat
from assessor_tui.form.scheme import CrossCheck, Parameter, Scheme
from assessor_tui.ledger.value import Quantity
from assessor_tui.logic.compile import compile_form
from assessor_tui.logic.filling import Context, Filling
from tests.small_visit import asked, text

LEFT = Form(
    "left", "1", text("Left"),
    (
        asked("quantity", "water", units=("m3", "万m3")),
        asked("decimal", "bare"),
        Repeat("lines", text("Lines"), (asked("quantity", "made", units=("t", "kg")),)),
        asked("calculate", "sum", calculation="sum(${made})"),
    ),
)  # fmt: skip
RIGHT = Form(
    "right", "1", text("Right"),
    (
        asked("quantity", "water_out", units=("万m3", "m3")),
        asked("decimal", "bare_out"),
        asked("acknowledge", "closed"),
        Group("open", text("Open"), (asked("quantity", "made_out", units=("kg",)),), relevant="${closed} = ''"),
    ),
)  # fmt: skip


class World:
    """Both forms and one check between two of their questions."""

    def __init__(self, left: str, right: str, tolerance: str = "5") -> None:
        self.left, self.right = (Filling(compile_form(form), Context("2026-11-12")) for form in (LEFT, RIGHT))
        self.check = CrossCheck("check", text("Check"), left, right, "tolerance")
        parameter = Parameter("tolerance", text("Tolerance"), tolerance)
        self.scheme = Scheme(
            "s", "1", text("S"), "", "h", "f", (), {"tolerance": parameter}, cross_checks=(self.check,)
        )

    @property
    def checked(self) -> Checked:
        (found,) = cross_checks(self.scheme, {"left": self.left, "right": self.right})
        return found


def water(left: Quantity, right: Quantity, tolerance: str = "5") -> Checked:
    world = World("left/water", "right/water_out", tolerance)
    world.left.set("water", left)
    world.right.set("water_out", right)
    return world.checked


def test_numbers_in_different_units_are_compared_in_the_left_one() -> None:
    checked = water(Quantity("9800", "m3"), Quantity("0.98", "万m3"))
    assert checked.left == checked.right == 9800
    assert (checked.unit, checked.state) == ("m3", AGREE)
    assert checked.difference == 0


@pytest.mark.parametrize(
    ("left", "right", "state"),
    [("100", "105", AGREE), ("100", "95", AGREE), ("100", "105.0001", DIFFER), ("100", "94.9999", DIFFER)],
)
def test_the_tolerance_itself_still_agrees_and_the_next_digit_does_not(left: str, right: str, state: str) -> None:
    assert water(Quantity(left, "m3"), Quantity(right, "m3")).state == state


def test_the_difference_is_in_per_cent_of_the_left_number() -> None:
    assert water(Quantity("300", "m3"), Quantity("200", "m3")).difference == Fraction(100, 3)


@pytest.mark.parametrize(("right", "difference", "state"), [("0", 0, AGREE), ("3", 100, DIFFER)])
def test_against_nothing_at_all_the_right_number_is_the_measure(right: str, difference: int, state: str) -> None:
    checked = water(Quantity("0", "m3"), Quantity(right, "m3"))
    assert (checked.difference, checked.state) == (Fraction(difference), state)


def test_without_an_answer_nothing_is_said() -> None:
    world = World("left/water", "right/water_out")
    world.left.set("water", Quantity("3", "m3"))
    assert world.checked.state == UNKNOWN
    assert world.checked.right is world.checked.difference is None
    world.right.set("water_out", None, "to come")
    assert world.checked.state == UNKNOWN


def test_without_a_tolerance_the_difference_is_told_and_nothing_decided() -> None:
    checked = water(Quantity("10", "m3"), Quantity("20", "m3"), tolerance="")
    assert (checked.difference, checked.state) == (Fraction(100), UNKNOWN)
    assert checked.tolerance is None


def test_answers_in_rows_are_added_up_each_in_its_own_unit() -> None:
    world = World("left/lines/made", "right/made_out")
    for row, made in (("1" * 32, Quantity("2", "t")), ("2" * 32, Quantity("500", "kg")), ("3" * 32, None)):
        world.left.add_row("lines", row)
        world.left.set(f"lines[{row}]/made", made)
    world.right.set("made_out", Quantity("2500", "kg"))
    assert (world.checked.left, world.checked.right, world.checked.state) == (Fraction(5, 2), Fraction(5, 2), AGREE)


def test_a_calculated_number_can_be_checked_too() -> None:
    world = World("left/sum", "right/bare_out")
    world.left.add_row("lines", "1" * 32)
    world.left.set(f"lines[{'1' * 32}]/made", Quantity("2.5", "t"))
    world.right.set("bare_out", Quantity("2.5"))
    assert world.checked.state == AGREE


def test_an_answer_that_no_longer_counts_is_not_compared() -> None:
    world = World("left/lines/made", "right/made_out")
    world.left.add_row("lines", "1" * 32)
    world.left.set(f"lines[{'1' * 32}]/made", Quantity("1", "t"))
    world.right.set("made_out", Quantity("1000", "kg"))
    assert world.checked.state == AGREE
    world.right.set("closed", "yes")
    assert world.checked.state == UNKNOWN


def test_a_bare_number_and_one_with_a_unit_are_never_taken_for_the_same() -> None:
    world = World("left/water", "right/bare_out")
    world.left.set("water", Quantity("3", "m3"))
    world.right.set("bare_out", Quantity("3"))
    assert world.checked.state == UNKNOWN


def test_a_check_with_a_form_that_the_visit_does_not_use_is_left_out() -> None:
    world = World("left/water", "elsewhere/water")
    assert cross_checks(world.scheme, {"left": world.left}) == []
