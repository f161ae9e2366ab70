"""`make demo`: three purchases through the public API of a running shop; each step is verified through the API.

It is an ordinary client of the HTTP API: none of the shop's own code is used.
"""
