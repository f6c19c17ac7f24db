"""Invoices: what a tenant is asked for a month, by project and job, in forms people print."""
