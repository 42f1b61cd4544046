import base64

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from hypothesis import given, settings
from hypothesis import strategies as st

from assessor_tui.logic.encoding import decoded, digest, from_base64, signed_content, verifies

# RFC 8032, section 7.1: public key, message, signature.
VECTORS = [
    (
        "d75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a",
        "",
        "e5564300c360ac729086e2cc806e828a84877f1eb8e5d974d873e065224901555fb8821590a33bacc61e39701cf9b46bd25bf5f0595bbe24"
        "655141438e7a100b",
    ),
    (
        "3d4017c3e843895a92b70aa74d1b7ebc9c982ccf2ec4968cc0cd55f12af4660c",
        "72",
        "92a009a9f0d4cab8720e820b5f642540a2b27b5416503f8fb3762223ebdb69da085ac1e43e15996e458f3613d0f11d8c387b2eaeb4302aee"
        "b00d291612bb0c00",
    ),
    (
        "fc51cd8e6218a1a38da47ed00230f0580816ed13ba3303ac5deb911548908025",
        "af82",
        "6291d657deec24024827e69c3abe01a30ce548a284743a445e3680d7db5ac3ac18ff9b538d16f290ae67f760984dc6594a7c15e9716ed28d"
        "c027beceea1ec40a",
    ),
]


@pytest.mark.parametrize(("key", "message", "signature"), VECTORS)
def test_the_signatures_of_the_standard_are_accepted(key: str, message: str, signature: str) -> None:
    assert verifies(bytes.fromhex(key), bytes.fromhex(signature), bytes.fromhex(message))
    assert not verifies(bytes.fromhex(key), bytes.fromhex(signature), bytes.fromhex(message) + b"!")


@settings(max_examples=12, deadline=None)
@given(st.binary(min_size=32, max_size=32), st.binary(max_size=200), st.integers(0, 511))
def test_what_a_library_signs_is_accepted_and_one_changed_bit_is_not(seed: bytes, message: bytes, bit: int) -> None:
    owner = Ed25519PrivateKey.from_private_bytes(seed)
    key, signature = owner.public_key().public_bytes_raw(), owner.sign(message)
    assert verifies(key, signature, message)
    changed = bytearray(signature)
    changed[bit // 8] ^= 1 << bit % 8
    assert not verifies(key, bytes(changed), message)


@given(st.binary(max_size=40), st.binary(max_size=70))
def test_no_bytes_crash_the_check(key: bytes, signature: bytes) -> None:
    assert not verifies(key, signature, b"")


def test_a_signature_written_in_a_second_way_is_refused() -> None:
    key, message, signature = (bytes.fromhex(part) for part in VECTORS[1])
    order = 2**252 + 27742317777372353535851937790883648493
    second = int.from_bytes(signature[32:], "little") + order
    assert not verifies(key, signature[:32] + second.to_bytes(32, "little"), message)


def test_signed_content_is_what_stands_after_the_signature() -> None:
    owner = Ed25519PrivateKey.from_private_bytes(bytes(range(32)))
    text = "排放口 A"
    signed = base64.b64encode(owner.sign(text.encode()) + text.encode()).decode()
    key = base64.b64encode(owner.public_key().public_bytes_raw()).decode()
    assert signed_content(signed, key) == text
    assert signed_content(signed, base64.b64encode(bytes(32)).decode()) is None
    assert signed_content("no base64!", key) is None
    assert signed_content("", key) is None


@pytest.mark.parametrize(
    ("algorithm", "encoding", "expected"),
    [
        ("MD5", "hex", "900150983cd24fb0d6963f7d28e17f72"),
        ("SHA-1", "hex", "a9993e364706816aba3e25717850c26c9cd0d89d"),
        ("SHA-256", "base64", "ungWv48Bz+pBQUDeXa4iI7ADYaOWF3qctBD/YfIAFa0="),
        ("SHA-384", "base64", "ywB1P0WjXou1oD1pmsZQBycsMqsO3tFjGotgWkP/W+2AhgcroefMI1i67KE0yCWn"),
        ("SHA-512", "hex", "ddaf35a193617abacc417349ae20413112e6fa4e89a97ea20a9eeee64b55d39a"
                           "2192992a274fc1a836ba3c23a3feebbd454d4423643ce80e2a9ac94fa54ca49f"),
        ("SHA-3", "hex", None),
        ("SHA-256", "octal", None),
    ],
)  # fmt: skip
def test_a_digest_is_that_of_the_standard(algorithm: str, encoding: str, expected: str | None) -> None:
    assert digest("abc", algorithm, encoding) == expected


@given(st.text())
def test_every_text_comes_back_out_of_base64(text: str) -> None:
    data = text.encode("utf-8", "surrogatepass")
    assert from_base64(base64.b64encode(data).decode()) == data


def test_base64_with_line_breaks_or_without_its_end_is_read_and_anything_else_is_none() -> None:
    assert decoded("aGVs\nbG8") == "hello"
    assert decoded("/w==") is None
    assert decoded("ü") is None
