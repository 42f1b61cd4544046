"""What is larger than anybody needs is carried within bounds, or refused in words: ``tests.stress many,large``."""

import sys
from pathlib import Path

import pytest

from tests.stress.__main__ import PAGE, page, section
from tests.stress.large import MOST, carry_many, offer_large_bundle, offer_large_file


@pytest.mark.skipif(sys.platform != "linux", reason="memory is measured as Linux does")
def test_many_papers_are_carried_in_bounded_memory(tmp_path: Path) -> None:
    told = carry_many(tmp_path, 150)
    assert told.arrived == "150"
    assert max(told.making, told.merging) <= MOST


def test_a_file_that_is_too_large_is_refused_while_it_is_read_and_nothing_of_it_stays(tmp_path: Path) -> None:
    said = offer_large_file(tmp_path)
    assert "larger than 100 MiB" in said and "{" not in said


def test_a_bundle_of_more_than_two_gibibytes_is_refused_without_being_read(tmp_path: Path) -> None:
    said = offer_large_bundle(tmp_path)
    assert said and "{" not in said


def test_the_page_keeps_what_a_run_of_single_parts_has_not_touched() -> None:
    one = section("two", 1, 3.0, [("This", "that", True)])
    before = page("", {"two": one})
    after = page(before, {"kill": section("kill", 2, 3.0, [("Other", "thing", False)])})
    assert one in after and after.index("## kill") < after.index("## two")
    assert "**not as promised**" in after and page(after, {}) == after
    assert PAGE.is_file()
