"""The stage `publish`: a build becomes a release, and releases are compared.

publish.py       the order of the steps; a release appears whole or not at all
folder.py        the release in the making: every file with its size, digest and title
dumps.py         the graph in every format of RDF
"""
