"""算法: the catalogue, the packages and the environments they run in."""
