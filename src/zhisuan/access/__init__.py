"""Tenants, keys, roles and the record of who did what."""
