"""The grammar: text becomes a command, and a command text."""

from bot.grammar.forms import check_field, read_form
from bot.grammar.reading import parse
from bot.grammar.sentences import sentence
from bot.grammar.spelling import spell, spell_cronjob

__all__ = ["check_field", "parse", "read_form", "sentence", "spell", "spell_cronjob"]
