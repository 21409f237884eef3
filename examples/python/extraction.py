"""Structured extraction: a pydantic model says what is wanted, and that is what comes back."""

from __future__ import annotations

import os

from pydantic import BaseModel

from edgequake_python import completion

MODEL = os.environ.get("EXAMPLE_MODEL", "sim/demo")


class Item(BaseModel):
    """One line of an invoice."""

    name: str
    quantity: int


class Invoice(BaseModel):
    """What is wanted of the text."""

    seller: str
    total: float
    items: list[Item]


def extract(text: str) -> Invoice:
    """Read an invoice out of a text."""
    response = completion(
        MODEL,
        [
            {"role": "system", "content": "Extract the invoice."},
            {"role": "user", "content": text},
        ],
        response_format=Invoice,
    )
    return Invoice.model_validate_json(response.choices[0].message.content or "")


if __name__ == "__main__":
    invoice = extract("ACME sold us 3 anvils and 1 rocket, 4,200.50 in all.")
    print(invoice)
    assert isinstance(invoice.total, float)
    assert all(isinstance(item.quantity, int) for item in invoice.items)
