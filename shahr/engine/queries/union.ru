#+ summary: Put the union of all named graphs into the default graph, each triple once
INSERT { ?s ?p ?o } WHERE { GRAPH ?g { ?s ?p ?o } }
