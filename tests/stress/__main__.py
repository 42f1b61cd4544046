"""``python -m tests.stress [--write] [NAME [TIMES [SEED]]]``: what a ledger goes through, and what is left of it.

NAME is ``kill`` (a program that answers is killed), ``acts`` (one that attaches, makes a bundle, merges, is brought up
to date, backs up, restores, pushes to a folder is killed after random steps), ``copies`` (one that copies a visit or
puts it away is killed after each of its steps), ``bundles`` (bundles changed at random), ``devices`` (stories of
several laptops), ``limits`` (one that holds as much as one may), ``many`` (10,000 papers in one visit), ``large``
(2 GiB), ``full`` (a disk with no room), ``two`` (several programs on one folder); all of them without a name, and
several with commas between them. The lines of the page that a run does not touch stay as they are. ``--write`` keeps
docs/reliability.md.
"""

import platform
import sys
import tempfile
import time
from collections.abc import Callable, Mapping
from datetime import datetime
from pathlib import Path

from .full_disk import ACTS
from .full_disk import main as fill
from .kill import answer_for_ever, kill_often
from .kill_acts import ACTS as KILLED_ACTS
from .kill_acts import run as kill_acting
from .kill_copies import ACTS as COPIED
from .kill_copies import run as kill_copying
from .large import MOST, carry_many, offer_large_bundle, offer_large_file
from .limits import bundle_at_its_limits, peak_of
from .mutate import mutate_beside
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


def acting(times: int, seed: int) -> list[Line]:
    words = {
        "attach": "attaching papers", "bundle": "making a bundle", "encrypt": "making an encrypted bundle",
        "merge": "merging", "migrate": "bringing a ledger of the first edition up to date", "back up": "backing up",
        "restore": "putting a backup back over a sound ledger", "push": "pushing to a folder",
        "restore damaged": "putting a backup back over a damaged ledger",
    }  # fmt: skip
    found: list[Line] = []
    for act in KILLED_ACTS:
        with tempfile.TemporaryDirectory() as folder:
            told = kill_acting(Path(folder), act, times, seed)
        print(*told.wrong[:5], sep="\n", file=sys.stderr, end="\n" if told.wrong else "")
        came = f"{told.acknowledged:,} entries, files, bundles and backups were said to be there: "
        came += f"{len(told.wrong)} times anything lost, half done or damaged"
        what = f"`kill -9` {told.kills:,} times after random ones of {told.steps:,} steps of {words[act]}"
        found.append((what, came, not told.wrong))
    return found


def changed(times: int, seed: int) -> list[Line]:
    begun = time.monotonic()
    told = mutate_beside(times, seed)
    rate = told.tried / (time.monotonic() - begun)
    for each in (*told.accepted[:5], *told.crashed[:5]):
        print(each, file=sys.stderr)
    came = f"{told.refused:,} refused in words, {len(told.accepted)} taken, {len(told.crashed)} other errors"
    came += f" ({told.same:,} changes had changed nothing)"
    what = f"{told.tried:,} bundles changed at random: plain and encrypted ones, of every purpose and version"
    return [(what, f"{came}; {rate:,.0f} a second", not told.accepted and not told.crashed)]


def stories(times: int, seed: int) -> list[Line]:
    # What it needs takes long to import, and the programs that are killed need none of it.
    from tests.stress.devices import MOST as MOST_LAPTOPS
    from tests.stress.devices import STEPS
    from tests.stress.devices import run as tell_stories

    begun = time.monotonic()
    told = tell_stories(times, seed)
    rate = told.stories / (time.monotonic() - begun) * 60
    print(*told.wrong, sep="\n", file=sys.stderr, end="\n" if told.wrong else "")
    what = (
        f"{told.stories:,} stories of up to {MOST_LAPTOPS} laptops, {STEPS} steps each: answering, deciding, signing, "
    )
    what += "carrying in any order, copying, restoring, clocks 50 years off, rosters, revoking, forging"
    came = f"{len(told.wrong)} broke a promise; {rate:,.0f} stories a minute"
    return [(what, came, not told.wrong)]


def held(times: int, seed: int) -> list[Line]:
    what = "Reading a bundle with as much in it as one may hold"
    if sys.platform != "linux":
        return [(what, "not tried: memory is measured as Linux does", True)]
    with tempfile.TemporaryDirectory() as folder:
        told = peak_of(bundle_at_its_limits(Path(folder)))
    came = f"{told.entries:,} entries, {told.seals} seals of others: {told.mebibytes} MiB of 256"
    return [(what, came, told.mebibytes <= 256)]


def many(times: int, seed: int) -> list[Line]:
    what = f"A visit with {times:,} papers handed over in one bundle and taken in"
    if sys.platform != "linux":
        return [(what, "not tried: memory is measured as Linux does", True)]
    with tempfile.TemporaryDirectory() as folder:
        told = carry_many(Path(folder), times)
    came = f"{told.arrived} arrived; {told.making} MiB to make it, {told.merging} MiB to take it in, of {MOST}"
    return [(what, came, told.arrived == str(times) and max(told.making, told.merging) <= MOST)]


def large(times: int, seed: int) -> list[Line]:
    with tempfile.TemporaryDirectory() as folder:
        file, bundle = offer_large_file(Path(folder)), offer_large_bundle(Path(folder))
    return [
        ("A file of 2 GiB offered as evidence", f"refused, nothing of it left: {file}", bool(file)),
        ("A bundle of more than 2 GiB", f"refused: {bundle}", bool(bundle)),
    ]


def filled(times: int, seed: int) -> list[Line]:
    words = {
        "answer": "Answering on a full disk", "bundle": "Making a bundle on a full disk",
        "merge": "Merging on a full disk", "open": "Opening on a full disk",
        "copy": "Copying to a full stick", "put away": "Putting a visit away on a full disk",
        "attach": "Attaching a paper on a full disk", "push": "Pushing to a full folder",
        "back up": "Backing up on a full disk", "restore": "Putting a backup back on a full disk",
        "update": "Bringing the tables up to date on a full disk",
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
    "acts": (acting, 100),
    "copies": (stepped, 0),
    "bundles": (changed, 1_000_000),
    "devices": (stories, 2_000),
    "limits": (held, 0),
    "many": (many, 10_000),
    "large": (large, 0),
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
    said = [each for each in arguments if each != "--write"]
    names = said[0].split(",") if said else list(WAYS)
    if not set(names) <= WAYS.keys():
        print(__doc__)
        return 2
    seed = int(said[2]) if len(said) > 2 else 1
    sections: dict[str, str] = {}
    good = True
    for name in names:
        way, usual = WAYS[name]
        begun = time.monotonic()
        lines = way(int(said[1]) if len(said) > 1 else usual, seed)
        for what, came, well in lines:
            print(f"{'ok  ' if well else 'FAIL'} {what}: {came}", flush=True)
        took = time.monotonic() - begun
        print(f"     ({name}, seed {seed}, {took:.0f} s)", flush=True)
        good = good and all(well for _, _, well in lines)
        sections[name] = section(name, seed, took, lines)
        if write:
            before = PAGE.read_text(encoding="utf-8") if PAGE.exists() else ""
            PAGE.write_text(page(before, sections), encoding="utf-8", newline="\n")
    return 0 if good else 1


def section(name: str, seed: int, took: float, lines: list[Line]) -> str:
    """One part of the page: what came of one part of the run."""
    today = datetime.now().astimezone().date().isoformat()
    rows = "\n".join(
        f"| {what} | {came} | {'as promised' if good else '**not as promised**'} |" for what, came, good in lines
    )
    system = f"{platform.system()} {platform.machine()}, Python {platform.python_version()}"
    return (
        f"## {name}\n\n{today}, {system}, seed {seed}, {took:.0f} s.\n\n"
        f"| what is done | what comes of it | |\n|---|---|---|\n{rows}\n"
    )


def page(before: str, sections: Mapping[str, str]) -> str:
    """The page with these sections, and with those that ``before`` has of other parts."""
    old = {part.partition("\n")[0]: f"## {part.strip()}\n" for part in before.split("\n## ")[1:]}
    known = {**old, **sections}
    return "\n".join(
        [
            "# Reliability\n\n"
            "Written by `python -m tests.stress --write`; nothing is typed by hand. Every time, the ledger is opened\n"
            "again, its database and every log are checked, and work goes on. The ordinary tests do the same on a\n"
            "smaller scale in every run. A power cut was not tried, only a killed program: the operating system is\n"
            "trusted to keep what `fsync` was told to keep.\n",
            *(known[name] for name in WAYS if name in known),
        ]
    )


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))
