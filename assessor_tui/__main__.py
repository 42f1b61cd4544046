"""The command ``assessor``: the terminal program without arguments, else one of the commands for scripts."""

import gc
import sys
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pathlib import Path

    from assessor_tui.tui.terminal import Question


def main() -> int:
    """Exit code. Ends the process itself when threads of the screen are still at work: nobody waits for them."""
    code = _run()
    beside = sys.modules.get("assessor_tui.tui.beside")
    return code if beside is None else int(beside.end(code))


def _run() -> int:
    """Exit code. Looks at the arguments by hand: the terminal program starts without anything that reads them."""
    gc.disable()  # imports make no garbage; the program enables it after its first frame
    arguments = sys.argv[1:]
    folder = _data_option(arguments)
    if folder is None:
        gc.enable()
        from assessor_tui.cli import main as command

        return command()
    from pathlib import Path

    from assessor_tui.config import data_folder
    from assessor_tui.tui import first_frame

    where = data_folder(Path(folder) if folder else None)
    painted = first_frame.paint(where) or _ask_terminal(where)
    try:
        # Imported after the first frame stands, or while a terminal that is new to us answers how wide it draws.
        from assessor_tui.tui.app import run

        return run(where, painted=painted)
    except BaseException as error:
        if painted is not None:
            painted.take_away()
        if (message := getattr(error, "message", None)) is None:
            raise
        from assessor_tui.i18n import _, set_language, system_language

        set_language(system_language())
        words = _(message).format_map({"reason": "", **getattr(error, "parameters", {})})
        sys.stderr.write(f"{words}\n")
        return int(getattr(error, "exit_code", 1))
    finally:
        if painted is not None:
            painted.give_back()


def _ask_terminal(where: "Path") -> "Question | None":
    """The question how wide this terminal draws, on its way; None when that is known or nobody can be asked."""
    from assessor_tui.tui import terminal

    return terminal.ask() if terminal.recall(where, terminal.kind_of_terminal()) is None else None


def _data_option(arguments: list[str]) -> str | None:
    """The folder named by ``--data``, ``""`` without one, None when there is anything else on the line."""
    if not arguments:
        return ""
    if len(arguments) == 2 and arguments[0] == "--data" and arguments[1]:
        return arguments[1]
    if len(arguments) == 1 and arguments[0].startswith("--data=") and arguments[0] != "--data=":
        return arguments[0].removeprefix("--data=")
    return None


if __name__ == "__main__":
    sys.exit(main())
