"""`make chaos`: thousands of purchases while processes are killed, and a checker that compares the records afterwards.

The run has three independent parts: the workload acts as buyers over HTTP, the nemesis kills the processes that serve
them, and the checker (`chaos/checker`, which imports nothing of the system) compares PortOne's ledger with the
database. What each of them does is drawn from a seed before anything starts.
"""
