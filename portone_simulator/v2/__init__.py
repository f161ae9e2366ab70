"""The simulated PortOne V2: REST, the browser SDK, signed webhooks. It shares V1's ledger, as at PortOne."""
