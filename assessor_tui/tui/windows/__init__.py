"""Small windows over a page: choose, ask, find, bring in and hand on, write."""
