"""Which dropouts are compared: those that draw nothing?"""

from __future__ import annotations

from networks.case import Case, ModuleCase

CASES: list[Case | ModuleCase] = []
