"""LiteLLM's import path for the threads that programs run things on."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor

#: Threads start when something is submitted.
executor: ThreadPoolExecutor = ThreadPoolExecutor(max_workers=100, thread_name_prefix="edgequake")
