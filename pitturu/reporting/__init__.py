"""What happened in the shop, in numbers: rollups by the hour, and the operators' overview of them."""
