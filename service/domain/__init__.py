"""The rules of a giveaway: pure values and functions; no clock, no network, no database, no randomness."""
