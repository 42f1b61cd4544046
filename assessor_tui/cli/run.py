"""Running one command: the tree of commands in the language asked for, and every failure as one sentence."""

import os
import re
import sys
from collections import defaultdict
from collections.abc import Mapping, Sequence
from functools import partial
from io import TextIOWrapper
from pathlib import Path
from typing import Annotated, Any

import typer
from typer.main import get_command

from assessor_tui.cli.app import app
from assessor_tui.cli.session import Mistake, Session, say, unlock_key
from assessor_tui.i18n import N_, _, language

_DATA_HELP = N_("Folder that holds the work (else ASSESSOR_DATA, else this system's place).")
_AS_HELP = N_("Who is at the keyboard for this command; without it whoever is on this laptop now.")
_LANG_HELP = N_("Language of what is said: en-HK, zh-Hant-HK, zh-Hans-CN.")

_USAGE: Mapping[str, str] = {
    "NoSuchOption": N_("There is no option {name} here. “{command} --help” lists the options."),
    "MissingParameter": N_("{name} is missing. “{command} --help” shows how it is written."),
    "BadParameter": N_("{name} cannot be read ({reason}). “{command} --help” shows how it is written."),
    "NoSuchCommand": N_("There is no command {name} here. “{command} --help” lists the commands."),
    "UsageError": N_("This cannot be read ({reason}). “{command} --help” shows how it is written."),
}


def run(arguments: Sequence[str]) -> int:
    """Exit code of the command; what went wrong stands as one sentence on standard error."""
    session = Session()
    _speak_utf8()
    try:
        result = _run(session, arguments)
        sys.stdout.flush()  # a reader that has gone is met here, not at the end of the interpreter
    except BrokenPipeError:
        _forget_output()
        return 1
    except (KeyboardInterrupt, EOFError):
        say(_("Stopped. What was saved stays saved."))
        return 1
    except Exception as error:
        return _said(error, session)
    return result if isinstance(result, int) else 0


def _run(session: Session, arguments: Sequence[str]) -> object:
    """What the command gives. A locked key is unlocked and the command run again: nothing was done before it."""
    for again in (False, True):
        command = _tree(session)
        try:
            return command.main(list(arguments), prog_name="assessor", standalone_mode=False, obj=session)
        except Exception as error:
            if again or not _is_locked_key(error):
                raise
        unlock_key(session)
    return None


def _is_locked_key(error: Exception) -> bool:
    from assessor_tui.store.wrapped import KeyLocked

    return isinstance(error, KeyLocked)


def _speak_utf8() -> None:
    """Chinese can be printed and piped in wherever it goes, also where the system's own encoding does not know it."""
    if isinstance(sys.stdin, TextIOWrapper) and sys.stdin.encoding.lower() not in ("utf-8", "utf8"):
        sys.stdin.reconfigure(encoding="utf-8", errors="replace")
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, TextIOWrapper) and stream.encoding.lower() not in ("utf-8", "utf8"):
            stream.reconfigure(encoding="utf-8", errors="backslashreplace")


def _forget_output() -> None:
    """Whoever read the output has gone; Python shall not complain about it at exit."""
    os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())


def _tree(session: Session) -> Any:
    """The commands, with their help in the present language and with --data, --lang and --as on each."""
    command = get_command(app)
    _prepare(command, _everywhere(session))
    return command


def _prepare(command: Any, everywhere: list[Any]) -> None:
    command.help = _(command.help or "")
    command.short_help = _(command.short_help or "")
    for parameter in command.params:
        # The options typer adds by itself bring words of their own.
        if getattr(parameter, "help", None):
            parameter.help = _(parameter.help)
    command.params = [*command.params, *everywhere]
    for inner in getattr(command, "commands", {}).values():
        _prepare(inner, everywhere)


def _everywhere(session: Session) -> list[Any]:
    """The options that every command has."""
    alone = typer.Typer(add_completion=False, rich_markup_mode=None)
    alone.command()(_options)
    found = get_command(alone).params
    for parameter in found:
        parameter.expose_value = False
        parameter.help = _(parameter.help)  # type: ignore[attr-defined]
        parameter.callback = partial(_keep, session)
    return found


def _options(
    data: Annotated[Path | None, typer.Option("--data", metavar="DIR", help=_DATA_HELP, show_default=False)] = None,
    lang: Annotated[str | None, typer.Option("--lang", metavar="LANGUAGE", help=_LANG_HELP, show_default=False)] = None,
    person: Annotated[str | None, typer.Option("--as", metavar="NAME", help=_AS_HELP, show_default=False)] = None,
) -> None:
    """Nothing; its parameters are the options. The language is read before everything else."""


def _keep(session: Session, context: Any, parameter: Any, value: Any) -> None:
    if value is not None and parameter.name == "data":
        session.data = Path(value)
    elif value is not None and parameter.name == "person":
        session.person = value
    elif value is not None:
        session.language = language()


def _said(error: Exception, session: Session) -> int:
    """Exit code after the sentence about the error was said."""
    if isinstance(error, typer.Exit):
        return int(getattr(error, "exit_code", 0))
    if isinstance(error, typer.Abort):
        say(_("Stopped. What was saved stays saved."))
        return 1
    if isinstance(error, Mistake):
        say(str(error))
        return error.exit_code
    if hasattr(error, "format_message"):
        say(_usage(error))
        return 2
    message, parameters = getattr(error, "message", None), getattr(error, "parameters", None)
    if isinstance(message, str) and isinstance(parameters, Mapping):
        say(_(message).format_map(defaultdict(str, parameters)))
        return int(getattr(error, "exit_code", 1))
    if isinstance(error, OSError) and error.filename is not None:
        say(
            _("{file} cannot be used ({reason}). Check the name and the rights.").format(
                file=error.filename, reason=error.strerror
            )
        )
        return 1
    return _crashed(error, session)


def _usage(error: Any) -> str:
    """The sentence about a command that was typed wrongly."""
    kind = next((base.__name__ for base in type(error).__mro__ if base.__name__ in _USAGE), "UsageError")
    parameter = getattr(error, "param", None)
    name = getattr(error, "option_name", "") or ""
    if parameter is not None:
        is_option = parameter.param_type_name == "option"
        name = parameter.opts[0] if is_option else parameter.metavar or str(parameter.name).upper()
    context = getattr(error, "ctx", None)
    if unknown := re.match(r"No such command '(.*)'", str(getattr(error, "message", ""))):
        kind, name = "NoSuchCommand", unknown[1]
    # The library's own words are English; they are the reason in brackets, not the sentence.
    reason = str(getattr(error, "message", error)).strip().rstrip(".")
    return _(_USAGE[kind]).format(
        name=name, reason=reason, command=context.command_path if context is not None else "assessor"
    )


def _crashed(error: Exception, session: Session) -> int:
    from assessor_tui.crash import write_crash_note

    say(_("Something unexpected happened. Your work is saved: everything that was said to be saved is on disk."))
    note = write_crash_note(session.folder / "crashes", error)
    if note is not None:
        say(_("What happened stands, without answers, in {file}").format(file=note))
    return 1
