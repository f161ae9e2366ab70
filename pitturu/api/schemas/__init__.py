"""Request and response bodies, field by field. The OpenAPI document is generated from them."""
