"""Adapters: they translate between a platform and us, and decide nothing."""
