"""What is different between two releases, or any two datasets: as a patch, in words, as a verdict on the ontology."""
