"""Settings: what an installation may choose (`settings`), how it is read (`fields`, `urls`) and checked (`checks`)."""
