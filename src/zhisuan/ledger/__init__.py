"""计量计费: usage, tariff, quote, hold, charge and accounts."""
