"""First line of a screen."""

from assessor_tui.tui.widgets.header_bar import HeaderBar, HeaderState, PageTabs
from tests.bars import Program, english, line  # noqa: F401


async def test_the_title_stands_left_and_the_state_right_and_what_matters_stays_when_narrow():
    app = Program()
    async with app.run_test(size=(80, 10)) as pilot:
        assert line(app, HeaderBar).startswith(" V-1 Site [red] 金豐電池")
        assert line(app, HeaderBar).endswith("48-91%   68/142   ⇄ 2 conflicts   saved 10:32 ")
        await pilot.resize_terminal(40, 10)
        await pilot.pause()
        assert line(app, HeaderBar).endswith("saved 10:32 ")
        assert "48-91%" not in line(app, HeaderBar)
        header = app.screen.query_one(HeaderBar)
        header.show(header.state._replace(editing=True))
        assert line(app, HeaderBar).endswith("✎ EDIT ")


async def test_a_page_can_be_clicked():
    app = Program()
    async with app.run_test(size=(80, 10)) as pilot:
        await pilot.click(PageTabs, offset=(line(app, PageTabs).index("Review") + 1, 0))
        assert app.screen.did == ["review"]


def test_the_present_page_is_in_sight_however_narrow_the_terminal_is():
    pages = tuple((name, name.capitalize()) for name in ("overview", "walk", "tables", "flows", "findings", "review"))
    for width in (30, 40, 60, 80):
        for place, name in pages:
            tabs = PageTabs(pages, place)
            pieces = tabs.line(width)
            line = "".join(piece if isinstance(piece, str) else piece[0] for piece in pieces)
            assert f"[{name}]" in line[:width]
            start, end, _place = next(span for span in tabs._spans if span[2] == place)
            assert line[start:end] == f"[{name}]"


def said(state, width):
    pieces = HeaderBar(state).line(width)[0]
    return str(pieces), {str(span.style) for span in pieces.spans}


def test_how_old_the_copy_is_gives_way_early_unless_it_is_a_doubt():
    state = HeaderState("Alpha Plating Works", "68/142", "48-91%", "10:32", copy="copy 12 min")
    assert "copy 12 min   48-91%   68/142" in said(state, 80)[0]
    narrow, _styles = said(state, 62)
    assert "copy" not in narrow and "48-91%" in narrow and "Alpha Plating Works" in narrow
    doubtful = state._replace(copy="copy yesterday", copy_doubtful=True)
    narrow, styles = said(doubtful, 60)
    assert "copy yesterday   saved 10:32" in narrow and "bold $doubt" in styles


def test_at_80_columns_the_score_stands_beside_a_long_title_as_long_as_nothing_presses():
    state = HeaderState(
        title="Sample Battery (Dongguan) Ltd (invented)  示例電池（東莞）有限公司（虛構）", progress="872/894",
        score="53-84 of 100, 69% known", saved="10:32", person="Chan Shili 陳示例 (invented)",
    )  # fmt: skip
    line, _styles = said(state, 80)
    assert all(each in line for each in ("Sample Battery (Dongguan", "53-84 of 100", "872/894", "CS", "saved 10:32"))
    line, _styles = said(state._replace(saved="", copy="copy just now"), 80)
    assert all(each in line for each in ("Sample Battery", "copy just now", "69% known", "CS", "872/894"))
    line, _styles = said(state._replace(conflicts=3, copy="no copy for 9 h", copy_doubtful=True), 80)
    assert all(each in line for each in ("Sample Battery", "no copy for 9 h", "3 conflicts", "CS", "saved 10:32"))
