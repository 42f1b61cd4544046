"""How far the visit is."""
from assessor_tui.tui.commands import OVERVIEW, bindings
from assessor_tui.tui.visit_screen import VisitScreen


class OverviewScreen(VisitScreen):
    """Sections, score and what is left to do."""

    PLACE = OVERVIEW
    BINDINGS = bindings(OVERVIEW)
