"""The proof of the engine: published cases, computed again."""
