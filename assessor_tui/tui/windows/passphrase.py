"""The passphrase of this laptop's key, asked for once before something is sealed; answering never needs it."""

import asyncio
from collections.abc import Awaitable, Callable
from typing import TYPE_CHECKING, Any, cast

from assessor_tui.i18n import _
from assessor_tui.tui.base import BaseScreen
from assessor_tui.tui.widgets.field import LineField, TextField
from assessor_tui.tui.windows.bundles import failure_sentence
from assessor_tui.tui.windows.dialog import AskText

if TYPE_CHECKING:
    from textual.worker import Worker

    from assessor_tui.tui.app import AssessorApp

_PAINTED = 0.1
"""Seconds after which the window has been drawn."""


class AskSecret(AskText):
    """A window that asks for a secret: it is not shown, and nothing of it is kept when the window closes."""

    trying: "Worker[None] | None" = None
    """What tries the passphrase that was typed."""

    def _field(self, value: str) -> LineField | TextField:
        field = LineField("", drafts=False, id="answer")
        field.password = True
        return field

    def leave(self, typed: Any) -> None:
        """Nothing; a secret is not kept."""

    async def on_done(self, message: Any) -> None:
        """Nothing; as for any text, but trying a passphrase takes seconds on purpose, and that is said before."""
        message.stop()
        message.prevent_default()
        if message.how in ("blur", "escape") or not message.text.strip():
            await super().on_done(message)
        elif self.trying is None:
            self.say(_("being read"))
            self.trying = self.run_worker(self._try(message.text.strip()), exit_on_error=True)

    async def _try(self, typed: str) -> None:
        await asyncio.sleep(_PAINTED)
        wrong = self.check(typed)
        self.trying = None
        if wrong:
            self.say(wrong)
        elif self.is_current:
            self.dismiss(typed)


async def with_key(screen: BaseScreen, then: Callable[[], Awaitable[object]]) -> None:
    """Nothing; does what needs this laptop's key, after its passphrase was typed where it has one."""
    from assessor_tui.store import keys

    program = cast("AssessorApp", screen.app)
    store = program.store
    device = store.device
    if device is None or not keys.is_locked(store.folder, device.id):
        await then()
        return

    def wrong(typed: str) -> str:
        try:
            keys.unlock(store.folder, device.id, typed)
        except Exception as error:
            return failure_sentence(error)
        return ""

    async def typed(passphrase: str | None) -> None:
        if passphrase:
            await then()

    text = _("The key of this laptop is locked by a passphrase, and a bundle is sealed with it. It is asked for once.")
    await program.push_screen(AskSecret(_("Passphrase"), text, check=wrong), typed)
