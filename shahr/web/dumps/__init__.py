"""The releases as the service gives them.

shelf.py      which releases there are now, and which files of them may be had
sending.py    a file, or a part of it, as HTTP sends it
changes.py    what a release says about its changes, for readers
pages.py      the pages and the addresses of files
"""
