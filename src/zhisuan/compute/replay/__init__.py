"""The scheduler on a trace's clock: the same `plan` as in the live centre, told another time."""
