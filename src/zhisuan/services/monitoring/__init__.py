"""Monitoring: how well the centre is used, what wants a look, what every number means."""
