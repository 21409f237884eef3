"""LiteLLM's import paths for types by provider; each module is imported when it is used."""
