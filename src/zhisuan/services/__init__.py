"""智件: what the centre does for people; the only place where the capabilities meet."""
