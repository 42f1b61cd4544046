"""A lead and two assessors share one visit through a folder, replayed in the real program by keys and commands."""
