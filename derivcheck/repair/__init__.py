"""Repair: the smallest edit of what is printed that makes it true.

`grammar` and `alternatives` are the edits that are known; `goals` what would be true; `arrays` and
`search` try every edit at once in floats; `confirm` judges what is left like the original, and
`suggestion` says it.
"""

from __future__ import annotations

from derivcheck.repair.confirm import Confirm as Confirm, by_checks as by_checks
from derivcheck.repair.edits import Edit as Edit
from derivcheck.repair.suggestion import Repair as Repair, repair as repair
