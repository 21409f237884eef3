"""LiteLLM's import path for calls done through another operation; here the core does them."""
