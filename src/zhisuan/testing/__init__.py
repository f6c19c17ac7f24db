"""Contract tests of the seams, shipped so that authors of plugins can hold theirs to the laws."""
