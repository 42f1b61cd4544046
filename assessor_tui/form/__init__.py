"""What is asked: forms, schemes, and the mistakes an author can make in them. Values only."""
