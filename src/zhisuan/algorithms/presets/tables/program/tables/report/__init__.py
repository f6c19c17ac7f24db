"""The report a person reads: one HTML file, Chinese and English, that asks nothing of a network."""
