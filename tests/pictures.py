"""Photos as cameras make them: EXIF time, camera, place; for tests and benchmarks."""

import io

from PIL import Image

PLACE = {1: "N", 2: (22.0, 31.0, 12.0), 3: "E", 4: (113.0, 53.0, 24.0)}
"""Where a photo was taken, as EXIF says it."""


def jpeg(
    taken: str = "",
    *,
    zone: str = "",
    make: str = "Canon",
    model: str = "PowerShot",
    serial: str = "",
    size: tuple[int, int] = (64, 48),
    colour: tuple[int, int, int] | str = "green",
    place: bool = False,
) -> bytes:
    """A JPEG; ``taken`` such as ``2026:11:12 10:03:00`` is its camera's time, ``""`` leaves EXIF out."""
    out = io.BytesIO()
    data = Image.Exif()
    if taken:
        data[0x010F], data[0x0110], data[0x0112] = make, model, 1
        details = data.get_ifd(0x8769)
        details[0x9003] = taken
        if zone:
            details[0x9011] = zone
        if serial:
            details[0xA431] = serial
    if place:
        data.get_ifd(0x8825).update(PLACE)
    Image.new("RGB", size, colour).save(out, "JPEG", exif=data)
    return out.getvalue()


def heic(taken: str = "2026:11:12 10:03:00") -> bytes:
    """The beginning of a HEIC file as phones write it: brand, some boxes, EXIF, then what would be the picture."""
    exif = jpeg(taken, make="Apple", model="iPhone 15")
    start = exif.index(b"Exif\0\0")
    block = exif[start : start + int.from_bytes(exif[start - 2 : start], "big") - 2]
    brand = (24).to_bytes(4, "big") + b"ftypheic\0\0\0\0mif1heic"
    return brand + (3000).to_bytes(4, "big") + b"meta" + bytes(2992) + b"\0\0\0\x06" + block + bytes(range(256)) * 40
