"""Certificates for servers and clients of tests, signed by an authority that nobody knows."""

from __future__ import annotations

import ssl
import subprocess
from pathlib import Path

#: A name that resolves nowhere: only a proxy can reach it.
HOST = "provider.invalid"


class Authority:
    """A certificate authority that nobody knows, and what it has signed; files of PEM."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.ca = folder / "ca.pem"
        key = folder / "ca.key"
        self._openssl(
            "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "2", "-subj", "/CN=Test authority",
            "-addext", "basicConstraints=critical,CA:TRUE", "-keyout", str(key), "-out", str(self.ca),
        )  # fmt: skip
        self.server = self._sign("server", f"subjectAltName=IP:127.0.0.1,DNS:localhost,DNS:{HOST}")
        self.elsewhere = self._sign("elsewhere", "subjectAltName=DNS:elsewhere.invalid")
        self.client = self._sign("client", "extendedKeyUsage=clientAuth")

    def _sign(self, name: str, extension: str) -> Path:
        request, key, extensions = (self.folder / f"{name}.{kind}" for kind in ("csr", "key", "ext"))
        certificate, both = self.folder / f"{name}.crt", self.folder / f"{name}.pem"
        extensions.write_text(f"basicConstraints=CA:FALSE\n{extension}\n")
        self._openssl(
            "req", "-newkey", "rsa:2048", "-nodes", "-subj", f"/CN={name}",
            "-keyout", str(key), "-out", str(request),
        )  # fmt: skip
        signer = ["-CA", str(self.ca), "-CAkey", str(self.folder / "ca.key"), "-CAcreateserial"]
        self._openssl(
            "x509", "-req", "-days", "2", *signer, "-extfile", str(extensions),
            "-in", str(request), "-out", str(certificate),
        )  # fmt: skip
        both.write_text(certificate.read_text() + key.read_text())
        return both

    @staticmethod
    def _openssl(*arguments: str) -> None:
        subprocess.run(["openssl", *arguments], check=True, capture_output=True, timeout=60)

    def context(self, certificate: Path | None = None) -> ssl.SSLContext:
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(certificate or self.server)
        return context
