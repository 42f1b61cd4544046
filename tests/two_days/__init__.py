"""The battery maker's two days, replayed in the real program by keys, on the laptops of a lead and an assessor."""
