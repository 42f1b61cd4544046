"""The visits."""
from assessor_tui.tui.base import BaseScreen
from assessor_tui.tui.commands import HOME, bindings


class HomeScreen(BaseScreen):
    """All visits of this laptop."""

    PLACE = HOME
    BINDINGS = bindings(HOME)
