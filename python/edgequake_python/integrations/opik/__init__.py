"""LiteLLM's import path for Opik."""
