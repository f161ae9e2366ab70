"""What goes in and out, field by field. The OpenAPI document is made of these."""
