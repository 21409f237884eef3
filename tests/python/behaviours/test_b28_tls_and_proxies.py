"""Authorities, client certificates and proxies count for every operation."""

from __future__ import annotations

PROOFS = [
    "test_tls.py",
    "test_proxies.py",
    "test_client_options.py",
]
