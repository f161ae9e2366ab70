"""The commands of `flask --app wsgi pitturu ...`, for operators."""
