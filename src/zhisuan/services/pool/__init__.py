"""The pool: who may run, where and when; what happens to jobs and nodes; what would have been."""
