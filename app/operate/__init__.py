"""What scripts/calminer asks of Python: run inside the image, a module for each question."""
