"""What we do: one use case a module, the half that a request asks for and the half that a worker does side by side.

Nothing here knows Flask, Celery or requests. A module with work for a worker ends in a `HANDLER` made of three
functions: *claim* takes due rows, *ask* makes one slow call to PortOne with no transaction open, *apply* commits the
answer.
"""
