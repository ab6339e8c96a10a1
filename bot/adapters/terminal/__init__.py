"""The terminal: the same bot, messages and buttons, for anyone with no token at all."""
