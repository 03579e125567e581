"""What the whole installation shares: its parts, changes to them, where they are used, what copies them."""
