"""Facts become messages here; every word a person reads stands in this folder."""
