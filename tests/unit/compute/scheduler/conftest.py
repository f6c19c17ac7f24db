"""The worlds in which the scheduler's laws are tried, and the clock that turns them."""

import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent))
