"""The file in which entries travel between laptops. ``docs/bundle_format.md`` is its specification."""
