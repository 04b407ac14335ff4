"""The reconciliation service, for OpenRefine and others that match lists of names: version 0.2 and the draft of 1.0.

pages        the routes, and errors as JSON
manifest     what the service says of itself
calls        what a request asks, read and checked
parts        the JSON of a request, with the path of what is wrong in it
vocabulary   the types and properties of the build that serves
turns        one batch at a time
matching     from what is asked to candidates
candidates   candidates as JSON
extending    values of properties for entities that are matched
catalog      classes and properties with their labels
suggesting   completion of names of entities, types and properties, with flyouts
preview      a small page about an entity

The specification of 0.2: https://www.w3.org/community/reports/reconciliation/CG-FINAL-specs-0.2-20230410/
That of 1.0, a draft: https://reconciliation-api.github.io/specs/1.0-draft/
"""
