"""On-site cleaner production assessments in the terminal. ``docs/architecture.md`` is the map."""

__version__ = "0.1.0"
