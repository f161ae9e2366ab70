"""Small frontends into which the npm package of the checkout is built."""
