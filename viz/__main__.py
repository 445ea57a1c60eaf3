"""``python -m viz`` is the command ``micrograph``."""

import sys

from viz.command import main

sys.exit(main())
