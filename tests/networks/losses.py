"""Which losses are compared, as functions and as modules?"""

from __future__ import annotations

from networks.case import Case, ModuleCase

CASES: list[Case | ModuleCase] = []
