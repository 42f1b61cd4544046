"""What the program and all its screens share: keys, language, themes, crashes."""

import asyncio
import gc
import inspect
from collections.abc import Awaitable, Callable, Sequence
from contextlib import suppress
from functools import partial
from pathlib import Path
from typing import Any, ClassVar, TypeVar, cast

from rich.text import Text
from textual import events
from textual.app import App
from textual.binding import Binding
from textual.css.query import NoMatches
from textual.message import Message
from textual.message_pump import MessagePump
from textual.reactive import reactive
from textual.screen import Screen
from textual.scrollbar import ScrollBar, ScrollBarRender
from textual.widget import Widget
from textual.worker import WorkerFailed

from assessor_tui.i18n import LANGUAGE_NAMES, LANGUAGES, _, nearest_language, set_language
from assessor_tui.tui.commands import BY_ID, Command, commands_at
from assessor_tui.tui.compositor import FrugalCompositor
from assessor_tui.tui.input_keys import is_foreign, key_of, plain_character
from assessor_tui.tui.widgets.hint_bar import HintBar
from assessor_tui.tui.widgets.themes import DARK, THEME_NAMES, THEMES, next_theme
from assessor_tui.tui.widgets.virtual_list import VirtualList

Result = TypeVar("Result")

SOON = 0.5
"""Seconds after which the program is left though keys typed before still wait."""


class WholeCells(ScrollBarRender):
    """Scroll bars without half blocks, which are two cells wide in a terminal set up for Chinese."""

    VERTICAL_BARS: ClassVar[list[str]] = [" "]
    HORIZONTAL_BARS: ClassVar[list[str]] = [" "]


ScrollBar.renderer = WholeCells


def takes_text(widget: object) -> bool:
    """True for a widget in which letters are text and no commands."""
    return bool(getattr(widget, "takes_text", False))


def failure_of_the_world(error: BaseException) -> str:
    """The sentence about what the disk or somebody's material has done; ``""`` for an error of the program itself."""
    if (message := getattr(error, "message", None)) is not None:
        return str(_(message).format_map({"reason": "", **getattr(error, "parameters", {})}))
    if isinstance(error, OSError):
        return _("This cannot be read or written: {reason}.").format(reason=error.strerror or type(error).__name__)
    return ""


class Left(Exception):
    """The program is being left; a command that still waited for something is given up."""


class BaseScreen(Screen[Any]):
    """A screen of the program.

    A subclass sets ``PLACE`` and ``BINDINGS = bindings(PLACE)``, writes ``command_<id>`` for its commands (plain or
    async, with the key for a command that takes one) and ``why_not`` for those that cannot run now. A command has
    ended before the next key is looked at; so it opens a window with ``await self.app.push_screen(window, then)``
    and never waits for the window's result.
    """

    PLACE: ClassVar[str] = ""
    AUTO_FOCUS = ""

    def __init__(self, name: str | None = None, id: str | None = None, classes: str | None = None) -> None:
        super().__init__(name, id, classes)
        self._compositor = FrugalCompositor()

    def why_not(self, command_id: str) -> str:
        """Why the command cannot run now, as a sentence; ``""`` when it can."""
        return ""

    async def take_character(self, character: str) -> bool:
        """True when the screen used a typed character itself, before any command: it opened a field with it.

        Asked outside text fields only, with the character as the input method gave it.
        """
        return False

    def say(self, message: str, style: str = "bold") -> None:
        """Nothing; shows a sentence in the hint bar until the next key."""
        with suppress(NoMatches):
            self.query_one(HintBar).say(message, style)

    def language_changed(self) -> None:
        """Nothing; a screen that keeps translated texts makes them again here. Everything is drawn again afterwards."""

    def reason_against(self, command: Command) -> str:
        """Why the command cannot run, also when this screen does not have it; ``""`` when it can."""
        if not hasattr(self, f"command_{command.id}"):
            return _("This is not possible here.")
        return self.why_not(command.id)

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """False for commands while text is being typed, so that the key goes to the field."""
        return action != "command" or not takes_text(self.focused)

    async def action_command(self, command_id: str, key: str = "") -> None:
        """Nothing; runs a command of the registry, or says why it cannot run now."""
        command = BY_ID[command_id]
        if reason := self.reason_against(command):
            self.say(reason, "bold $doubt")
            return
        method = getattr(self, f"command_{command_id}")
        result = method(key) if command.takes_key else method()
        if inspect.isawaitable(result):
            await result

    # Commands that mean the same on every screen

    def the_list(self) -> "VirtualList[Any] | None":
        """The list that the arrow keys move: the focused one, else the first."""
        if isinstance(self.focused, VirtualList):
            return self.focused
        return next(iter(self.query(VirtualList)), None)

    def command_next(self) -> None:
        """Nothing; one line down."""
        if (rows := self.the_list()) is not None:
            rows.action_cursor(1)

    def command_previous(self) -> None:
        """Nothing; one line up."""
        if (rows := self.the_list()) is not None:
            rows.action_cursor(-1)

    def command_page_down(self) -> None:
        """Nothing; one screen down."""
        if (rows := self.the_list()) is not None:
            rows.action_page(1)

    def command_page_up(self) -> None:
        """Nothing; one screen up."""
        if (rows := self.the_list()) is not None:
            rows.action_page(-1)

    def command_first(self) -> None:
        """Nothing; the first line."""
        if (rows := self.the_list()) is not None:
            rows.action_edge(-1)

    def command_last(self) -> None:
        """Nothing; the last line."""
        if (rows := self.the_list()) is not None:
            rows.action_edge(1)

    def command_open(self) -> Awaitable[None] | None:
        """Nothing; chooses the line under the cursor, which posts ``VirtualList.Chosen``."""
        if (rows := self.the_list()) is not None:
            rows.action_choose()
        return None

    def toggle_drawer(self, drawer: Widget, *, show: bool | None = None) -> bool:
        """True when the drawer can now be seen. Drawers carry the class ``drawer`` and stand in a ``.body``.

        On a wide terminal a drawer stands beside the page, on a narrow one it covers it, one at a time.
        """
        if self.has_class("-wide"):
            drawer.set_class(drawer.display if show is None else not show, "-closed")
            return not drawer.has_class("-closed")
        opened = not drawer.has_class("-open") if show is None else show
        for other in self.query(".drawer"):
            other.set_class(opened and other is drawer, "-open")
        self.query(".body").set_class(opened, "-covered")
        return opened

    async def command_help(self) -> None:
        """Nothing; opens the keys of this place."""
        from assessor_tui.tui.windows.help import Help  # the help is not on the way to the first frame

        await self.app.push_screen(Help(self.PLACE, self._reasons()))

    async def command_commands(self) -> None:
        """Nothing; opens the command palette of this place and runs what is chosen."""
        from assessor_tui.tui.windows.palette import Palette

        async def run(command_id: str | None) -> None:
            if command_id:
                await self.action_command(command_id)

        await self.app.push_screen(Palette(self.PLACE, self._reasons()), run)

    def command_theme(self) -> None:
        """Nothing; the next theme."""
        self.app.theme = next_theme(self.app.theme)
        self.say(_("Theme: {name}").format(name=_(THEME_NAMES[self.app.theme])))

    def command_language(self) -> None:
        """Nothing; the next language of the program."""
        app = self.app
        if isinstance(app, BaseApp):
            app.language = LANGUAGES[(LANGUAGES.index(app.language) + 1) % len(LANGUAGES)]
            self.say(_("Language: {name}").format(name=LANGUAGE_NAMES[app.language]))

    def command_quit(self) -> None:
        """Nothing; leaves the program."""
        if isinstance(self.app, BaseApp):
            self.app.action_leave()

    def _reasons(self) -> dict[str, str]:
        reasons = {command.id: self.reason_against(command) for command in commands_at(self.PLACE)}
        return {command_id: reason for command_id, reason in reasons.items() if reason}


class BaseApp(App[Any]):
    """The program. It knows no visit; the screens are pushed by what starts it."""

    ENABLE_COMMAND_PALETTE = False
    CSS_PATH = Path(__file__).with_name("app.tcss")
    HORIZONTAL_BREAKPOINTS = [(0, "-narrow"), (110, "-wide")]  # noqa: RUF012 - so Textual declares them
    VERTICAL_BREAKPOINTS = [(0, "-low"), (24, "-normal"), (36, "-tall")]  # noqa: RUF012
    PAUSE_GC_ON_SCROLL = True
    BINDINGS: ClassVar[list[Binding | tuple[str, str] | tuple[str, str, str]]] = [
        Binding("ctrl+c", "interrupt", show=False, priority=True),
        Binding("ctrl+q", "leave", show=False, priority=True),
    ]

    language: reactive[str] = reactive(LANGUAGES[0], init=False)
    """Tag of the interface's language; setting it draws everything again in that language."""

    def __init__(
        self, *, language: str = LANGUAGES[0], theme: str = DARK.name, crash_folder: Path | None = None
    ) -> None:
        """The program in a language and a theme. Crash notes go to ``crash_folder``, nowhere without one."""
        super().__init__()
        for each in THEMES:
            self.register_theme(each)
        self.theme = theme if theme in THEME_NAMES else DARK.name
        self.animation_level = "none"
        self.crash_folder = crash_folder
        self.crash_note: Path | None = None
        self._interrupted = False
        self._keys_wait = False
        """True while a field's screen has not seen yet what a key did in it, or a window is being built; keys wait."""
        self._held: list[events.Key] = []
        self._aside: asyncio.Future[Any] | None = None
        """What a command waits for, with all keys behind it."""
        self.set_reactive(BaseApp.language, set_language(language))

    def get_theme_variable_defaults(self) -> dict[str, str]:
        """The colours of our own names, for themes that do not have them."""
        return dict(DARK.variables)

    # Keys

    async def on_event(self, event: events.Event) -> None:
        """Nothing; gives keys their one meaning before any binding sees them."""
        if isinstance(event, events.Key) and not event.is_forwarded:
            if self._keys_wait and event.key != "ctrl+c":
                self._hold(event)
                return
            if not self.screen.is_mounted:  # a window whose fields and lists do not stand yet
                self._keys_wait = True
                self._hold(event)
                self.call_next(self._screen_seen)
                return
            if takes_text(self.focused) and not event.is_printable:
                self._hold_keys()
            if event.key != "ctrl+c":
                self._interrupted = False
            translated = await self._translated(event)
            if translated is None:
                return
            event = translated
        with suppress(Left):
            await super().on_event(event)

    def _hold(self, event: events.Key) -> None:
        self._held.append(event)
        if event.key == "ctrl+q":  # in its turn, so that what was typed before it counts, but soon
            self.set_timer(SOON, self.action_leave)

    def _hold_keys(self) -> None:
        """Keys wait from here on, until the screen has seen what the field with focus makes of the next one.

        A field takes letters at once and what Enter, Tab or Backspace mean some rounds later. Without waiting, what is
        typed ahead after Enter still goes into the field that is being left, and two answers become one.
        """
        field = self.focused
        assert field is not None
        self._keys_wait = True
        # The key is looked at by the field, then by its parents up to the program, which runs the field's action;
        # the field's message then takes the same way up to the screen. The two rounds follow both.
        path = field.ancestors_with_self
        self.call_next(_in_turn, (*path, *path), self._screen_seen)

    def _screen_seen(self) -> Any:
        # What a window's end called for waits in the queue of the screen that is seen now.
        return _in_turn((self.screen, self), self._let_keys_go)

    async def _let_keys_go(self) -> None:
        self._keys_wait = False
        while self._held and not self._keys_wait:
            await self.on_event(self._held.pop(0))

    async def _translated(self, event: events.Key) -> events.Key | None:
        """The key that is meant; None when there is nothing left to do."""
        screen = self.screen
        if takes_text(self.focused):
            return event
        say: Callable[..., None] = getattr(screen, "say", _nothing)
        say("")
        character = event.character
        if character is None or not (character.isprintable() or character == "\u3000"):
            return event
        take = getattr(screen, "take_character", None)
        if take is not None and await take(character):
            return None
        plain = plain_character(character)
        if plain != character:
            return events.Key(key_of(plain), plain)
        if is_foreign(character):
            say(_("Input method is on: use digits and arrows, or press Shift"))
            return None
        return event

    def action_interrupt(self) -> None:
        """Nothing; the first Ctrl+C asks, the second leaves."""
        if self._interrupted:
            self.action_leave()
            return
        self._interrupted = True
        if isinstance(self.screen, BaseScreen):
            self.screen.say(_("Press Ctrl+C again to leave; nothing is lost."))

    def action_leave(self) -> None:
        """Nothing; leaves at once, also out of a window and out of a field, whose text is kept as its draft."""
        if self._exit:
            return
        for screen in self.screen_stack:
            for node in screen.walk_children():
                if takes_text(node):
                    node.hand_out_now()  # type: ignore[attr-defined]
        self.exit()

    async def aside(self, work: Callable[..., Result], *arguments: Any, **named: Any) -> Result:
        """What the work comes to, done by a thread; for a command on which the next keys wait.

        Leaving does not wait for it: then ``Left`` is raised.
        """
        self._aside = asyncio.get_running_loop().run_in_executor(None, partial(work, *arguments, **named))
        try:
            return cast(Result, await self._aside)
        except asyncio.CancelledError:
            raise Left from None
        finally:
            self._aside = None

    def post_message(self, message: Message) -> bool:
        """True when the message was put in its queue. A command that waits for a thread hears of leaving before."""
        if self._aside is not None and isinstance(message, events.Key) and message.key == "ctrl+q":
            self._aside.cancel()
        return super().post_message(message)

    # Language

    def validate_language(self, tag: str) -> str:
        """The nearest language that there is."""
        return nearest_language(tag)

    def watch_language(self, tag: str) -> None:
        """Nothing; draws all screens again in the language."""
        set_language(tag)
        for screen in self.screen_stack:
            for node in screen.walk_children(with_self=True):
                if (changed := getattr(node, "language_changed", None)) is not None:
                    changed()
                if isinstance(node, VirtualList):
                    node.refresh_all()
            screen.refresh(recompose=False)
            for widget in screen.query("*"):
                widget.refresh()

    # Start and end

    def on_ready(self) -> None:
        """Nothing; what was loaded up to the first frame is never garbage, so it is never looked at again."""
        if not gc.isenabled():  # the program starts with it switched off; inside a larger process leave it alone
            gc.enable()
            gc.freeze()

    def _handle_exception(self, error: Exception) -> None:
        if isinstance(error, Left) or (self._exit and isinstance(error, NoMatches)):
            return  # whoever leaves is not told that a page had no time to be built
        if isinstance(error, WorkerFailed) and (words := failure_of_the_world(error.error)):
            # What a thread meets beside the screen is no reason to end somebody's work.
            say: Callable[..., None] = getattr(self.screen, "say", _nothing)
            say(words)
            return
        if self.crash_note is None and self.crash_folder is not None:
            from assessor_tui.crash import write_crash_note  # not on the way to the first frame

            self.crash_note = write_crash_note(self.crash_folder, error)
        super()._handle_exception(error)

    def _fatal_error(self) -> None:
        # Textual would print the local variables, which hold answers.
        lines = [
            _("The program met an error of its own and had to stop. Your work is saved: every answer was on the disk.")
        ]
        if self.crash_note is not None:
            lines.append(_("What happened stands, without answers, in {file}").format(file=self.crash_note))
        self.panic(Text("\n".join(lines)))


def _nothing(message: str) -> None:
    """Nothing: stands for a screen that has no place to say something."""


def _in_turn(nodes: Sequence[MessagePump], then: Callable[[], Any]) -> Any:
    """What ``then`` returns, called once each of the nodes, one after the other, has seen what waits for it now.

    A node that has gone is passed over.
    """
    for index, node in enumerate(nodes):
        if node.is_running and node.call_later(_in_turn, nodes[index + 1 :], then):
            return None
    return then()
