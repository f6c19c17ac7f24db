"""Contract tests for engines, shipped for the authors of plug-ins."""
