"""LiteLLM's import path for HTTP clients."""
