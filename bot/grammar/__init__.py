"""The grammar: text becomes a command, and a command text."""

from bot.grammar.reading import parse
from bot.grammar.spelling import spell, spell_cronjob

__all__ = ["parse", "spell", "spell_cronjob"]
