"""One wheel for every CPython from 3.9 on: nobody builds Rust at install."""

from __future__ import annotations

import edgequake_python
from edgequake_python import _eq_core

ELSEWHERE = "`make test-wheel`; the publishing workflow (macOS, Windows, musl, every CPython)"


def test_the_extension_is_of_the_stable_abi() -> None:
    assert ".abi3." in str(_eq_core.__file__) or str(_eq_core.__file__).endswith(".pyd")
    assert edgequake_python.__version__
