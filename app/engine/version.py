"""Which engine computed a result. Raised whenever the same inputs could give other digits."""

ENGINE_VERSION = "1.3"
