"""The SQLite ledger of this laptop: ``ledger.Store``. Nothing is imported here, to start quickly."""
