"""``python -m tests.stress kill [TIMES] [SEED]``: kills a program that answers, and prints what was lost."""

import sys
import tempfile
import time
from pathlib import Path

from .kill import answer_for_ever, kill_often


def main(arguments: list[str]) -> int:
    """0 when nothing was lost."""
    if arguments[:1] == ["answer"]:
        answer_for_ever(Path(arguments[1]), arguments[2])
    if arguments[:1] != ["kill"]:
        print(__doc__)
        return 2
    times, seed = (*map(int, arguments[1:]), *(100, 1)[len(arguments) - 1 :])
    begun = time.monotonic()
    with tempfile.TemporaryDirectory() as folder:
        told = kill_often(Path(folder), times, seed)
    lost = sum(max(each.acknowledged - each.found, 0) for each in told)
    damaged = [each.damage for each in told if each.damage]
    unsaid = sum(max(each.found - each.acknowledged, 0) for each in told)
    print(f"killed {len(told)} times (seed {seed}) in {time.monotonic() - begun:.0f} s")
    print(f"answers acknowledged: {told[-1].acknowledged}, lost: {lost}, saved but not yet said: {unsaid}")
    print(f"ledgers damaged: {len(damaged)} {damaged[:3] or ''}")
    return 1 if lost or damaged else 0


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))
