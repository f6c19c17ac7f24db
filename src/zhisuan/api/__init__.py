"""The HTTP doors under /v1: parse, authorise, call one use case, render."""
