"""LiteLLM's import path for those who are told about calls."""
