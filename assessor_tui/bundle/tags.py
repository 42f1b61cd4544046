"""The tag files of a bundle: its seal and whose it is, and the list of what is in it."""

import hashlib
from collections.abc import Callable
from typing import BinaryIO

from assessor_tui.bundle import bagit
from assessor_tui.bundle.archive import STORED, Limits, Part, content
from assessor_tui.bundle.error import CONTENTS, LIMIT, NOT_A_BUNDLE, PASSED_ON, SEAL, SIGNATURE, BundleError
from assessor_tui.bundle.seal import TAGS, Seal, check_signature, from_bytes

SIGNED_PARTS = ("bagit.txt", "seal.json", "seal.sig", "manifest-sha256.txt", "bag-info.txt", "tagmanifest-sha256.txt")
"""The tag files in their order; an unsigned bundle has no ``seal.sig``."""
UNSIGNED_PARTS = tuple(name for name in SIGNED_PARTS if name != "seal.sig")


def read_seal_of(stream: BinaryIO, parts: tuple[Part, ...], limits: Limits) -> tuple[bytes, Seal, bytes]:
    """The seal's bytes, what they say, and the signature, ``b""`` when there is none; it is not checked here.

    Raises:
        BundleError: when there is no seal, or it is not as specified.
    """
    if len(parts) < 2 or parts[0].name != SIGNED_PARTS[0] or parts[1].name != SIGNED_PARTS[1]:
        raise BundleError(NOT_A_BUNDLE, reason="no seal")
    part = parts[1]
    if part.size > limits.seal or part.method != STORED:
        raise BundleError(SEAL, part.name, f"more than {limits.seal} bytes, or packed")
    data = b"".join(content(stream, part))
    seal = from_bytes(data)
    expected = SIGNED_PARTS if seal.key else UNSIGNED_PARTS
    names = tuple(part.name for part in parts[: len(expected)])
    if names != expected:
        if seal.key and "seal.sig" not in names:
            raise BundleError(SIGNATURE, "seal.sig", "the seal names a key, but there is no signature")
        raise BundleError(CONTENTS, "the tag files", "not those of a bundle, in their order")
    if not seal.key:
        return data, seal, b""
    if parts[2].size != 64 or parts[2].method != STORED:
        raise BundleError(SIGNATURE, "seal.sig", "not 64 bytes")
    return data, seal, b"".join(content(stream, parts[2]))


def check_sender(
    seal_bytes: bytes, seal: Seal, signature: bytes, readers: frozenset[str], device_of: Callable[[bytes], str]
) -> None:
    """Nothing, when the seal is signed by the device it names, and for one of ``readers``, when there are any.

    Raises:
        BundleError: otherwise.
    """
    if seal.key:
        check_signature(seal_bytes, signature, seal.key)
        if device_of(bytes.fromhex(seal.key)) != seal.device:
            raise BundleError(SIGNATURE, "seal.json", "the key is not that of the device named as sender")
    if readers and readers.isdisjoint(seal.recipients):
        raise BundleError(PASSED_ON, "seal.json", "it names other recipients")


def read_tags(
    stream: BinaryIO, parts: tuple[Part, ...], seal: Seal, seal_bytes: bytes, signature: bytes, limits: Limits
) -> dict[str, str]:
    """The manifest (payload part -> SHA-256), when every tag file is the one that seal and payload call for.

    Raises:
        BundleError: otherwise.
    """
    names = SIGNED_PARTS if seal.key else UNSIGNED_PARTS
    tags = {"seal.json": seal_bytes, "seal.sig": signature}
    for part in parts[: len(names)]:
        if part.size > limits.manifest or part.method != STORED:
            raise BundleError(LIMIT, part.name, f"more than {limits.manifest} bytes, or packed")
        if part.name not in tags:
            tags[part.name] = b"".join(content(stream, part))
    digests = {name: hashlib.sha256(tags[name]).hexdigest() for name in names[:-1]}
    for name in TAGS:
        if digests[name] != seal.digests[name]:
            raise BundleError(CONTENTS, name, "not the one that was sealed")
    if tags["tagmanifest-sha256.txt"] != bagit.manifest(digests.items()):
        raise BundleError(CONTENTS, "tagmanifest-sha256.txt", "does not agree with the parts it lists")
    if tags["bagit.txt"] != bagit.BAGIT:
        raise BundleError(CONTENTS, "bagit.txt", "not BagIt 1.0")
    sizes = {part.name: part.size for part in parts[len(names) :]}
    # A newer version may say more there; the digest in the seal holds it to that.
    if not seal.newer and tags["bag-info.txt"] != bagit.bag_info(seal.app, seal.visit, sizes):
        raise BundleError(CONTENTS, "bag-info.txt", "does not agree with the seal")
    try:
        return bagit.read_manifest(tags["manifest-sha256.txt"])
    except ValueError as error:
        raise BundleError(CONTENTS, "manifest-sha256.txt", str(error)) from None
