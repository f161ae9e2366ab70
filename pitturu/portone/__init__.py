"""How PortOne is spoken to: the wire, the token, V1's calls and its webhooks. The rest of us knows only `Gateway`."""
