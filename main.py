"""The door for a server: `uvicorn main:app`."""

import gc

# What is loaded stays: to look through it for garbage again and again takes a fifth of the start.
gc.disable()

from app.factory import create_app  # noqa: E402  # loaded without the collector

app = create_app()
# What stands now stands for ever. Unfrozen, each full collection walks it and holds up one request for 0.2 s.
gc.collect()
gc.freeze()
gc.enable()
