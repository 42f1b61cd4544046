"""What screens are made of: lists, cards, fields, bars, and text on a grid of cells."""
