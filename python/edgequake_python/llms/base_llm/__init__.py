"""LiteLLM's import path for what its providers have in common."""
