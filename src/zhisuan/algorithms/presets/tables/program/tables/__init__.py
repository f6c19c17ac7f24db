"""Classification and regression on tables: bring rows, take away a model that runs anywhere."""
