"""Everything HTTP: the SPARQL protocol, the pages, the headers they share."""
