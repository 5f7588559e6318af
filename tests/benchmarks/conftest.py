"""The benchmarks run as scripts and import each other by name; so do the doctests in them."""

import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent))
