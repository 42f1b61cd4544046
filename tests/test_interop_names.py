"""Names of imported forms: unique, plain, and the same however much is added around them."""

import re

from hypothesis import given
from hypothesis import strategies as st

from assessor_tui.interop.names import Names, plain

_PLAIN = re.compile(r"[A-Za-z_][A-Za-z0-9_.-]{0,127}\Z")


def test_the_first_keeps_its_name_the_next_is_named_after_its_group() -> None:
    names = Names()
    assert names.take("a", "") == ("a", "")
    assert names.take("a", "g") == ("g.a", "a")
    assert names.take("a", "g") == ("g.a.2", "a")
    assert names.take("a", "") == ("a.2", "a")


def test_letters_of_other_scripts_give_a_plain_name_that_stays_the_same() -> None:
    assert plain("Zähler") == "Zahler"
    assert plain("名稱") == plain("名稱") != plain("名称")


@given(st.lists(st.tuples(st.text(min_size=1, max_size=200), st.sampled_from(["", "g", "group.h"])), max_size=20))
def test_every_name_is_unique_and_plain(wanted: list[tuple[str, str]]) -> None:
    names = Names()
    given_names = [names.take(called, around) for called, around in wanted]
    assert len({name for name, _ in given_names}) == len(wanted)
    assert all(_PLAIN.match(name) for name, _ in given_names)
    assert all((said or name) == called for (name, said), (called, _) in zip(given_names, wanted, strict=True))
