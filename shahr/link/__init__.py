"""The stage `link`: proposes Wikidata items for entities without one, lets people review that, and checks the links.

labels      the texts that a name may stand as in Wikidata
asking      asks an endpoint, and keeps every answer in dist/link/
items       items as Wikidata describes them, and of which kind of ours they are (kinds.toml)
deciding    which items an entity may be, by shahr.matching
rows        proposals as rows of SSSOM
proposing   all of that in order: `shahr link`
review      what people say of the proposals: `shahr link review`
check       what became of the items that were accepted: `shahr link check`
"""
