"""Drawings made on the server as inline SVG: maps, time lines, class diagrams. Data in, Markup out."""
