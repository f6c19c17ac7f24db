"""Classification and regression on tables: bring rows, take away a model that runs anywhere."""

import os

# Threads that wait for work should sleep: a spinning thread is billed and takes a core from others.
# OpenMP reads this when it is loaded, hence before any library.
os.environ.setdefault("OMP_WAIT_POLICY", "PASSIVE")
