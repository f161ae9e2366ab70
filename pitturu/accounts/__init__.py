"""Users of the shop: who has which role, and whose logins are ended. Neither Flask nor Celery is known here."""
