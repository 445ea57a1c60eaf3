"""Which poolings are compared?"""

from __future__ import annotations

from networks.case import Case, ModuleCase

CASES: list[Case | ModuleCase] = []
