"""LiteLLM's import paths for parts of its Router; each module hands on what the Router here knows."""
