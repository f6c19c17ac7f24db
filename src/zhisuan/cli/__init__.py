"""The command line: one file per command; asks the API and prints the answer."""
