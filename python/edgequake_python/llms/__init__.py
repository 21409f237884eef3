"""LiteLLM's import path for providers of the program's own: `edgequake_python.llms.custom_llm`."""
