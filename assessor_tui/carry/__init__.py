"""Visits on their way: handed over and taken in, copied to second places, put away from a laptop."""
