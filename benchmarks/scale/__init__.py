"""What more machines bring, and what happens when one of them dies: `python -m benchmarks.scale`. docs/scale.md."""
