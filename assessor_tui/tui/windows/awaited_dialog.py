"""Saying that an answer is to come: what, from whom, until when."""

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from textual import events

from assessor_tui.i18n import _
from assessor_tui.ledger import entry as acts
from assessor_tui.ledger.awaited import Awaited, awaited_of, awaited_text, until_of
from assessor_tui.tui.entry_text import no_date
from assessor_tui.tui.input_keys import plain_character
from assessor_tui.tui.widgets.field import LineField
from assessor_tui.tui.windows.fields_dialog import Asked, AskFields

if TYPE_CHECKING:
    from assessor_tui.visit import Visit

WHAT, WHOM, UNTIL = "what", "whom", "until"
_MOST_PEOPLE = 6


class UsualField(LineField):
    """A field in which a digit takes a usual answer while it is empty."""

    def on_key(self, event: events.Key) -> None:
        """Nothing; a digit of a usual answer is not typed."""
        window, typed = self.screen, plain_character(event.character or " ")
        if not self.value and isinstance(window, AskAwaited) and window.take_usual(typed):
            event.stop()
            event.prevent_default()


class AskAwaited(AskFields):
    """Three fields; in an empty one a digit takes a usual answer and goes on. The result maps the fields to texts."""

    FIELD = UsualField

    def __init__(self, about: str, usual: Mapping[str, Sequence[str]], today: str, value: Awaited) -> None:
        """``usual``: field -> its usual answers, in the order of the digits."""
        self.about = about
        self.usual = usual
        self.today = today
        self.here = WHAT
        """The field that has the keys."""

        def wrong_date(text: str) -> str:
            try:
                until_of(text, today)
            except ValueError:
                return no_date()
            return ""

        fields = [
            Asked(WHAT, _("What"), value.what, required=True),
            Asked(WHOM, _("From whom"), value.whom),
            Asked(UNTIL, _("Until when"), value.until, placeholder=_("2026-11-20, 20/11 or 20"), check=wrong_date),
        ]
        super().__init__(_("To come"), fields, told=self._told)

    def _told(self, values: Mapping[str, str]) -> str:
        lines = [self.about]
        here = self.here
        if usual := self.usual.get(here, ()) if not values.get(here) else ():
            lines.append("   ".join(f"{number} {text}" for number, text in enumerate(usual, 1)))
        elif values.get(UNTIL):
            try:
                lines.append(_("until {date}").format(date=until_of(values[UNTIL], self.today)))
            except ValueError:
                lines.append(" ")
        else:
            lines.append(" ")
        return "\n".join(lines)

    def take_usual(self, character: str) -> bool:
        """True when the digit named a usual answer of the field with the keys: it is taken, the next one is asked."""
        field, usual = self.focused, self.usual.get(self.here, ())
        if not isinstance(field, LineField) or not character.isdecimal() or not 1 <= int(character) <= len(usual):
            return False
        field.value = usual[int(character) - 1]
        field.action_finish("next")
        return True

    def on_descendant_focus(self) -> None:
        """Nothing; shows the usual answers of the field that has the keys."""
        self.here = self.focused.subject if isinstance(self.focused, LineField) else self.here
        self.retell()


def usual_answers(visit: "Visit") -> dict[str, list[str]]:
    """What is awaited most often, and the people of the site whom the visit knows already."""
    from assessor_tui.ledger.entry import TO_COME

    asked = [awaited_of(entry.why).whom for _digest, entry in visit.state.entries() if entry.act == TO_COME]
    people = dict.fromkeys(whom for whom in reversed(asked) if whom)
    header = visit.scheme.header_form
    if header in visit.forms:
        filling = visit.filling(header)
        try:
            rows = [f"attendance[{row}]" for row in filling.rows("attendance")]
            for row in rows:
                if filling.state(f"{row}/attendee_side").value == ("site",):
                    name = filling.state(f"{row}/attendee_name").value
                    if isinstance(name, str):
                        people[name] = None
        except KeyError:
            pass
    return {
        WHAT: [
            _("line stands still"),
            _("paper promised"),
            _("result of a measurement"),
            _("person is away"),
            _("under repair"),
        ],
        WHOM: list(people)[:_MOST_PEOPLE],
    }


async def ask_awaited(screen: Any, form: str, path: str, then: Any) -> None:
    """Nothing; asks what comes for the question at ``path`` and records it; ``then`` as in ``VisitScreen.record``."""
    from assessor_tui.i18n import language
    from assessor_tui.tui.shown.rows import place_words

    visit = screen.visit
    standing = visit.state.standing(form, path)
    known = standing is not None and standing.status == "to come"
    before = awaited_of(standing.entry.why) if known else Awaited("")

    def answered(values: dict[str, str] | None) -> None:
        if values is not None:
            until = until_of(values[UNTIL], visit.today)
            why = awaited_text(Awaited(values[WHAT], values[WHOM], until))
            screen.record(acts.TO_COME, form, path, why=why, then=then)

    window = AskAwaited(place_words(visit, form, path, language()), usual_answers(visit), visit.today, before)
    await screen.app.push_screen(window, answered)
