"""The passphrase of this laptop's key, asked for once before something is sealed; answering never needs it."""

from collections.abc import Awaitable, Callable
from typing import TYPE_CHECKING, Any, cast

from assessor_tui.i18n import _
from assessor_tui.tui.base import BaseScreen
from assessor_tui.tui.widgets.field import LineField, TextField
from assessor_tui.tui.windows.bundles import failure_sentence
from assessor_tui.tui.windows.dialog import AskText

if TYPE_CHECKING:
    from assessor_tui.tui.app import AssessorApp


class AskSecret(AskText):
    """A window that asks for a secret: it is not shown, and nothing of it is kept when the window closes."""

    def _field(self, value: str) -> LineField | TextField:
        field = LineField("", drafts=False, id="answer")
        field.password = True
        return field

    def leave(self, typed: Any) -> None:
        """Nothing; a secret is not kept."""


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
