"""Who may sign what: the roster, roles, and which entries of a bundle are let in."""
