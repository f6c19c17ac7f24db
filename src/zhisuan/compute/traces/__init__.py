"""Readers of public traces as they are published: the rim of the replay."""
