"""The text of notices to buyers: templates in a language that executes nothing, which a shop can replace."""
