"""The chat front: platforms, commands, wording, and the wiring of the whole."""
