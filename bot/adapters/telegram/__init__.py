"""Telegram: messages as text and entities, inline keyboards, polling or a webhook."""
