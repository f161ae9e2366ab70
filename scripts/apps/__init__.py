"""Small shops with frontends of their own, which the npm package of the checkout is built into."""
