"""Providers: which route a call takes, and the call itself."""
