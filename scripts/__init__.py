"""Scripts, run as `python -m scripts.<name>` from the checkout."""
