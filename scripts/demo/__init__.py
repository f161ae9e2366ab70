"""`make demo`: three purchases through the public API of a running shop, each step judged by what the API shows.

A customer of the HTTP API like any other: nothing of the shop's own code is used.
"""
