"""The database connection, transactions, migrations and the object store; knows no centre."""
