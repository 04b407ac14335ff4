"""Which entity a name means: readings of the name, tiers of likeness, gates, and one of three outcomes.

query       what is asked, and what comes back
mention     what a text says besides the name: the kind of thing, the places it lies in
tiers       how alike two names are
shortnames  other names that may as well be words
candidates  what a text may name, by the plainest reading that fits
values      numbers and identifiers as people write them
territories countries by name and code, whether or not the graph has them
evidence    what classes, places and known values say of a candidate
score       features → how likely it is that a candidate is meant
matcher     all of it: match, review or nil
source      a matcher over a search.db
"""
