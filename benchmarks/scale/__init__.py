"""The effect of more machines, and of the failure of one: `python -m benchmarks.scale`. See docs/scale.md."""
