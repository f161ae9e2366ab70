"""`make bench`: how fast each door and the worker are, each figure beside its ceiling measured in the same run."""
