"""The question card."""

from hypothesis import given
from hypothesis import strategies as st
from textual.app import ComposeResult

from assessor_tui.tui.base import BaseApp
from assessor_tui.tui.widgets.card import Card, CardModel, ChoiceLine, Part, Remark, TextPage, card_lines, page_lines

texts = st.text(alphabet="ab [/]$金豐，：é\u0301\u202e\x1b👨\u200d👩🇭🇰\n ", max_size=50)
models = st.builds(
    CardModel,
    number=texts,
    label=texts,
    other_label=texts,
    position=texts,
    demands=texts,
    hint=texts,
    status=st.sampled_from(["missing", "answered", "to come", "not applicable"]),
    choices=st.lists(st.builds(ChoiceLine, texts, st.sampled_from(["", "1"]), st.booleans(), texts), max_size=3).map(
        tuple
    ),
    answer=texts,
    points=texts,
    remarks=st.lists(st.builds(Remark, texts, st.sampled_from(["", "problem", "warning"])), max_size=2).map(tuple),
    notices=st.lists(st.builds(Remark, texts, st.sampled_from(["", "returned"])), max_size=2).map(tuple),
    parts=st.lists(st.builds(Part, texts, st.just((Remark("x"),))), max_size=2).map(tuple),
)

MODEL = CardModel(
    number="3.07",
    label="Is every [red]regulated[/red] air emission point led to control equipment?",
    position="question 7 of 24",
    choices=(ChoiceLine("All points", "1", points="4"), ChoiceLine("Some", "2", True, "2")),
    remarks=(Remark("score 2 accepted", "answered"),),
    parts=(Part("Note", (Remark("log of October is missing"),), "F2", "note"),),
)


class Shown(BaseApp):
    def __init__(self, model):
        super().__init__()
        self.shown = model
        self.clicked = []

    def compose(self) -> ComposeResult:
        yield Card(self.shown)

    def on_card_clicked(self, message):
        self.clicked.append(message.target)


@given(models, st.integers(8, 70))
def test_every_line_of_a_card_is_exactly_as_wide_as_its_room(model, width):
    for line in card_lines(model, width):
        assert line.line.cell_length == width
    for line in page_lines(TextPage(model.label, model.parts, model.hint), width):
        assert line.line.cell_length == width


def test_the_words_of_a_question_are_never_read_as_markup():
    text = "\n".join(line.line.plain for line in card_lines(MODEL, 60))
    assert "[red]regulated[/red]" in text
    assert "2 (x) Some" in text


async def test_a_click_on_a_choice_or_a_part_says_which():
    app = Shown(MODEL)
    async with app.run_test(size=(60, 20)) as pilot:
        lines = [line.target for line in card_lines(MODEL, 60)]
        await pilot.click(Card, offset=(8, lines.index("choice:1")))
        await pilot.click(Card, offset=(8, lines.index("note")))
        assert app.clicked == ["choice:1", "note"]


async def test_another_answer_draws_only_the_lines_that_differ():
    app = Shown(MODEL)
    async with app.run_test(size=(60, 20)) as pilot:
        card = app.query_one(Card)
        drawn = []
        card.refresh = lambda *regions, **options: drawn.append(regions)
        card.show(MODEL._replace(choices=(MODEL.choices[0]._replace(chosen=True), MODEL.choices[1])))
        assert len(drawn) == 1
        await pilot.pause()


async def test_a_card_higher_than_its_room_scrolls_and_the_next_one_starts_at_its_top():
    app = Shown(MODEL._replace(label="long " * 300))
    async with app.run_test(size=(60, 12)) as pilot:
        card = app.query_one(Card)
        card.scroll_page(1)
        await pilot.pause()
        assert card.scroll_offset.y == 11
        card.show(MODEL)
        await pilot.pause()
        assert card.scroll_offset.y == 0
