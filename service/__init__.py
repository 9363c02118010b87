"""Tirage: runs a giveaway on a WordPress blog."""
