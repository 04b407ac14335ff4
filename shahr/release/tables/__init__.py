"""The tables for people without SPARQL: CSV on the Web."""
