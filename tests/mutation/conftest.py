"""The mutator is modules that import each other by name, as `mutation.slips`; so does the study
when it runs as a script, beside this folder."""

import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent.parent))
