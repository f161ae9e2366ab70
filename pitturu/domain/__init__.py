"""The rules of payments, as data and small functions over values. Standard library only."""
