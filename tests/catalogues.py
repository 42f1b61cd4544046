"""The interface's words: finds them in the code, keeps the catalogues in step, compiles them.

``python -m tests.catalogues`` rewrites the .po and .mo files; a test says when that has to be done. ``missing`` lists
what has no translation yet as JSON lines; ``take FILE`` takes translations from lines ``["msgid", "Traditional",
"Simplified"]``.
"""

import ast
import io
import json
import sys
from collections.abc import Collection, Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import IO, Any

from babel.messages.catalog import Catalog, Message
from babel.messages.extract import extract_from_dir
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po, write_po

PACKAGE = Path(__file__).parent.parent / "assessor_tui"
LOCALES = PACKAGE / "i18n" / "locales"
TRANSLATED = {"zh-Hant-HK": "zh_Hant_HK", "zh-Hans-CN": "zh_Hans_CN"}
"""Language tag -> Babel's name of the locale. English is the language of the msgids."""
KEYWORDS = {"_": None, "N_": None, "ngettext": (1, 2), "pgettext": ((1, "c"), 2)}
SENTENCES = PACKAGE / "i18n" / "sentences.py"


def messages() -> Iterator[tuple[str, str | tuple[str, ...], str | None]]:
    """(file, msgid, context) of every message in the code, templates included; files in order."""
    methods: list[tuple[str, Any]] = [("**.py", calls_in_python), ("**.html.j2", "jinja2.ext.babel_extract")]
    found = extract_from_dir(str(PACKAGE), methods, keywords=KEYWORDS, comment_tags=())
    for file, _, message, _, context in sorted(found, key=lambda each: (each[0], each[1])):
        yield file.replace("\\", "/"), message, context


def calls_in_python(
    file: IO[bytes], keywords: Collection[str], comment_tags: Collection[str], options: object
) -> Iterator[tuple[int, str, tuple[str | None, ...], list[str]]]:
    """Babel's extraction of one Python file: (line, function, arguments, no comments) of every call.

    Babel's own way looks at tokens, and so does not see a call inside an f-string before Python 3.12.
    """
    for node in ast.walk(ast.parse(file.read())):
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id in keywords:
            values = [each.value if isinstance(each, ast.Constant) else None for each in node.args]
            yield node.lineno, node.func.id, tuple(each if isinstance(each, str) else None for each in values), []


def template() -> Catalog:
    """All messages, without translations."""
    catalogue = Catalog(charset="utf-8")
    for file, message, context in messages():
        catalogue.add(message, locations=[(file, 0)], context=context)
    return catalogue


def po_path(tag: str) -> Path:
    """The catalogue's file of one language."""
    return LOCALES / tag / "LC_MESSAGES" / "assessor.po"


def load(tag: str) -> Catalog:
    """The catalogue of one language; empty when there is none yet."""
    if not po_path(tag).exists():
        return Catalog(locale=TRANSLATED[tag], charset="utf-8")
    with po_path(tag).open("rb") as stream:
        return read_po(stream, locale=TRANSLATED[tag])


def updated(tag: str, wanted: Catalog) -> Catalog:
    """The language's catalogue with exactly the messages of ``wanted``; translations are kept, never guessed."""
    old, new = load(tag), Catalog(locale=TRANSLATED[tag], charset="utf-8", project="assessor", fuzzy=False)
    new.mime_headers  # noqa: B018 - computed once, so that the plural rule stands in the head
    for message in wanted:
        if not message.id:
            continue
        before = old.get(message.id[0] if isinstance(message.id, tuple) else message.id, message.context)
        string = before.string if isinstance(before, Message) else ""
        files = sorted({(file, 0) for file, _ in message.locations})
        if isinstance(message.id, tuple):
            string = string if isinstance(string, tuple) else (string,)
        new.add(message.id, string, locations=files, context=message.context)
    return new


def po_bytes(catalogue: Catalog) -> bytes:
    """The catalogue as a .po file: sorted, without dates or line numbers, so that only words make differences."""
    stream = io.BytesIO()
    write_po(stream, catalogue, width=120, sort_output=True, omit_header=True, include_lineno=False)
    head = (
        'msgid ""\nmsgstr ""\n"Content-Type: text/plain; charset=utf-8\\n"\n'
        f'"Language: {catalogue.locale_identifier}\\n"\n"Plural-Forms: nplurals=1; plural=0;\\n"\n\n'
    )
    return head.encode() + stream.getvalue()


def mo_bytes(catalogue: Catalog) -> bytes:
    """The catalogue as the program reads it; the same bytes for the same words, whenever it is made."""
    stream = io.BytesIO()
    read = read_po(io.BytesIO(po_bytes(catalogue)))
    read.creation_date = datetime(2000, 1, 1, tzinfo=UTC)
    write_mo(stream, read)
    return stream.getvalue()


def write() -> None:
    """Nothing; brings all files up to date."""
    wanted = template()
    for tag in TRANSLATED:
        catalogue = updated(tag, wanted)
        po_path(tag).parent.mkdir(parents=True, exist_ok=True)
        po_path(tag).write_bytes(po_bytes(catalogue))
        po_path(tag).with_suffix(".mo").write_bytes(mo_bytes(catalogue))


def missing() -> Iterator[str]:
    """A JSON line per message without translation in either language."""
    wanted, both = template(), [load(tag) for tag in TRANSLATED]
    for message in wanted:
        key = message.id[0] if isinstance(message.id, tuple) else message.id
        if key and not all(is_translated(each.get(key, message.context)) for each in both):
            yield json.dumps([key, message.context or "", sorted({file for file, _ in message.locations})[0]])


def is_translated(message: Message | None) -> bool:
    """True when every form of the message has a translation."""
    return message is not None and (all(message.string) if isinstance(message.string, tuple) else bool(message.string))


def take(lines: list[str]) -> None:
    """Nothing; puts the given translations into the catalogues."""
    wanted = template()
    given = {line[0]: line[1:] for line in map(json.loads, filter(str.strip, lines))}
    for number, tag in enumerate(TRANSLATED):
        catalogue = updated(tag, wanted)
        for message in catalogue:
            key = message.id[0] if isinstance(message.id, tuple) else message.id
            if key in given:
                message.string = (given[key][number],) if isinstance(message.id, tuple) else given[key][number]
        po_path(tag).parent.mkdir(parents=True, exist_ok=True)
        po_path(tag).write_bytes(po_bytes(catalogue))
        po_path(tag).with_suffix(".mo").write_bytes(mo_bytes(catalogue))


if __name__ == "__main__":
    match sys.argv[1:]:
        case ["missing"]:
            print("\n".join(missing()))
        case ["take", file]:
            take(Path(file).read_text(encoding="utf-8").splitlines())
        case _:
            write()
