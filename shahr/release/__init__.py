"""The stage `publish`: a build becomes a release, and releases are compared.

publish.py       the order of the parts; a release appears whole or not at all
making.py        what every part is made from; folder.py: where it is written, measured and compressed
quads.py         the quads and triples that all else is made from, stamped (stamp.py) with version and day
about.py         what all releases have in common, read from data/dataset.ttl
rdf/             the graph in every format
tables/          agreements, memberships and offices as CSV on the Web
questions.py     the questions as sh:SPARQLExecutable; copies.py: ontology, shapes, mappings, report, licence
changes/         what is new since the last release, and `shahr diff`
metadata/        VoID, DCAT, Croissant, Zenodo, citation, README: written last
"""
