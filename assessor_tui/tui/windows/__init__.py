"""Small windows over a page: choose, ask, find, carry, write."""
