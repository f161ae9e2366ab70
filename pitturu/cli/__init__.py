"""The commands of `flask --app wsgi pitturu ...`, which operators run from a terminal."""
