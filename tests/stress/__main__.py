"""``python -m tests.stress [--write] [NAME [TIMES [SEED]]]``: what a ledger goes through, and what is left of it.

NAME is ``kill`` (a program that answers is killed), ``copies`` (one that copies a visit or puts it away is killed after
each of its steps), ``bundles`` (bundles changed at random), ``limits`` (one that
holds as much as one may), ``full`` (a disk with no room), ``two`` (several programs
on one folder); all of them without a name. ``--write`` keeps docs/reliability.md.
"""

import platform
import sys
import tempfile
import time
from collections.abc import Callable
from datetime import datetime
from pathlib import Path

from .full_disk import ACTS
from .full_disk import main as fill
from .kill import answer_for_ever, kill_often
from .kill_copies import ACTS as COPIED
from .kill_copies import run as kill_copying
from .limits import bundle_at_its_limits, peak_of
from .mutate import mutate
from .two_programs import compete, take_turns

Line = tuple[str, str, bool]
"""What was done, what came of it, whether that is as it must be."""

PAGE = Path(__file__).parents[2] / "docs" / "reliability.md"


def killed(times: int, seed: int) -> list[Line]:
    with tempfile.TemporaryDirectory() as folder:
        told = kill_often(Path(folder), times, seed)
    lost = sum(max(each.acknowledged - each.found, 0) for each in told)
    damaged = sum(bool(each.damage) for each in told)
    unsaid = sum(max(each.found - each.acknowledged, 0) for each in told)
    came = f"{told[-1].acknowledged:,} answers were said to be saved: {lost} lost, {damaged} ledgers damaged"
    came += f" ({unsaid} saved but not yet said)"
    return [(f"`kill -9` at {times:,} random moments while answering", came, not lost and not damaged)]


def stepped(times: int, seed: int) -> list[Line]:
    words = {"copy": "copying to two second places", "put away": "putting a visit away"}
    found: list[Line] = []
    for act in COPIED:
        with tempfile.TemporaryDirectory() as folder:
            told = kill_copying(Path(folder), act)
        print(*told.wrong[:5], sep="\n", file=sys.stderr, end="")
        came = f"{len(told.wrong)} left anything wrong: whole here, or whole at both places"
        found.append((f"`kill -9` after each of the {told.kills:,} steps of {words[act]}", came, not told.wrong))
    return found


def changed(times: int, seed: int) -> list[Line]:
    told = mutate(times, seed)
    for each in (*told.accepted[:5], *told.crashed[:5]):
        print(each, file=sys.stderr)
    came = f"{told.refused:,} refused in words, {len(told.accepted)} taken, {len(told.crashed)} other errors"
    came += f" ({told.same:,} changes had changed nothing)"
    return [(f"{times:,} bundles changed at random", came, not told.accepted and not told.crashed)]


def held(times: int, seed: int) -> list[Line]:
    what = "Reading a bundle with as much in it as one may hold"
    if sys.platform != "linux":
        return [(what, "not tried: memory is measured as Linux does", True)]
    with tempfile.TemporaryDirectory() as folder:
        told = peak_of(bundle_at_its_limits(Path(folder)))
    came = f"{told.entries:,} entries, {told.seals} seals of others: {told.mebibytes} MiB of 256"
    return [(what, came, told.mebibytes <= 256)]


def filled(times: int, seed: int) -> list[Line]:
    words = {
        "answer": "Answering on a full disk", "bundle": "Making a bundle on a full disk",
        "merge": "Merging on a full disk", "open": "Opening on a full disk",
        "copy": "Copying to a full stick", "put away": "Putting a visit away on a full disk",
    }  # fmt: skip
    try:
        outcomes = fill()
    except OSError as error:
        return [(words[act], f"not tried: {error}", True) for act in ACTS]
    for each in outcomes:
        print(*each.wrong[:5], sep="\n", file=sys.stderr, end="")
    return [
        (
            f"{words[each.act]}, room left from 0 in steps of 4 KiB",
            f"{each.refused} of {each.tried} times refused in words; {len(each.wrong)} times half done or damaged",
            not each.wrong,
        )
        for each in outcomes
    ]


def together(times: int, seed: int) -> list[Line]:
    with tempfile.TemporaryDirectory() as folder:
        told = compete(Path(folder), 4, times)
    came = f"{told.said} answers said to be saved, {told.found} there; {told.told:,} times told that another is open"
    return [(f"4 programs on one folder, {times} answers each", came, told.said == told.found and not told.damage)]


WAYS: dict[str, tuple[Callable[[int, int], list[Line]], int]] = {
    "kill": (killed, 100),
    "copies": (stepped, 0),
    "bundles": (changed, 200_000),
    "limits": (held, 0),
    "full": (filled, 0),
    "two": (together, 25),
}
"""Name -> what is done, and how often when nobody says."""


def main(arguments: list[str]) -> int:
    """0 when nothing was lost."""
    if arguments[:1] == ["answer"]:
        answer_for_ever(Path(arguments[1]), arguments[2])
    if arguments[:1] == ["take-turns"]:
        take_turns(Path(arguments[1]), arguments[2], int(arguments[3]), int(arguments[4]))
        return 0
    write = "--write" in arguments
    names = [each for each in arguments if each != "--write"]
    if names and names[0] not in WAYS:
        print(__doc__)
        return 2
    lines: list[Line] = []
    seed = int(names[2]) if len(names) > 2 else 1
    for name in names[:1] or WAYS:
        way, usual = WAYS[name]
        begun = time.monotonic()
        found = way(int(names[1]) if len(names) > 1 else usual, seed)
        for what, came, good in found:
            print(f"{'ok  ' if good else 'FAIL'} {what}: {came}", flush=True)
        print(f"     ({name}, seed {seed}, {time.monotonic() - begun:.0f} s)", flush=True)
        lines += found
    if write:
        PAGE.write_text(page(lines), encoding="utf-8", newline="\n")
    return 0 if all(good for _, _, good in lines) else 1


def page(lines: list[Line]) -> str:
    """The page, written from what came out."""
    today = datetime.now().astimezone().date().isoformat()
    rows = "\n".join(
        f"| {what} | {came} | {'as promised' if good else '**not as promised**'} |" for what, came, good in lines
    )
    return (
        "# Reliability\n\n"
        "Written by `python -m tests.stress --write`; nothing is typed by hand. Every time, the ledger is\n"
        "opened again, its database and every log are checked, and work goes on.\n\n"
        f"Run on {today}: {platform.system()} {platform.machine()}, Python {platform.python_version()}.\n\n"
        f"| what is done | what comes of it | |\n|---|---|---|\n{rows}\n\n"
        "The ordinary tests do the same on a smaller scale in every run; a power cut was not tried, only a killed\n"
        "program: the operating system is trusted to keep what `fsync` was told to keep.\n"
    )


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))
