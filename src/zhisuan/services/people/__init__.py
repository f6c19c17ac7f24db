"""People: tenants' members, keys, sessions, projects and grants."""
