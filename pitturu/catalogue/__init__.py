"""Items and their stock: created, changed, retired and corrected by operators, one by one or from a file."""
