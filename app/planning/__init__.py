"""Planning: how a scenario is changed, by whom, and what every state of it was."""
