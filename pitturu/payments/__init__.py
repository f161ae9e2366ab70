"""The use cases, one in each module: what a request does and what a worker does later are side by side.

Nothing here imports Flask, Celery or requests. A module with work for a worker ends in a `HANDLER` made of three
functions: *claim* takes due rows, *ask* makes one slow call to PortOne with no transaction open, *apply* commits the
answer.
"""
