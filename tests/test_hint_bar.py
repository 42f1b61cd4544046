"""Last lines of a screen."""

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from assessor_tui.tui.widgets.header_bar import HeaderBar, HeaderState
from assessor_tui.tui.widgets.hint_bar import HintBar, StatusLine
from tests.bars import Program, english, line  # noqa: F401


async def test_six_keys_and_the_help_on_a_narrow_terminal_and_more_on_a_wide_one():
    app = Program()
    async with app.run_test(size=(80, 10)) as pilot:
        narrow = line(app, HintBar)
        assert narrow.startswith(" 1-9 answer  Enter next  F2 note")
        assert narrow.rstrip().endswith("? keys")
        bar = app.screen.query_one(HintBar)
        bar.show(["note"], {"answer": "choose"}, {"answer": "1-4"})
        assert line(app, HintBar).startswith(" 1-4 choose  Enter next  F3 photo  F5 finding")
        await pilot.resize_terminal(140, 10)
        await pilot.pause()
        assert len(line(app, HintBar).split("  ")) > 8


async def test_a_key_can_be_clicked():
    app = Program()
    async with app.run_test(size=(80, 10)) as pilot:
        await pilot.click(HintBar, offset=(line(app, HintBar).index("F2") + 1, 0))
        assert app.screen.did == ["note"]


async def test_every_bar_is_exactly_as_wide_as_the_terminal():
    app = Program()
    async with app.run_test(size=(61, 10)) as pilot:
        header, status, hint = (app.screen.query_one(kind) for kind in (HeaderBar, StatusLine, HintBar))

        @settings(max_examples=40, suppress_health_check=list(HealthCheck))
        @given(st.text(alphabet="ab[/]金，\x1b\u202e👨\u200d", max_size=70), st.text(alphabet="a金", max_size=70))
        def check(title, other):
            header.show(HeaderState(title, other, other, "10:32", note=title))
            hint.say(title)
            status.say((other, "bold"))
            for bar in (header, status, hint):
                strip = bar.render_line(0)
                assert sum(segment.cell_length for segment in strip) == 61

        check()
        await pilot.pause()
