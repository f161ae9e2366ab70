"""`make demo`: three purchases through the public API of a running shop, and one by the shop's own server.

Each step is verified through the API. It is an ordinary client of the HTTP API: none of the shop's own code is used.
"""
