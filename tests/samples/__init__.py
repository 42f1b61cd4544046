"""Where the sample sites come from: everything in them is recorded through the program's own road."""
