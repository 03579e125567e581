"""The door: `python -m app.operate.backup now|make|verify|list|status|check|fetch|restore|discard|serve`."""

import sys

from app.operate.backup.command import main

sys.exit(main(sys.argv[1:]))
