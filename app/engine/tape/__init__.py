"""Evaluations written down once as a list of array operations, and played back for block after block.

The engine's functions stay what they are: plain NumPy on rows. Run once on `Traced` rows they leave a `Tape`;
a `Program` made from it does the same operations in the same order on other numbers, to the same bits, but
only those that the wanted results hang on, each once, in buffers that stay in the processor's cache.
"""

from app.engine.tape.program import Program
from app.engine.tape.record import record

__all__ = ["Program", "record"]
