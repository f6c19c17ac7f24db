"""Supply: what the pool had to give, from when to when; the denominator of every utilisation."""
