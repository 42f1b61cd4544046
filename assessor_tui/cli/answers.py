"""``assessor answer``: one answer, or a file of them in one transaction."""

import json
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, NamedTuple

import typer

from assessor_tui.cli.session import (
    PROBLEMS,
    REFUSED,
    Json,
    Mistake,
    VisitName,
    demand_identity,
    find_visit,
    opened,
    problem_line,
    say,
    show_json,
)
from assessor_tui.i18n import N_, _, ngettext
from assessor_tui.ledger.clock import hong_kong_time
from assessor_tui.problem import Place, Problem

if TYPE_CHECKING:
    from assessor_tui.ledger.entry import Entry
    from assessor_tui.ledger.value import Evidence, Value
    from assessor_tui.visit import Recorded, Visit

_KEYS = ("path", "value", "why", "note", "act", "photo", "document", "record", "whom", "until")
_ACTS = ("answer", "clear", "not applicable", "to come", "add row", "remove row")
MAX_FILE = 16 * 1024 * 1024
"""Largest file of answers in bytes."""


class Wish(NamedTuple):
    """One line of answers, as it was typed."""

    path: str
    act: str = ""
    """``""``: an answer when there is a value, else only what stands beside it."""
    value: Any = None
    """Text, a list of texts, or a mapping ``{"n", "u"}``."""
    why: str = ""
    note: str = ""
    photo: str = ""
    document: str = ""
    record: Any = None
    """A record without a file: ``{"kind": "original_seen", "number": ...}``."""
    whom: str = ""
    """From whom something is to come."""
    until: str = ""
    """Until when it is to come, as a date is typed."""


class Applied(NamedTuple):
    """What came of all wishes together."""

    entries: tuple[tuple[str, "Entry"], ...]
    problems: tuple[tuple[int, Problem], ...]
    """Number of the wish, from 0, and what is wrong with it. When there is any, nothing was recorded."""


class _TakeBack(Exception):
    """Ends the transaction without keeping anything."""


def add_to(app: typer.Typer) -> None:
    """Nothing; adds the command."""
    app.command("answer", help=N_("Answer a question, or a whole file of questions at once."))(answer)


def answer(
    context: typer.Context,
    visit_name: VisitName,
    path: Annotated[
        str, typer.Argument(metavar="PATH", help=N_("FORM/question or FORM/repeat[row]/question; [+] adds a row."))
    ] = "",
    value: Annotated[
        str | None,
        typer.Argument(metavar="VALUE", help=N_("A choice by name or label, 12.5 kWh, 2026-11-12, text.")),
    ] = None,
    file: Annotated[
        Path | None, typer.Option("--from", metavar="FILE", help=N_("Answers, one JSON object per line."))
    ] = None,
    why: Annotated[str, typer.Option("--why", help=N_("The reason."))] = "",
    note: Annotated[str, typer.Option("--note", help=N_("A note beside the answer."))] = "",
    not_applicable: Annotated[bool, typer.Option("--not-applicable", help=N_("Not applicable; needs --why."))] = False,
    to_come: Annotated[
        bool, typer.Option("--to-come", help=N_("Still to come: --why says what, --whom from whom, --until by when."))
    ] = False,
    whom: Annotated[str, typer.Option("--whom", help=N_("From whom it is to come."))] = "",
    until: Annotated[str, typer.Option("--until", help=N_("Until when it is to come: 2026-11-20, 20/11, 20."))] = "",
    clear: Annotated[bool, typer.Option("--clear", help=N_("Take the answer away."))] = False,
    remove_row: Annotated[bool, typer.Option("--remove-row", help=N_("Remove the row that PATH names."))] = False,
    photo: Annotated[str, typer.Option("--photo", metavar="FILE", help=N_("A photo as proof."))] = "",
    document: Annotated[str, typer.Option("--document", metavar="FILE", help=N_("A document as proof."))] = "",
    as_json: Json = False,
) -> None:
    """Nothing; what was recorded is on disk before it is said."""
    acts = [
        act
        for act, asked in (
            ("not applicable", not_applicable), ("to come", to_come), ("clear", clear), ("remove row", remove_row),
        )
        if asked
    ]  # fmt: skip
    if file is not None and (path or acts or note or photo or document):
        raise Mistake(_("Give either a path or --from FILE, not both."))
    if file is None and not path:
        raise Mistake(_("Say which question: PATH, or --from FILE."))
    if len(acts) > 1 or (acts and value is not None):
        raise Mistake(_("An answer is one thing: a value, --not-applicable, --to-come, --clear or --remove-row."))
    wrong: list[tuple[int, Problem]] = []
    if (whom or until) and not to_come:
        raise Mistake(_("--whom and --until belong to --to-come."))
    wishes = [Wish(path, acts[0] if acts else "", value, why, note, photo, document, None, whom, until)]
    if file is not None:
        wishes, wrong = read_wishes(_lines_of(file))
    with opened(context, write=True) as store:
        demand_identity(store)
        visit = find_visit(store, visit_name)
        applied = apply(visit, wishes) if not wrong else Applied((), ())
        problems = sorted([*wrong, *applied.problems], key=lambda each: each[0])
        if problems:
            for number, problem in problems:
                where = f"{file}:{number + 1}: " if file is not None else ""
                say(where + problem_line(problem))
            if file is not None:
                say(_("Nothing was recorded. Correct the lines named and run it again."))
            raise typer.Exit(PROBLEMS if file is not None else REFUSED)
        _report(visit, applied, as_json=as_json)


def _report(visit: "Visit", applied: Applied, *, as_json: bool) -> None:
    from assessor_tui.cli.session import problem_data
    from assessor_tui.ledger.value import to_json

    left = left_after(visit, applied)
    if as_json:
        show_json(
            {
                "visit": visit.id,
                "recorded": [
                    {"hash": digest, "act": entry.act, "form": entry.form, "path": entry.path,
                     **({"value": to_json(entry.value)} if entry.value is not None else {}),
                     **({"why": entry.why} if entry.why else {})}
                    for digest, entry in applied.entries
                ],
                "left": [problem_data(problem) for problem in left],
            }
        )  # fmt: skip
        return
    if not applied.entries:
        say(_("This stands already; nothing was recorded."))
    elif len(applied.entries) == 1:
        say(saved(applied.entries[0][1]))
    else:
        count = len(applied.entries)
        time = f"{hong_kong_time(applied.entries[-1][1].at):%H:%M:%S}"
        words = ngettext("Saved {time}: {count} entry.", "Saved {time}: {count} entries.", count)
        say(words.format(time=time, count=count))
    for problem in left:
        say(problem_line(problem))


def saved(entry: "Entry") -> str:
    """The word that an entry is on disk, with the time of day."""
    return _("Saved {time}").format(time=f"{hong_kong_time(entry.at):%H:%M:%S}")


def left_after(visit: "Visit", applied: Applied) -> list[Problem]:
    """What the answers just recorded still demand, and what is wrong with them."""
    from assessor_tui.assess.left import demands_at

    found: list[Problem] = []
    for form, path in dict.fromkeys((entry.form, entry.path) for _digest, entry in applied.entries):
        try:
            now = visit.filling(form).state(path)
        except KeyError:
            continue
        said = [each for each in now.problems if each.code not in ("answer.warning", "answer.required")]
        said += demands_at(visit.filling(form), visit.state, form, path)
        found += [problem._replace(place=Place(file=form, path=path)) for problem in said]
    return found


# A file of answers.


def _lines_of(file: Path) -> list[bytes]:
    """The lines of the file, or of standard input for ``-``."""
    import sys

    if str(file) == "-":
        data = sys.stdin.buffer.read(MAX_FILE + 1)
    else:
        with file.open("rb") as stream:
            data = stream.read(MAX_FILE + 1)
    if len(data) > MAX_FILE:
        raise Mistake(_("{file} is larger than {megabytes} MB. Split it.").format(file=file, megabytes=MAX_FILE >> 20))
    return data.removeprefix(b"\xef\xbb\xbf").split(b"\n")


def read_wishes(lines: Sequence[bytes]) -> tuple[list[Wish], list[tuple[int, Problem]]]:
    """A wish for each line (an empty one for an empty line), and the mistakes by number of line, from 0."""
    wishes: list[Wish] = []
    wrong: list[tuple[int, Problem]] = []
    for number, line in enumerate(lines):
        wishes.append(Wish(""))
        if not line.strip():
            continue
        read = _read_wish(line)
        if isinstance(read, Problem):
            wrong.append((number, read))
        else:
            wishes[-1] = read
    return wishes, wrong


def _read_wish(line: bytes) -> Wish | Problem:
    try:
        # Numbers stay as they were typed: 12.50 is no float.
        data = json.loads(line.decode("utf-8"), parse_float=str, parse_int=str, object_pairs_hook=_without_twins)
    except UnicodeDecodeError:
        return Problem("lines.not_utf8")
    except (ValueError, RecursionError):
        return Problem("lines.not_json")
    if not isinstance(data, dict):
        return Problem("lines.not_json")
    if unknown := [key for key in data if key not in _KEYS]:
        return Problem("lines.unknown_key", parameters={"key": unknown[0], "known": ", ".join(_KEYS)})
    for key in ("path", "why", "note", "act", "photo", "document", "whom", "until"):
        if not isinstance(data.get(key, ""), str):
            return Problem("lines.not_text", parameters={"key": key})
    if not data.get("path"):
        return Problem("lines.no_path")
    if data.get("act", "") not in ("", *_ACTS):
        return Problem("lines.unknown_act", parameters={"act": data["act"], "known": ", ".join(_ACTS)})
    if "value" in data and data["value"] is None and not data.get("act"):
        data["act"] = "clear"
    return Wish(**data)


def _without_twins(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    data = dict(pairs)
    if len(data) != len(pairs):
        raise ValueError("key twice")
    return data


# Applying.


def apply(visit: "Visit", wishes: Sequence[Wish]) -> Applied:
    """All wishes recorded in one transaction, or none of them with what is wrong."""
    from assessor_tui.evidence.files import EvidenceError

    entries: list[tuple[str, Entry]] = []
    problems: list[tuple[int, Problem]] = []
    new_rows: dict[str, str] = {}
    try:
        with visit.store.together():
            for number, wish in enumerate(wishes):
                if not wish.path:
                    continue
                before = len(visit.state)
                try:
                    for recorded in _fulfil(visit, wish, new_rows):
                        problems += ((number, problem) for problem in recorded.problems)
                except EvidenceError as error:
                    if len(wishes) == 1:
                        raise
                    words = _(error.message).format(**error.parameters)
                    problems.append((number, Problem("lines.file", Place(path=wish.path), {"words": words})))
                if len(visit.state) > before:
                    entries += _own_since(visit, before)
            if problems:
                raise _TakeBack
    except _TakeBack:
        visit.refresh()
        return Applied((), tuple(problems))
    return Applied(tuple(entries), ())


def _own_since(visit: "Visit", before: int) -> list[tuple[str, "Entry"]]:
    """The entries that this device has just written: the last of its log."""
    device = visit.store.device
    assert device is not None
    return visit.state.log(device.id)[before - len(visit.state) :]


def _fulfil(visit: "Visit", wish: Wish, new_rows: dict[str, str]) -> "Iterator[Recorded]":
    from assessor_tui.cli.where import find_place
    from assessor_tui.visit import Recorded

    at = find_place(visit, wish.path, new_rows)
    if isinstance(at, Problem):
        yield Recorded(problems=(at,))
        return
    form, path = at
    if not path:
        yield Recorded(problems=(Problem("where.no_question", Place(path=wish.path)),))
        return
    place = Place(file=form, path=path)
    for recorded in _acts(visit, wish, form, path):
        yield recorded._replace(problems=tuple(each._replace(place=place) for each in recorded.problems))


def _acts(visit: "Visit", wish: Wish, form: str, path: str) -> "Iterator[Recorded]":
    from assessor_tui.ledger import entry as acts
    from assessor_tui.visit import Recorded

    if path.endswith("]"):
        if wish.act == acts.REMOVE_ROW:
            yield visit.record(acts.REMOVE_ROW, form, path, why=wish.why)
        elif wish.act not in ("", acts.ADD_ROW) or wish.value is not None:
            yield Recorded(problems=(Problem("where.row_is_no_question"),))
    else:
        yield from _answered(visit, wish, form, path)
    if wish.note:
        yield visit.record(acts.NOTE, form, path, wish.note)
    for kind, file in (("photo", wish.photo), ("document", wish.document)):
        if file:
            yield visit.record(acts.ATTACH, form, path, file_evidence(visit, kind, Path(file)))
    if wish.record is not None:
        record = _record_of(wish.record)
        yield visit.record(acts.ATTACH, form, path, record) if record else Recorded(problems=(Problem("lines.record"),))


def _answered(visit: "Visit", wish: Wish, form: str, path: str) -> "Iterator[Recorded]":
    from assessor_tui.ledger import entry as acts
    from assessor_tui.visit import Recorded

    try:
        visit.filling(form).state(path)
    except KeyError:
        yield Recorded(problems=(Problem("where.no_question"),))
        return
    if wish.act in (acts.ADD_ROW, acts.REMOVE_ROW):
        yield Recorded(problems=(Problem("where.not_a_row"),))
    elif wish.act == acts.TO_COME and not wish.why:
        yield Recorded(problems=(Problem("visit.reason_needed"),))
    elif wish.act == acts.TO_COME:
        from assessor_tui.ledger.awaited import Awaited, awaited_text, until_of

        try:
            until = until_of(wish.until, visit.today)
        except ValueError:
            yield Recorded(problems=(Problem("typed.date", Place(), {"value": wish.until}),))
            return
        why = awaited_text(Awaited(wish.why, wish.whom, until)) if wish.whom or until else wish.why
        yield visit.record(acts.TO_COME, form, path, why=why)
    elif wish.act in (acts.CLEAR, acts.NOT_APPLICABLE):
        yield visit.record(wish.act, form, path, why=wish.why)
    elif wish.value is not None:
        value = value_of(visit, form, path, wish.value)
        if isinstance(value, Problem):
            yield Recorded(problems=(value,))
        else:
            warn(visit, form, path, value)
            yield visit.record(acts.ANSWER, form, path, value, why=wish.why)
    elif wish.act == acts.ANSWER or not (wish.note or wish.photo or wish.document or wish.record):
        yield Recorded(problems=(Problem("lines.no_value"),))


def warn(visit: "Visit", form: str, path: str, value: "Value") -> None:
    """Nothing; says when the number is far from its neighbours' or the last visit's. It is recorded all the same."""
    stands = visit.filling(form).state(path).value == value
    if not stands and (doubt := visit.doubt(form, path, value)) is not None:
        say(problem_line(doubt._replace(place=Place(file=form, path=path))))


def value_of(visit: "Visit", form: str, path: str, given: Any) -> "Value | Problem":
    """The value of a line: text as a person types it, a list of choices, or a quantity as ``{"n", "u"}``."""
    from assessor_tui.cli.typed import read_value
    from assessor_tui.ledger.value import Quantity, names, plain_decimal

    if given is True:
        given = "yes"
    if isinstance(given, str):
        return read_value(visit, form, path, given)
    if isinstance(given, list) and given and all(isinstance(each, str) for each in given):
        found: list[str] = []
        for each in given:
            value = read_value(visit, form, path, each)
            if isinstance(value, Problem):
                return value
            if not (chosen := names(value)):
                return Problem("lines.value")
            found += chosen
        return tuple(dict.fromkeys(found))
    if isinstance(given, dict) and given.keys() <= {"n", "u"} and all(isinstance(each, str) for each in given.values()):
        try:
            return Quantity(plain_decimal(given.get("n", "")), given.get("u", ""))
        except ValueError:
            return Problem("typed.number", parameters={"value": given.get("n", "")})
    return Problem("lines.value")


def _record_of(given: Any) -> "Evidence | None":
    """A record without a file, None when it is not well made."""
    from assessor_tui.form.model import EVIDENCE_KINDS
    from assessor_tui.ledger.value import Evidence

    if not isinstance(given, dict) or not all(isinstance(text, str) and text for text in given.values()):
        return None
    about = {key: text for key, text in given.items() if key != "kind"}
    allowed = {"number", "issuer", "date", "page", "kept", "post", "caption"}
    if given.get("kind") not in EVIDENCE_KINDS or not about.keys() <= allowed:
        return None
    return Evidence(given["kind"], about)


def file_evidence(visit: "Visit", kind: str, file: Path) -> "Evidence":
    """The file as evidence, stored under its digest in the data folder; raises EvidenceError.

    What is no picture is a document, whatever it was called: a demand for a photo stays open.
    """
    from assessor_tui.evidence.inbox import keep

    return keep(visit, file, kind=kind)
