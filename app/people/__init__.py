"""Who works here, how they prove it, and what they may do; knows the tables and nothing of HTTP."""
