"""Types commands on laptops without waiting for a program to start each time.

One process has the program and its libraries ready and forks for each line: ``{"home", "at", "arguments",
"environment"}`` on standard input, ``{"code", "out", "err"}`` on standard output.
"""

import io
import json
import os
import sys
from contextlib import redirect_stderr, redirect_stdout
from importlib import import_module
from typing import Any

from tests.two_days.clocked import set_clock

READY = (
    "cli", "cli.app", "carry.exchange", "carry.pull", "carry.push", "carry.receipts", "carry.quarantine",
    "store.ledger", "trust.judge", "trust.team", "trust.enrol", "trust.scheme_key", "visit", "settling", "waiting",
)  # fmt: skip
"""Modules of the program that every command needs sooner or later."""


def typed(home: str, at: str, arguments: list[str], environment: dict[str, str]) -> dict[str, Any]:
    """What came of one command, typed in a home folder."""
    os.environ.clear()
    os.environ.update(environment)
    os.chdir(home)
    set_clock(at, 60)
    from assessor_tui.cli import main

    out, err = io.StringIO(), io.StringIO()
    with redirect_stdout(out), redirect_stderr(err):
        code = main(arguments)
    return {"code": code, "out": out.getvalue(), "err": err.getvalue()}


def serve() -> None:
    """Nothing; one answer for each line, until there are no more."""
    set_clock("2026-11-10T09:00", 60)  # the program's modules take their calendar from it; each line sets it anew
    for name in READY:
        import_module(f"assessor_tui.{name}")
    for name in ("cryptography.hazmat.primitives.asymmetric.ed25519", "pydantic", "pyrage", "sqlmodel"):
        import_module(name)
    for line in sys.stdin:
        reader, writer = os.pipe()
        child = os.fork()
        if child == 0:
            with os.fdopen(writer, "w", encoding="utf-8") as pipe:
                try:
                    said = typed(**json.loads(line))
                except BaseException as error:
                    said = {"code": -1, "out": "", "err": repr(error)}
                pipe.write(json.dumps(said))
            os._exit(0)
        os.close(writer)
        with os.fdopen(reader, encoding="utf-8") as pipe:
            answer = pipe.read()
        os.waitpid(child, 0)
        print(answer, flush=True)


if __name__ == "__main__":
    serve()
