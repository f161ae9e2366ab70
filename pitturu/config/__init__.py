"""Settings: their definition (`settings`), how they are read (`fields`, `urls`) and validated (`checks`)."""
