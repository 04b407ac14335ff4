"""Shahr: the open knowledge graph of city diplomacy."""
