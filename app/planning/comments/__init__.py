"""Comments on a scenario and on its lines: who said what where, and who was called by name."""
