"""The rim of compute: what starts a runner, tells its state and stops it."""
