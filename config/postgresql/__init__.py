"""The database backend of PostgreSQL, Django's own but for the look at a connection before it is used again."""
