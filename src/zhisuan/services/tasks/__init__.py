"""Tasks: from a table and a question to a result, its receipt and what is predicted with it."""
