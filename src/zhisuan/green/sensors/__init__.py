"""The rim of green: where power readings come from."""
