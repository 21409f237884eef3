"""Telling others how calls went: what they are told, in which order, on which thread.

`_pipeline.callbacks` watches calls and makes *events*; `events` says what each is; `payload` what they say;
`delivery` brings them to the callbacks without making a call wait; `registry` knows who listens.
"""

from __future__ import annotations

from .delivery import flush

__all__ = ["flush"]
