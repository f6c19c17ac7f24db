"""Money: accounts, invoices, prices, vouchers, and the proof that they are right."""
