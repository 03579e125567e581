"""What the operator's command runs inside the image."""
