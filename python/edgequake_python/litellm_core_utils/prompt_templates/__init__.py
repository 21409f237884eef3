"""LiteLLM's import path for prompts."""
