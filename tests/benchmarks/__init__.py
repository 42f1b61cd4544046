"""Speed, measured beside a peer or a floor in the same run: ``python -m tests.benchmarks [NAME...] [--write]``."""
