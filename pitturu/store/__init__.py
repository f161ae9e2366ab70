"""What we remember: one module a table with its queries. The only place that speaks SQL."""
