"""The digest of a command's input is HMAC-SHA-256, whatever the lengths."""

import hmac

from hypothesis import given
from hypothesis import strategies as st

from api.dispatch.digest import KeyedDigest


@given(st.binary(max_size=200), st.lists(st.binary(max_size=300), min_size=1, max_size=3))
def test_it_is_the_librarys_hmac(key: bytes, messages: list[bytes]) -> None:
    digest = KeyedDigest(key)
    for message in messages:
        assert digest.hexdigest(message) == hmac.digest(key, message, "sha256").hex()


def test_a_known_code() -> None:
    # RFC 4231, test case 2.
    code = KeyedDigest(b"Jefe").hexdigest(b"what do ya want for nothing?")
    assert code == "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843"
