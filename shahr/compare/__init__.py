"""The stage `compare`: what our graph and Wikidata say of the same things, side by side.

Compared are twin cities, members of networks, and mayors (see shahr.compare.topics). Each row has one verdict:

    both         said here, and by a statement there
    only-here    both ends have accepted links, the endpoint knows both items and has answered: it does not say it
    only-there   nothing that is said here can be that statement
    unknown      it cannot be told, for a reason that the row gives in words (see shahr.compare.reasons)

What is unknown is never taken for absent. A statement with deprecated rank counts as not there; one with an end
(P582) in the past counts, and is told apart as ended; twins are told on two sides, and where one alone says that it
has ended, that is told with the side.
"""
