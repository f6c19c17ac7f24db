"""Compute vouchers 算力券: a set of rules, a ledger and an evidence pack."""
