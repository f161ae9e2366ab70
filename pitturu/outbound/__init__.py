"""Messages to others: rows that are delivered at least once, the senders of each channel, and alerts to operators."""
