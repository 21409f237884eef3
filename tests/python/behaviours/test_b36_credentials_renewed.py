"""Cloud credentials are renewed once, before they expire, and after a refusal."""

from __future__ import annotations

PROOFS = [
    "test_aws_credentials.py",
    "test_azure.py",
    "test_google_credentials.py",
    "test_google_tokens.py",
]
