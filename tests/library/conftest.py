"""The second readings of the notes, and what compares them with the library, are modules that the
tests of this folder import by name."""

import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent))
