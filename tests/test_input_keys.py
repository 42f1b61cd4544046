"""One meaning for the many forms of a key. They are pressed in ``test_base`` and ``test_pty_terminal``."""

from textual.keys import _character_to_key

from assessor_tui.tui.input_keys import is_foreign, key_of, plain_character


def test_keys_are_named_as_textual_names_them():
    for code in range(33, 127):
        assert key_of(chr(code)) == _character_to_key(chr(code))
        assert plain_character(chr(code)) == chr(code)


def test_every_full_width_form_is_its_plain_twin():
    for code in range(33, 127):
        assert plain_character(chr(code + 0xFEE0)) == chr(code)
    assert [plain_character(each) for each in "［【「］】」／、？：！\u3000"] == list("[[[]]]//?:! ")


def test_only_what_no_key_gives_is_foreign():
    assert [each for each in "a1?１［、\u3000是é" if is_foreign(each)] == ["是", "é"]
