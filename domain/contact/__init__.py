"""Whom we help: a person outside, with or without a log-in."""
