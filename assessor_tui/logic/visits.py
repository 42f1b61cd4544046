"""What the expressions of a visit's forms know beyond the answers: the same on every laptop and in every later year."""

from collections.abc import Mapping

from assessor_tui.ledger.typed_times import OFFSET
from assessor_tui.logic.views import Context


def visit_context(today: str, language: str, visit: str, last_saved: Mapping[str, str] | None = None) -> Context:
    """The context of a filling of a visit on the day ``today`` (ISO 8601).

    ``now()`` is the last second of that day in Hong Kong, so that no time of the day lies in the future.
    """
    now = f"{today}T23:59:59.000{OFFSET}" if today else ""
    return Context(today, language, visit=visit, now=now, last_saved=last_saved or {})
