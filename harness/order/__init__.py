"""Contracts on route and events: what a turn's events must keep, as a partial order. Rules come from `kb.toml`."""
