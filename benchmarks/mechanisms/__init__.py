"""What each hand-made mechanism earns: `python -m benchmarks.mechanisms` switches off one at a time.

The switches replace functions of the application when a process starts, so the application itself has none.
"""
