"""The interface speaks three languages, completely."""

import re
from string import Formatter

import pytest
from babel.messages.catalog import Catalog, Message

from assessor_tui.form.check import wrong_script
from tests.catalogues import TRANSLATED, is_translated, load, mo_bytes, po_bytes, po_path, template, updated


def key(message: Message) -> str:
    return message.id[0] if isinstance(message.id, tuple) else message.id


def strings(message: Message) -> list[str]:
    return list(message.string) if isinstance(message.string, tuple) else [message.string]


def blanks(text: str) -> set[str]:
    return {name for _, name, _, _ in Formatter().parse(text) if name is not None}


@pytest.fixture(scope="module")
def wanted() -> Catalog:
    return template()


@pytest.mark.parametrize("tag", TRANSLATED)
def test_every_message_is_translated(tag: str, wanted: Catalog) -> None:
    there = load(tag)

    missing = [key(m) for m in wanted if m.id and not is_translated(there.get(key(m), m.context))]

    assert missing == []


@pytest.mark.parametrize("tag", TRANSLATED)
def test_the_files_are_what_the_command_writes(tag: str, wanted: Catalog) -> None:
    catalogue = updated(tag, wanted)

    assert po_path(tag).read_bytes() == po_bytes(catalogue), "run: python -m tests.catalogues"
    assert po_path(tag).with_suffix(".mo").read_bytes() == mo_bytes(catalogue), "run: python -m tests.catalogues"


@pytest.mark.parametrize("tag", TRANSLATED)
def test_a_translation_has_the_blanks_of_its_message(tag: str) -> None:
    wrong = [
        key(message)
        for message in load(tag)
        if message.id and any(text and blanks(text) != blanks(key(message)) for text in strings(message))
    ]

    assert wrong == []


@pytest.mark.parametrize("tag", TRANSLATED)
def test_a_translation_is_in_its_own_script(tag: str) -> None:
    wrong = [(text, found) for m in load(tag) if m.id for text in strings(m) if (found := wrong_script(text, tag))]

    assert wrong == []


@pytest.mark.parametrize("tag", TRANSLATED)
def test_options_and_commands_are_not_translated(tag: str) -> None:
    """What people type stays as it is typed."""
    code = re.compile(r"“(assessor [^”]+)”|(--[a-z-]+)")

    wrong = [
        key(message)
        for message in load(tag)
        if message.id
        for found in code.finditer(key(message))
        if not any((found[1] or found[2]).split("{")[0].strip() in text for text in strings(message))
    ]

    assert wrong == []
