"""A month's raw records as one zip, for whoever rates them again."""
