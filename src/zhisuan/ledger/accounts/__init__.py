"""Accounts beyond double entry: terms of business, budgets, the cut-off ladder, SLA credits."""
