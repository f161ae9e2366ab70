"""What is true of a payment, whoever asks: rules as data and small functions over values. Standard library only."""
