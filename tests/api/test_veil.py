"""A veiled id: brought back to its own list, and of no use anywhere else."""

import os
from base64 import urlsafe_b64decode, urlsafe_b64encode
from uuid import uuid4

import pytest

from api.auth.veil import NotOurs, Veil


def test_an_id_is_not_read_not_altered_and_of_no_use_in_another_list() -> None:
    secret, key = os.urandom(32), uuid4()
    veil = Veil(secret)
    text = veil.cover(key, "K1")
    assert Veil(secret).uncover(text, "K1") == key  # another process of this data directory
    assert veil.cover(key, "K1") == text
    raw = urlsafe_b64decode(text)
    assert key.bytes not in raw
    assert veil.cover(key, "K2") != text
    altered = urlsafe_b64encode(raw[:-1] + bytes([raw[-1] ^ 1])).decode()
    for made, of in ((text, "K2"), (altered, "K1"), (str(key), "K1"), ("", "K1"), ("%", "K1")):
        with pytest.raises(NotOurs):
            veil.uncover(made, of)
    with pytest.raises(NotOurs):
        Veil(os.urandom(32)).uncover(text, "K1")
