"""The static edition: all pages, data and releases as plain files, with SPARQL in the browser.

    DIR/index.html, city/isfahan.html …       the pages in English
    DIR/fa/index.html, fa/city/isfahan.html … the same in Persian
    DIR/city/isfahan.ttl …                    the data, which have no language
    DIR/questions/sister-cities.csv …         the answers to the examples
    DIR/dumps/1.2.0/…                         the releases
    DIR/sparql.html, sparql/                  SPARQL in the browser
    DIR/assets/                               style sheets, fonts, scripts
    DIR/.shahr-edition                        that `shahr site` made this, and may replace it

Every link inside is relative, so that the folder may lie anywhere.
"""
