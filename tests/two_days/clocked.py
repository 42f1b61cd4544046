"""The program on a laptop whose clock shows a day of the story, and goes faster than ours.

``python -m tests.two_days.clocked 2026-11-12T09:15 240 ARGUMENTS`` starts ``assessor ARGUMENTS`` at that moment in Hong
Kong; a second of ours is 240 of the laptop's. Only the time of day is another: timers and pauses stay as they are.
"""

import datetime as calendar
import sys
import time


def set_clock(start: str, speed: float) -> None:
    """Nothing; from now on the clock of this process shows the story's time."""
    began = calendar.datetime.fromisoformat(f"{start}+08:00").timestamp()
    really, since = time.time, time.monotonic

    zero = since()
    assert really() > 0

    def story_time() -> float:
        return began + (since() - zero) * speed

    class Day(calendar.datetime):
        """Dates as this clock shows them."""

        @classmethod
        def now(cls, tz: calendar.tzinfo | None = None) -> calendar.datetime:
            shown = calendar.datetime.fromtimestamp(time.time(), calendar.timezone(calendar.timedelta(hours=8)))
            return shown.astimezone(tz) if tz is not None else shown.replace(tzinfo=None)

    time.time = story_time
    time.time_ns = lambda: int(story_time() * 1e9)
    calendar.datetime = Day  # type: ignore[misc]


if __name__ == "__main__":
    set_clock(sys.argv[1], float(sys.argv[2]))
    sys.argv[1:] = sys.argv[3:]
    from assessor_tui.__main__ import main

    sys.exit(main())
