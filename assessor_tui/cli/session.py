"""What all commands share: where the work is, opening it, finding a visit, saying things and printing data.

Standard output is data, standard error is narration.
"""

import re
import sys
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from assessor_tui.i18n import N_, _, language
from assessor_tui.problem import Problem

if TYPE_CHECKING:
    from assessor_tui.store.ledger import Store
    from assessor_tui.visit import Visit

DONE, FAILURE, USAGE, PROBLEMS, REFUSED, DAMAGED = range(6)
"""Exit codes."""

Json = Annotated[bool, typer.Option("--json", help=N_("Print data as JSON."))]
VisitName = Annotated[
    str, typer.Argument(metavar="VISIT", help=N_("Beginning of the visit's id, or its site's name or number."))
]


class Mistake(Exception):
    """Something that whoever typed the command can put right, said in one sentence."""

    def __init__(self, words: str, exit_code: int = USAGE) -> None:
        super().__init__(words)
        self.exit_code = exit_code


class Session:
    """One run of one command."""

    def __init__(self) -> None:
        self.data: Path | None = None
        """What ``--data`` names."""
        self.language = ""
        """What ``--lang`` names; ``""`` without it."""
        self.person = ""
        """Whom ``--as`` names; ``""`` without it."""

    @property
    def folder(self) -> Path:
        """The data folder."""
        from assessor_tui.config import data_folder

        return data_folder(self.data)


def day_here() -> str:
    """The date on this laptop's calendar, ISO 8601."""
    from datetime import datetime

    return datetime.now().astimezone().date().isoformat()


def new_id() -> str:
    """32 hexadecimal digits that nobody has used."""
    import secrets

    return secrets.token_hex(16)


# Saying and printing.


def shown(text: str) -> str:
    """Text from outside on one line, without anything that a terminal would obey."""
    return "".join(one if one.isprintable() else " " for one in text)


def say(words: str) -> None:
    """Nothing; one line of narration on standard error."""
    sys.stderr.write(shown(words) + "\n")


def show(words: str = "") -> None:
    """Nothing; one line of data on standard output."""
    sys.stdout.write(shown(words) + "\n")


def show_json(data: Any) -> None:
    """Nothing; JSON on standard output, with every unprintable character spelled as an escape."""
    import json

    text = json.dumps(data, ensure_ascii=False, indent=2)
    sys.stdout.write(re.sub(r"[^\n -~]", _escaped, text) + "\n")


def _escaped(match: re.Match[str]) -> str:
    one = match[0]
    if one.isprintable():
        return one
    number = ord(one)
    return f"\\u{number:04x}" if number < 0x10000 else one


def show_table(rows: Iterable[Sequence[str]]) -> None:
    """Nothing; rows as columns that line up, the last one as long as it is."""
    from rich.cells import cell_len

    table = [[shown(cell) for cell in row] for row in rows]
    if not table:
        return
    widths = [max(cell_len(row[column]) for row in table) for column in range(len(table[0]))]
    for row in table:
        cells = [cell + " " * (width - cell_len(cell)) for cell, width in zip(row, widths, strict=True)]
        show("  ".join(cells).rstrip())


def problem_line(problem: Problem) -> str:
    """Where and what, in one line."""
    from assessor_tui.i18n.sentences import sentence

    place = problem.place
    where = short_rows("/".join(part for part in (place.file, place.path) if part))
    return f"{where}: {sentence(problem)}" if where else sentence(problem)


def short_rows(path: str) -> str:
    """The path with its row ids cut to what is typed in practice; it can be typed back as it stands."""
    return re.sub(r"\[([0-9a-f]{8})[0-9a-f]{24}\]", r"[\1]", path)


def problem_data(problem: Problem) -> dict[str, Any]:
    """The problem as JSON data."""
    from assessor_tui.i18n.sentences import sentence

    place = problem.place
    data: dict[str, Any] = {"code": problem.code, "sentence": sentence(problem)}
    for key, value in (("file", place.file), ("line", place.line), ("column", place.column), ("path", place.path)):
        if value:
            data[key] = value
    if problem.parameters:
        data["parameters"] = dict(problem.parameters)
    return data


# Asking.


def ask_line(prompt: str) -> str:
    """The line typed after the prompt, which stands on standard error; ``""`` at the end of input."""
    sys.stderr.write(shown(prompt))
    sys.stderr.flush()
    return sys.stdin.readline().rstrip("\n")


def ask_secret(prompt: str, variable: str) -> str:
    """What the variable of the environment holds, else what is typed unseen.

    Raises:
        Mistake: when there is neither the variable nor a person to ask.
    """
    import os
    from getpass import getpass

    if variable in os.environ:
        return os.environ[variable]
    if not sys.stdin.isatty():
        raise Mistake(_("Nobody can be asked for the passphrase here. Set {variable}.").format(variable=variable))
    return getpass(prompt, stream=sys.stderr)


KEY_OPENER = "ASSESSOR_PASSPHRASE"
"""Variable that holds the passphrase of this laptop's key."""


def unlock_key(session: Session) -> None:
    """Nothing; the key of this laptop can be used until the program ends.

    Raises:
        Mistake, StoreError: when nobody can be asked, or it is not its passphrase.
    """
    from assessor_tui.store import keys
    from assessor_tui.store.ledger import Store

    with Store.open(session.folder, write=False) as store:
        device = store.device
    if device is not None:
        passphrase = ask_secret(_("The passphrase of this laptop's key: "), KEY_OPENER)
        keys.unlock(session.folder.absolute(), device.id, passphrase)


# The ledger and its visits.


@contextmanager
def opened(context: typer.Context, *, write: bool = False) -> "Iterator[Store]":
    """The ledger of the data folder, closed again afterwards."""
    from assessor_tui.config import markers_folder
    from assessor_tui.store.ledger import Store

    session: Session = context.obj
    with Store.open(session.folder, write=write, markers=markers_folder()) as store:
        renewed = store.renewed
        if renewed:
            _say_renewal(store)
        if store.migrated is not None:
            say(
                _("The ledger was brought up to date. As it was before, it is kept in {file}").format(
                    file=store.migrated
                )
            )
        if session.person and store.device is not None:
            store.set_person(session.person, keep=False)
        if not write:
            yield store
            return
        with backing_up(store):
            yield store
        if store.renewed != renewed:  # what was merged has shown that another ledger writes as this device
            _say_renewal(store)


def _say_renewal(store: "Store") -> None:
    from assessor_tui.i18n.sentences import renewal_words
    from assessor_tui.store.trusted import latest_roster

    say(renewal_words(store.renewed, listed=latest_roster(store) is not None))


@contextmanager
def backing_up(store: "Store") -> "Iterator[None]":
    """The day's backup is made beside what stands in the block; why none was made is said at its end."""
    from assessor_tui.carry.care import back_up_daily
    from assessor_tui.store.backups import wait

    back_up_daily(store)
    yield
    if (error := wait(store.folder)) is not None:
        say(_(error.message).format_map({"reason": "", **error.parameters}))


def open_screen(session: Session, store: "Store", *, visit: str = "", target: str = "") -> int:
    """The exit code of the terminal program, opened where the person was, or at ``target`` in a visit."""
    from assessor_tui.tui.app import AssessorApp, demand_terminal, fit_terminal

    demand_terminal()
    typed = fit_terminal(session.folder)
    app = AssessorApp(
        store,
        place="walk" if visit else "",
        visit_id=visit,
        target=target,
        language=session.language,
        crash_folder=session.folder / "crashes",
        typed=typed,
    )
    return app.run_to_its_end()


def find_visit(store: "Store", name: str, *, whole: bool = True) -> "Visit":
    """The one visit meant by the beginning of its id, or by its site's name or number.

    Args:
        store: the ledger.
        name: what was typed.
        whole: False when it is enough to have some of its entries, though its opening has not arrived.

    Raises:
        Mistake: when none or several are meant, or its opening has not arrived.
    """
    from assessor_tui.visit import Visit

    wanted = name.strip()
    known = [row.id for row in store.visits()]
    found = [visit for visit in known if wanted and visit.startswith(wanted.lower())]
    visits = {visit: Visit(store, visit, new_id=new_id, language=language()) for visit in (found or known)}
    if not found:
        exact = [visit for visit in visits if _plain(wanted) in map(_plain, names_of(visits[visit]))]
        found = exact or [
            visit
            for visit in visits
            if any(_plain(each).startswith(_plain(wanted)) for each in names_of(visits[visit]))
        ]
    if wanted and not found and (away := [each for each in store.put_away_lines() if _is_line_of(each, wanted)]):
        copies = ", ".join(f"{copy['place']} {copy['file']}" for copy in away[-1]["copies"])
        raise Mistake(
            _("Visit {visit} was put away. Merge one of its copies to bring it back: {copies}.").format(
                visit=away[-1]["visit"][:8], copies=copies
            )
        )
    if not wanted or not found:
        raise Mistake(_("There is no visit {visit}. “assessor visit list” shows those there are.").format(visit=name))
    if len(found) > 1:
        several = ", ".join(f"{each[:8]} {title(visits[each])}".strip() for each in found[:5])
        raise Mistake(_("{visit} can mean several visits: {several}. Type more.").format(visit=name, several=several))
    visit = visits[found[0]]
    if whole and not is_whole(visit):
        raise Mistake(
            _("The opening of visit {visit} has not arrived yet. Merge the lead's bundle first.").format(
                visit=visit.id[:8]
            ),
            FAILURE,
        )
    return visit


def _is_line_of(line: dict[str, Any], wanted: str) -> bool:
    """True when the line of a visit put away is meant by what was typed."""
    names = [line["number"], *line["names"].values()]
    return bool(line["visit"].startswith(wanted.lower())) or any(
        _plain(name).startswith(_plain(wanted)) for name in names if name
    )


def is_whole(visit: "Visit") -> bool:
    """True when the visit's opening, scheme and forms are here."""
    try:
        return bool(visit.scheme and visit.forms)
    except (LookupError, KeyError):
        return False


def _plain(name: str) -> str:
    return "".join(name.split()).casefold()


def names_of(visit: "Visit") -> list[str]:
    """Names and numbers that people call the visit by; empty while its opening has not arrived."""
    try:
        answers = [
            visit.header(path) for path in ("site_name_en", "site_name_zh", "registered_number", "application_number")
        ]
    except (LookupError, KeyError):
        return []
    return [answer for answer in answers if isinstance(answer, str) and answer]


def title(visit: "Visit") -> str:
    """The site's name in the present language; ``""`` while nobody said it."""
    from assessor_tui.carry.exchange import site_name

    try:
        return site_name(visit, language())
    except (LookupError, KeyError):
        return ""


def demand_identity(store: "Store") -> None:
    """Nothing, when it is known who works on this laptop.

    Raises:
        NoDevice: otherwise.
    """
    if store.device is None:
        from assessor_tui.store.errors import NoDevice

        raise NoDevice(store.folder)


def refuse(problems: Sequence[Problem], exit_code: int = REFUSED) -> None:
    """Nothing, when there are no problems.

    Raises:
        typer.Exit: after each problem was said.
    """
    if problems:
        for problem in problems:
            say(problem_line(problem))
        raise typer.Exit(exit_code)
