"""What must hold before the first test file is imported."""

import gc
import os
import sys

# Some machines ask Python not to keep what it compiled. A run would then compile every package and rewrite
# every assertion again, in each of its processes: 22 s of processor time before the first test instead of 9.
os.environ.pop("PYTHONDONTWRITEBYTECODE", None)
sys.dont_write_bytecode = False

# What is imported stays, so to look through it for garbage finds none; `tests/conftest.py` begins to look
# when everything is collected.
gc.disable()
