"""Tests of which word somebody most likely meant."""

from assessor_tui.form.nearest import nearest


def test_a_misspelt_word_is_answered_with_the_nearest() -> None:
    assert nearest("ofice", ("office", "gate")) == "office"
    assert nearest("xyz", ("office", "gate")) == ""
    assert nearest("x", ()) == ""


def test_case_keeps_no_word_from_being_found() -> None:
    assert nearest("KWH", ("MWh", "kWh")) == "kWh"
    assert nearest("Offise", ("office",)) == "office"


def test_the_same_words_in_another_order_give_the_same() -> None:
    assert nearest("a", ("A", "a")) == nearest("a", ("a", "A")) == "a"
