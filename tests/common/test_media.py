"""Uploads: whatever arrives, a clean file comes out or a refusal with a code."""

from __future__ import annotations

import io
import random
import struct
import zipfile
import zlib

import pytest
from PIL import Image, ImageChops, ImageCms, ImageOps, ImageStat

from onegrid.common.media import PhotoLimits, clean_photo
from onegrid.common.refusals import Invalid, Refusal, TooLarge


def encoded(picture: Image.Image, kind: str, **options: object) -> bytes:
    out = io.BytesIO()
    picture.save(out, kind, **options)
    return out.getvalue()


def gradient(width: int = 240, height: int = 160, mode: str = "RGB") -> Image.Image:
    ramp = Image.linear_gradient("L").resize((width, height))
    bands = (ramp, ramp.transpose(Image.Transpose.ROTATE_180), Image.new("L", ramp.size, 90))
    return Image.merge("RGB", bands).convert(mode)


def with_gps(orientation: int = 6) -> bytes:
    exif = Image.Exif()
    exif[0x0112] = orientation
    exif[0x010F] = "Canary Phone"
    gps = exif.get_ifd(0x8825)
    gps[1], gps[2] = "N", (36.0, 42.0, 25.0)
    gps[3], gps[4] = "E", (118.0, 49.0, 47.0)
    return encoded(gradient(), "JPEG", exif=exif, comment=b"canary comment")


def png_chunk(name: bytes, body: bytes) -> bytes:
    return struct.pack(">I", len(body)) + name + body + struct.pack(">I", zlib.crc32(name + body))


def png_bomb(width: int, height: int) -> bytes:
    header = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    return (
        b"\x89PNG\r\n\x1a\n"
        + png_chunk(b"IHDR", header)
        + png_chunk(b"IDAT", zlib.compress(bytes(1000)))
        + png_chunk(b"IEND", b"")
    )


def webp_bomb() -> bytes:
    extended = bytes([0x02, 0, 0, 0]) + (16382).to_bytes(3, "little") * 2
    body = b"WEBP" + b"VP8X" + struct.pack("<I", 10) + extended
    return b"RIFF" + struct.pack("<I", len(body)) + body


def zip_file() -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        archive.writestr("a.txt", "a" * 100)
    return out.getvalue()


def icc_of_another_space() -> bytes:
    return ImageCms.ImageCmsProfile(ImageCms.createProfile("LAB")).tobytes()


NOT_IMAGES = {
    "gif renamed to jpg": encoded(gradient(), "GIF"),
    "svg": b'<svg xmlns="http://www.w3.org/2000/svg"><script>alert(1)</script></svg>',
    "zip": zip_file(),
    "html": b"<!doctype html><script>alert(1)</script>",
    "tiff": encoded(gradient(), "TIFF"),
    "bmp": encoded(gradient(), "BMP"),
    "text": "这不是照片".encode(),
    "one byte": b"\xff",
}


@pytest.mark.parametrize("name", NOT_IMAGES)
def test_s31_a_file_of_another_kind_is_not_an_image(name: str) -> None:
    with pytest.raises(Invalid) as refusal:
        clean_photo(NOT_IMAGES[name])
    assert refusal.value.code == "media.not_an_image"
    assert refusal.value.field == "photo"


def test_s31_an_empty_file_is_refused_with_its_own_code() -> None:
    with pytest.raises(Invalid) as refusal:
        clean_photo(b"")
    assert refusal.value.code == "media.empty"


def test_s31_sixteen_megabytes_of_junk_are_too_large() -> None:
    with pytest.raises(TooLarge) as refusal:
        clean_photo(b"\xff\xd8\xff" + bytes(16_000_000))
    assert (refusal.value.code, refusal.value.params) == ("media.too_large", {"megabytes": 15})


def test_s31_a_heic_photo_is_named_so_that_the_sender_knows_what_to_do() -> None:
    with pytest.raises(Invalid) as refusal:
        clean_photo(b"\0\0\0\x18ftypheic\0\0\0\0mif1heic" + bytes(100))
    assert refusal.value.code == "media.heic"


@pytest.mark.parametrize(
    "bomb",
    [png_bomb(50_000, 50_000), png_bomb(12_000, 12_000), png_bomb(6_000, 6_000), webp_bomb()],
    ids=["50k x 50k", "just under Pillow's own limit", "over the limit for PNG", "webp canvas"],
)
def test_s31_a_decompression_bomb_is_refused_by_its_header(bomb: bytes) -> None:
    with pytest.raises(TooLarge) as refusal:
        clean_photo(bomb)
    assert refusal.value.code == "media.too_many_pixels"


def test_s31_a_jpeg_may_have_more_pixels_than_a_png() -> None:
    limits = PhotoLimits(max_pixels=40_000, max_pixels_unfolded=30_000)
    assert clean_photo(encoded(gradient(), "JPEG"), limits=limits).width == 240
    with pytest.raises(TooLarge):
        clean_photo(encoded(gradient(), "PNG"), limits=limits)


@pytest.mark.parametrize("kind", ["JPEG", "PNG", "WEBP"])
def test_s31_a_truncated_photo_is_damaged(kind: str) -> None:
    whole = encoded(gradient(), kind)
    with pytest.raises(Invalid) as refusal:
        clean_photo(whole[: len(whole) // 2])
    assert refusal.value.code == "media.damaged"


def test_s31_a_png_that_promises_pixels_it_does_not_have_is_damaged() -> None:
    with pytest.raises(Invalid) as refusal:
        clean_photo(png_bomb(800, 800))
    assert refusal.value.code == "media.damaged"


def test_s31_a_polyglot_loses_everything_that_is_not_picture() -> None:
    polyglot = encoded(gradient(), "JPEG") + zip_file() + b"<script>alert('canary')</script>"
    photo = clean_photo(polyglot)
    assert b"canary" not in photo.data
    assert not zipfile.is_zipfile(io.BytesIO(photo.data))


def test_s45_position_camera_and_comment_are_gone_from_photo_and_thumbnail() -> None:
    source = with_gps()
    assert Image.open(io.BytesIO(source)).getexif().get_ifd(0x8825)
    photo = clean_photo(source)
    for data in (photo.data, photo.thumb):
        with Image.open(io.BytesIO(data)) as cleaned:
            assert not cleaned.getexif()
            assert set(cleaned.info) <= {
                "jfif", "jfif_version", "jfif_unit", "jfif_density", "progressive", "progression"
            }  # fmt: skip
        assert b"anary" not in data


@pytest.mark.parametrize("orientation", range(1, 9))
def test_a_photo_taken_sideways_is_turned_upright(orientation: int) -> None:
    photo = clean_photo(with_gps(orientation))
    assert (photo.width, photo.height) == ((240, 160) if orientation < 5 else (160, 240))
    expected = ImageOps.exif_transpose(Image.open(io.BytesIO(with_gps(orientation))))
    with Image.open(io.BytesIO(photo.data)) as cleaned:
        difference = ImageChops.difference(cleaned, expected)
    assert max(ImageStat.Stat(difference).mean) < 3


def test_a_large_photo_is_brought_to_1600_and_320_pixels() -> None:
    photo = clean_photo(encoded(gradient(3000, 2000), "JPEG"))
    assert (photo.width, photo.height) == (1600, 1067)
    with Image.open(io.BytesIO(photo.thumb)) as thumb:
        assert thumb.size == (320, 213)


def test_a_small_photo_is_not_blown_up() -> None:
    assert clean_photo(encoded(gradient(40, 30), "PNG")).width == 40


@pytest.mark.parametrize(
    ("mode", "kind"),
    [
        ("1", "PNG"), ("L", "PNG"), ("LA", "PNG"), ("P", "PNG"), ("RGBA", "PNG"), ("I;16", "PNG"),
        ("CMYK", "JPEG"), ("L", "JPEG"), ("RGBA", "WEBP"),
    ],
)  # fmt: skip
def test_every_colour_mode_becomes_a_plain_rgb_jpeg(mode: str, kind: str) -> None:
    picture = gradient().convert("L").convert("I;16") if mode == "I;16" else gradient(mode=mode)
    photo = clean_photo(encoded(picture, kind))
    with Image.open(io.BytesIO(photo.data)) as cleaned:
        assert (cleaned.format, cleaned.mode) == ("JPEG", "RGB")


def test_transparent_parts_become_white() -> None:
    photo = clean_photo(encoded(Image.new("RGBA", (20, 20), (200, 0, 0, 0)), "PNG"))
    with Image.open(io.BytesIO(photo.data)) as cleaned:
        assert cleaned.getpixel((10, 10)) == (255, 255, 255)


@pytest.mark.parametrize("kind", ["PNG", "WEBP"])
def test_an_animation_becomes_its_first_picture(kind: str) -> None:
    frames = [Image.new("RGB", (30, 20), colour) for colour in ("red", "green", "blue")]
    data = encoded(frames[0], kind, save_all=True, append_images=frames[1:], duration=100)
    photo = clean_photo(data)
    with Image.open(io.BytesIO(photo.data)) as cleaned:
        red, green, blue = cleaned.getpixel((15, 10))
    assert red > 200 and green < 60 and blue < 60


@pytest.mark.parametrize(
    "profile", [icc_of_another_space(), b"x" * 400, b"", bytes(900_000)], ids=range(4)
)
def test_a_strange_colour_profile_does_not_spoil_the_photo(profile: bytes) -> None:
    photo = clean_photo(encoded(gradient(), "PNG", icc_profile=profile))
    with Image.open(io.BytesIO(photo.data)) as cleaned:
        assert "icc_profile" not in cleaned.info


def test_s31_a_colour_profile_that_unfolds_to_megabytes_is_refused() -> None:
    with pytest.raises(Invalid) as refusal:
        clean_photo(encoded(gradient(), "PNG", icc_profile=bytes(5_000_000)))
    assert refusal.value.code == "media.damaged"


def test_an_embedded_profile_is_converted_to_srgb() -> None:
    swapped = bytearray(ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes())
    red, blue = swapped.index(b"rXYZ"), swapped.index(b"bXYZ")
    swapped[red : red + 4], swapped[blue : blue + 4] = b"bXYZ", b"rXYZ"
    source = encoded(Image.new("RGB", (16, 16), (250, 10, 10)), "PNG", icc_profile=bytes(swapped))
    with Image.open(io.BytesIO(clean_photo(source).data)) as cleaned:
        red_level, _, blue_level = cleaned.getpixel((8, 8))
    assert blue_level > 200 > 60 > red_level


def test_the_digest_is_that_of_the_cleaned_bytes_and_cleaning_is_repeatable() -> None:
    first, second = clean_photo(with_gps()), clean_photo(with_gps())
    assert first.sha256 == second.sha256
    assert first.mime == "image/jpeg"


def corrupted(rng: random.Random, source: bytes) -> bytes:
    data = bytearray(source)
    for _ in range(rng.choice((1, 3, 20, 200))):
        data[rng.randrange(len(data))] = rng.randrange(256)
    if rng.random() < 0.3:
        del data[rng.randrange(len(data)) :]
    if rng.random() < 0.2:
        at = rng.randrange(len(data) + 1)
        data[at:at] = rng.randbytes(rng.randrange(1, 400))
    return bytes(data)


def test_s31_four_hundred_fuzzed_photos_are_refused_or_clean() -> None:
    rng = random.Random(20261123)
    sources = [
        with_gps(),
        encoded(gradient(), "PNG"),
        encoded(gradient(mode="P"), "PNG"),
        encoded(gradient(), "WEBP"),
        encoded(gradient(mode="CMYK"), "JPEG"),
        encoded(gradient(), "WEBP", lossless=True),
    ]
    outcomes = {"clean": 0, "refused": 0}
    for number in range(400):
        try:
            photo = clean_photo(corrupted(rng, sources[number % len(sources)]))
        except Refusal as refusal:
            assert refusal.code.startswith("media.")
            outcomes["refused"] += 1
        else:
            assert photo.data.startswith(b"\xff\xd8\xff") and b"anary" not in photo.data
            outcomes["clean"] += 1
    assert min(outcomes.values()) > 20
