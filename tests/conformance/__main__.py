"""Replays cases of other programs.

``python -m tests.conformance expressions|traces|xlsforms FILE``, ``fuzz FORM ACTS STATES``, ``roundtrip [FILE...]``,
``recomputation [ANSWERS [SEED]]``; ``write [RUN ...] [ANSWERS]`` keeps docs/conformance.md.

Each run prints ``N of M`` on its first line and then one line per miss. Exit code 1 when a miss has no reason in
deviations.toml, or a reason stands there for a case that passes.
"""

import sys
from collections.abc import Sequence
from importlib import import_module

from tests.conformance.cases import show, unexpected

KINDS = {"expressions": 1, "traces": 1, "xlsforms": 1, "fuzz": 3, "roundtrip": 0, "recomputation": 0}
"""Run -> how many files it needs at least. Each is a module with ``run(*arguments) -> Run``."""


def main(arguments: Sequence[str]) -> int:
    if arguments[:1] == ["write"]:
        return int(import_module("tests.conformance.page").write(*arguments[1:]))
    if not arguments or arguments[0] not in KINDS or len(arguments) - 1 < KINDS[arguments[0]]:
        sys.stderr.write(__doc__ or "")
        return 2
    run = import_module(f"tests.conformance.{arguments[0]}").run(*arguments[1:])
    show(run)
    return 1 if unexpected(run) else 0


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))
