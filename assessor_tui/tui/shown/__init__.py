"""What pages and windows show of a visit, as values and words: made out of the visit, with no widget and no key."""
