"""The client of PortOne: HTTP, the calls of V1 and V2, and webhooks. Other packages use only the `Gateway` protocol.

Nothing is imported here: settings are checked with the arithmetic of signatures alone, before a process has a client.
"""
