"""`make chaos`: thousands of purchases while everything is killed, and a checker that counts the money afterwards.

The whole is three parties that know nothing of each other: the workload plays buyers over HTTP, the nemesis kills what
serves them, and the checker (`chaos/checker`, which imports nothing of the system) compares PortOne's ledger with the
database. What each of them does is drawn from a seed before anything starts.
"""
