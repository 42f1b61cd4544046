"""The places of the program, one screen each, with what only that place needs."""
