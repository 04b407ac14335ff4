"""What Wikidata lacks and our sources tell, as a batch for QuickStatements that a person looks at and uploads.

https://www.wikidata.org/wiki/Help:QuickStatements

    queries/statements/*.rq   the declared table of what we send: one query for each property of Wikidata
    linked, read, sources     what our graph says, by items of Wikidata, and what it rests on
    withholding               what is not sent before anybody is asked: no link, no address, contested, one speaker
    wikidata, judging         what an endpoint has already, and what follows: send, leave, or report a conflict
    syntax, diff, batch       the files: statements.tsv, statements.csv …, diff.md, diff.fa.md

Nothing is ever removed, merged or created; unknown is never taken for absent.
"""

from shahr.quickstatements.batch import make_batch

__all__ = ["make_batch"]
