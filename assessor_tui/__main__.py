"""The command ``assessor``: the terminal program without arguments, else one of the commands for scripts."""

import gc
import sys


def main() -> int:
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
    from assessor_tui.i18n import _, set_language, system_language
    from assessor_tui.store.errors import StoreError

    try:
        from assessor_tui.tui.app import run

        return run(data_folder(Path(folder) if folder else None))
    except StoreError as error:
        set_language(system_language())
        print(_(error.message).format_map({"reason": "", **error.parameters}), file=sys.stderr)
        return error.exit_code


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
