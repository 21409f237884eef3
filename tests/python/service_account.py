"""A service account of Google Cloud: its key is made here, and a server of the test's gives its tokens."""

from __future__ import annotations

import functools

from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import rsa


@functools.cache
def key() -> rsa.RSAPrivateKey:
    return rsa.generate_private_key(public_exponent=65537, key_size=2048)


def service_account(root: str, name: str = "simulated", project: str = "p") -> dict[str, str]:
    """The account's file; one of another name shares no token with this one."""
    encoding, form = serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8
    return {
        "type": "service_account",
        "project_id": project,
        "private_key_id": "key-1",
        "private_key": key().private_bytes(encoding, form, serialization.NoEncryption()).decode(),
        "client_email": f"{name}@{project}.iam.gserviceaccount.com",
        "token_uri": f"{root}/token",
    }
