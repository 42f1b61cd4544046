"""A checklist goes over to a newer version from inside the program: chosen, looked at, undone, by keys."""

from pathlib import Path

import pytest

from assessor_tui.form.canonical import form_hash
from assessor_tui.form.write import to_yaml
from assessor_tui.tui.commands import CONFLICTS, WALK
from assessor_tui.tui.windows.dialog import Pages
from assessor_tui.tui.windows.file_dialog import PickFile
from assessor_tui.tui.windows.updating import UpdatePreview, preview_page
from tests.small_visit import CHECK, asked, say
from tests.tui_visits import closing, opened_small, ready

__all__ = ["closing"]

NEWER = CHECK._replace(
    version="2", children=(*(n for n in CHECK.children if n.name != "words"), asked("text", "shift"))
)


async def settled(pilot) -> None:
    await pilot.app.workers.wait_for_complete()
    await pilot.pause()


def lines(window: UpdatePreview) -> list[str]:
    return [
        window.page.title,
        *(text for part in window.page.parts for text in (part.title, *(e.text for e in part.lines))),
    ]


async def test_a_version_out_of_a_file_is_looked_at_taken_and_taken_back(tmp_path: Path) -> None:
    app, visit = opened_small(tmp_path, WALK, "check/meter")
    say(visit, "words", "as seen")
    file = tmp_path / "newer.yaml"
    file.write_text(to_yaml(NEWER), encoding="utf-8")
    async with app.run_test(size=(80, 24)) as pilot:
        await ready(pilot)
        await app.screen.command_update_form()
        await settled(pilot)
        assert isinstance(app.screen, PickFile)
        await pilot.press(*str(file))
        await pilot.press("enter")
        await settled(pilot)
        assert isinstance(app.screen, UpdatePreview)
        told = lines(app.screen)
        assert told[0] == "Checklist: version 1 becomes 2"
        assert "words: as seen" in told
        assert "1 more question is asked:" in told
        await pilot.press("enter")
        await settled(pilot)
        assert app.visit.versions["check"] == form_hash(NEWER)[:12]
        assert app.screen.PLACE == WALK
        await pilot.press("ctrl+z")
        await settled(pilot)
        assert app.visit.versions["check"] == form_hash(CHECK)[:12]
        assert app.visit.filling("check").state("words").value == "as seen"


async def test_escape_leaves_the_visit_as_it_is_and_versions_held_here_are_offered(tmp_path: Path) -> None:
    app, visit = opened_small(tmp_path, WALK, "check/meter")
    visit.store.add_form(NEWER)
    async with app.run_test(size=(80, 24)) as pilot:
        await ready(pilot)
        await app.screen.command_update_form()
        await settled(pilot)
        await pilot.press("1")
        await settled(pilot)
        assert isinstance(app.screen, UpdatePreview)
        await pilot.press("escape")
        await settled(pilot)
        assert app.visit.versions["check"] == form_hash(CHECK)[:12]
        assert app.screen.PLACE == WALK


async def test_a_file_with_mistakes_says_them_and_changes_nothing(tmp_path: Path) -> None:
    app, _visit = opened_small(tmp_path, WALK, "check/meter")
    file = tmp_path / "wrong.yaml"
    file.write_text("settings: {form_id: check}\nsurvey: []\n", encoding="utf-8")
    async with app.run_test(size=(80, 24)) as pilot:
        await ready(pilot)
        await app.screen.command_update_form()
        await settled(pilot)
        await pilot.press(*str(file))
        await pilot.press("enter")
        await settled(pilot)
        assert isinstance(app.screen, Pages)


@pytest.mark.parametrize(("name", "where"), [("twice.md", "survey B3: "), ("unknown.yaml", "b: ")])
async def test_a_mistake_says_its_cell_in_a_sheet_and_its_question_where_no_line_is_known(
    tmp_path: Path, name: str, where: str
) -> None:
    app, _visit = opened_small(tmp_path, WALK, "check/meter")
    table = "| survey |\n| | type | name | label |\n| | text | a | A |\n| | integer | a | Again |\n"
    form = to_yaml(NEWER._replace(children=(*NEWER.children, asked("text", "b", relevant="${nobody} = 1"))))
    (tmp_path / name).write_text(table if name.endswith(".md") else form, encoding="utf-8")
    async with app.run_test(size=(80, 24)) as pilot:
        await ready(pilot)
        await app.screen.command_update_form()
        await settled(pilot)
        await pilot.press(*str(tmp_path / name))
        await pilot.press("enter")
        await settled(pilot)
        assert isinstance(app.screen, Pages)
        (part,) = app.screen.model.parts
        assert part.lines[0].text.startswith(where)


@pytest.mark.parametrize("kind", ["findings", "checklist"])
def test_what_cannot_be_is_said_first(tmp_path: Path, kind: str) -> None:
    from assessor_tui.moving import preview

    _app, visit = opened_small(tmp_path, WALK)
    new = NEWER._replace(kind=kind)
    page = preview_page(visit, new, preview(visit, new))
    assert (page.parts[0].title == "The visit cannot go over now:") is (kind == "findings")


async def test_answers_under_an_older_version_are_settled_together_on_the_page_of_conflicts(tmp_path: Path) -> None:
    from assessor_tui.carry.exchange import FULL, make_bundle, merge_bundle
    from assessor_tui.moving import update_form
    from assessor_tui.visit import Visit
    from tests.small_visit import ids, laptop

    app, visit = opened_small(tmp_path, CONFLICTS)
    with laptop(tmp_path / "bob", "Bob") as other:
        merge_bundle(other, make_bundle(visit.store, visit, tmp_path / "one", FULL).path)
        bob = Visit(other, visit.id, new_id=ids("b"))
        update_form(visit, NEWER)
        say(bob, "meter", ("yes",))
        say(bob, "gate", ("yes",))
        say(bob, "words", "as seen")
        merge_bundle(visit.store, make_bundle(other, bob, tmp_path / "two", FULL).path)
    async with app.run_test(size=(80, 24)) as pilot:
        await ready(pilot)
        assert len(app.visit.state.conflicts) == 3
        await pilot.press("f5")
        await settled(pilot)
        await pilot.press("1")
        await settled(pilot)
        await pilot.press("enter")
        await settled(pilot)
        await pilot.press("1")
        await settled(pilot)
        assert [path for _, _, path in app.visit.state.conflicts] == ["words"]
        await pilot.press("ctrl+z")
        await settled(pilot)
        assert len(app.visit.state.conflicts) == 3
