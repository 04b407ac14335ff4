"""The graph in every format of RDF, RDF 1.2 among them, and the JSON-LD context."""
