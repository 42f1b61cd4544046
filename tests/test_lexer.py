import pytest

from assessor_tui.logic.lexer import MAX_LENGTH, ExpressionError, tokens


def said(text: str) -> list[str]:
    return [token.text for token in tokens(text)][:-1]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("1 and 1", ["1", "and", "1"]),
        ("1and1", ["1", "and", "1"]),
        ("5 mod2", ["5", "mod", "2"]),
        ("7 div-2", ["7", "div", "-", "2"]),
        ("a-b", ["a-b"]),
        ("a -b", ["a", "-", "b"]),
        ("and and and", ["and", "and", "and"]),
        ("* * *", ["*", "*", "*"]),
        ("2*3", ["2", "*", "3"]),
        ("../a", ["..", "/", "a"]),
        (".>=0", [".", ">=", "0"]),
        (".5+1.", [".5", "+", "1."]),
        ("jr:choice-name(a)", ["jr:choice-name", "(", "a", ")"]),
        ("self::node()", ["self", "::", "node", "(", ")"]),
        ("${ name }!='it'", ["name", "!=", "it"]),
        ("'say \"yes\"'", ['say "yes"']),
        ("排放口 = '是'", ["排放口", "=", "是"]),
        ("1e3 + 7.9E-12", ["1e3", "+", "7.9E-12"]),
        ("a\u00a0or\u00a0b  ", ["a", "or", "b"]),
        ("4 div 2", ["4", "div", "2"]),
        ("a mod-2", ["a", "mod", "-", "2"]),
    ],
)
def test_words_are_operators_only_after_an_operand(text: str, expected: list[str]) -> None:
    assert said(text) == expected


def test_tokens_know_where_they_stand() -> None:
    assert [(token.start, token.end) for token in tokens("${a} = 'b'")] == [(0, 4), (5, 6), (7, 10), (10, 10)]


@pytest.mark.parametrize(
    ("text", "at"),
    [("1 # 2", 2), ("other:*", 5), ("1 +   #", 6), ("'open", 0), ("a ! b", 2), ("${open", 0), ("\x00", 0)],
)
def test_a_character_that_begins_nothing_is_told_with_its_place(text: str, at: int) -> None:
    with pytest.raises(ExpressionError) as raised:
        tokens(text)
    assert (raised.value.reason, raised.value.at) == ("form.expression", at)


def test_an_endless_expression_is_refused() -> None:
    with pytest.raises(ExpressionError) as raised:
        tokens("1" * (MAX_LENGTH + 1))
    assert raised.value.reason == "form.expression_too_long"
