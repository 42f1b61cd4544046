"""Photos, papers and records: files by their hash, the inbox they come from, the time they say, leaving for good."""
