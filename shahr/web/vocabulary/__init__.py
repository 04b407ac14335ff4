"""Pages about the ontology, its shapes and its concepts, made from the Turtle."""
