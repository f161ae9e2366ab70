"""`make bench`: the performance of each endpoint and of the worker, compared with a ceiling measured in the same
run."""
