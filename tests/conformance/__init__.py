"""What other programs of the field do with the same expressions and forms, replayed in this one."""
