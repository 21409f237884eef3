"""The version of LiteLLM whose surface this package has; its own is ``edgequake_python.__version__``."""

version = "1.106.2"
