"""The commands. Nothing here is imported before a command is typed; heavy rooms load inside the commands."""

import sys
from collections.abc import Sequence

from assessor_tui.i18n import set_language, system_language


def main(argv: Sequence[str] | None = None) -> int:
    """Exit code of the command that ``argv`` (without the program's name) spells; never a traceback.

    0 done, 1 failure, 2 usage, 3 conflicts, problems or quarantine, 4 refused, 5 local data damaged.
    """
    arguments = list(sys.argv[1:] if argv is None else argv)
    set_language(_language_asked_for(arguments))
    from assessor_tui.cli.run import run  # typer stays off the road of the terminal program

    return run(arguments)


def _language_asked_for(arguments: Sequence[str]) -> str:
    """The value of ``--lang``, which even the help is written in, else what the environment asks for."""
    for index, argument in enumerate(arguments):
        if argument == "--":
            break
        if argument.startswith("--lang="):
            return argument.partition("=")[2]
        if argument == "--lang" and index + 1 < len(arguments):
            return arguments[index + 1]
    return system_language()
