"""Entries, and what can be computed from them: heads, conflicts, answers. Values only."""
