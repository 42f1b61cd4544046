"""What follows from the answers: score, what is left to do, flows, checks across forms. Values only, exact numbers."""
