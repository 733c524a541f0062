"""Photos: a closed list of decoders, hard limits before decoding, a fresh JPEG afterwards."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from io import BytesIO
from threading import Lock

from PIL import Image, ImageCms

from onegrid.common.refusals import Invalid, TooLarge

_SRGB = ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB"))
_ICC_SPACES = {"RGB ": "RGB", "GRAY": "L", "CMYK": "CMYK"}
_ICC_MAX_BYTES = 4_000_000
_ORIENTATION = 0x0112
_TURNS = {
    2: (Image.Transpose.FLIP_LEFT_RIGHT,),
    3: (Image.Transpose.ROTATE_180,),
    4: (Image.Transpose.FLIP_TOP_BOTTOM,),
    5: (Image.Transpose.TRANSPOSE,),
    6: (Image.Transpose.ROTATE_270,),
    7: (Image.Transpose.TRANSVERSE,),
    8: (Image.Transpose.ROTATE_90,),
}
_HEIF_BRANDS = {b"heic", b"heix", b"hevc", b"heim", b"heis", b"mif1", b"msf1", b"avif", b"avis"}

#: One decode at a time in a process: the peak is one picture, however many people upload.
_one_decode = Lock()


@dataclass(frozen=True, slots=True)
class PhotoLimits:
    """Limits and sizes; lengths in bytes, edges in pixels.

    A JPEG is scaled while it is decoded. PNG and WebP unfold completely, at up to 16 bytes a pixel,
    so they get a limit of their own.
    """

    max_bytes: int = 15_000_000
    max_pixels: int = 50_000_000
    max_pixels_unfolded: int = 25_000_000
    edge: int = 1600
    thumb_edge: int = 320
    quality: int = 82


@dataclass(frozen=True, slots=True)
class Photo:
    """A cleaned photo: sRGB JPEG without any metadata, upright, with its thumbnail (JPEG too)."""

    data: bytes
    thumb: bytes
    width: int
    height: int
    sha256: str
    mime: str = "image/jpeg"


def clean_photo(data: bytes, *, limits: PhotoLimits | None = None, field: str = "photo") -> Photo:
    """Decode an uploaded photo and encode it anew.

    Args:
        data: the whole upload.
        limits: sizes; the defaults suit a phone's camera.
        field: name of the form field, for the refusal.

    Raises:
        TooLarge: ``media.too_large`` (bytes), ``media.too_many_pixels`` (by the header).
        Invalid: ``media.empty``, ``media.not_an_image``, ``media.heic`` or ``media.damaged``.
    """
    limits = limits or PhotoLimits()
    kind = _kind(data, limits, field)
    with _one_decode:
        picture = _decode(data, kind, limits, field)
    thumb = picture.copy()
    thumb.thumbnail((limits.thumb_edge, limits.thumb_edge), Image.Resampling.LANCZOS)
    encoded = _jpeg(picture, limits.quality)
    return Photo(
        data=encoded,
        thumb=_jpeg(thumb, limits.quality),
        width=picture.width,
        height=picture.height,
        sha256=hashlib.sha256(encoded).hexdigest(),
    )


def _kind(data: bytes, limits: PhotoLimits, field: str) -> str:
    """Name the decoder by signature, or refuse before anything is decoded."""
    if not data:
        raise Invalid("media.empty", field=field)
    if len(data) > limits.max_bytes:
        raise TooLarge("media.too_large", field=field, megabytes=limits.max_bytes // 1_000_000)
    if data.startswith(b"\xff\xd8\xff"):
        return "JPEG"
    if data.startswith(b"\x89PNG\r\n\x1a\n"):
        return "PNG"
    if data[:4] == b"RIFF" and data[8:12] == b"WEBP":
        _check_pixels(_webp_canvas(data, field), "WEBP", limits, field)
        return "WEBP"
    if data[4:8] == b"ftyp" and data[8:12] in _HEIF_BRANDS:
        raise Invalid("media.heic", field=field)
    raise Invalid("media.not_an_image", field=field)


def _webp_canvas(data: bytes, field: str) -> tuple[int, int]:
    """Read the canvas size ourselves: libwebp allocates it as soon as a file is opened."""
    head, body = data[12:16], data[20:30]
    if len(body) < 10 or head not in (b"VP8X", b"VP8L", b"VP8 "):
        raise Invalid("media.damaged", field=field)
    if head == b"VP8X":
        width, height = (int.from_bytes(body[at : at + 3], "little") for at in (4, 7))
        return width + 1, height + 1
    if head == b"VP8L":
        bits = int.from_bytes(body[1:5], "little")
        return (bits & 0x3FFF) + 1, (bits >> 14 & 0x3FFF) + 1
    width, height = (int.from_bytes(body[at : at + 2], "little") & 0x3FFF for at in (6, 8))
    return width, height


def _check_pixels(size: tuple[int, int], kind: str, limits: PhotoLimits, field: str) -> None:
    most = limits.max_pixels if kind == "JPEG" else limits.max_pixels_unfolded
    if size[0] * size[1] > most:
        raise TooLarge("media.too_many_pixels", field=field, megapixels=most // 1_000_000)


def _decode(data: bytes, kind: str, limits: PhotoLimits, field: str) -> Image.Image:
    """Return the picture upright, in sRGB, at most ``limits.edge`` pixels long.

    Decoders of hostile bytes fail in many ways; every one of them is a refusal here.
    """
    try:
        with Image.open(BytesIO(data), formats=(kind,)) as source:
            _check_pixels(source.size, kind, limits, field)
            orientation = _orientation(source)
            icc = source.info.get("icc_profile")
            source.draft(None, (limits.edge, limits.edge))
            picture = _srgb(_opaque(_shrunk(source, limits.edge)), icc)
        return _turned(picture, orientation)
    except TooLarge:
        raise
    except (Image.DecompressionBombError, Image.DecompressionBombWarning) as error:
        raise TooLarge(
            "media.too_many_pixels", field=field, megapixels=limits.max_pixels // 1_000_000
        ) from error
    except Exception as error:
        raise Invalid("media.damaged", field=field) from error


def _orientation(source: Image.Image) -> int:
    """Return the EXIF orientation; broken metadata is no reason to refuse a good picture."""
    try:
        value = source.getexif().get(_ORIENTATION, 1)
    except Exception:  # noqa: BLE001 - any failure of the metadata parser means "as it is"
        return 1
    return value if isinstance(value, int) else 1


def _turned(picture: Image.Image, orientation: int) -> Image.Image:
    for turn in _TURNS.get(orientation, ()):
        picture = picture.transpose(turn)
    return picture


def _shrunk(source: Image.Image, edge: int) -> Image.Image:
    """Scale down before any other work; palettes, bit maps and deep greys are converted first."""
    source.load()
    if source.mode.startswith("I"):
        picture = source.convert("I").point(lambda value: value / 256).convert("L")
    elif source.mode in ("1", "F"):
        picture = source.convert("L")
    elif source.mode in ("P", "PA") or "transparency" in source.info:
        picture = source.convert("RGBA")
    else:
        picture = source
    picture.thumbnail((edge, edge), Image.Resampling.LANCZOS, reducing_gap=2.0)
    return picture


def _opaque(picture: Image.Image) -> Image.Image:
    """Put white behind what is transparent."""
    if picture.mode in ("L", "RGB", "CMYK"):
        return picture
    layered = picture.convert("RGBA")
    ground = Image.new("RGB", layered.size, "white")
    ground.paste(layered, mask=layered.getchannel("A"))
    return ground


def _srgb(picture: Image.Image, icc: object) -> Image.Image:
    """Convert to sRGB by the embedded profile when it fits the picture, plainly when not."""
    if not isinstance(icc, bytes) or not 128 <= len(icc) <= _ICC_MAX_BYTES:
        return picture.convert("RGB")
    try:
        if _ICC_SPACES.get(icc[16:20].decode("latin-1")) != picture.mode:
            return picture.convert("RGB")
        profile = ImageCms.ImageCmsProfile(BytesIO(icc))
        converted = ImageCms.profileToProfile(picture, profile, _SRGB, outputMode="RGB")
    except (ImageCms.PyCMSError, OSError, ValueError, TypeError):
        return picture.convert("RGB")
    return picture.convert("RGB") if converted is None else converted


def _jpeg(picture: Image.Image, quality: int) -> bytes:
    """Encode pixels and nothing else: a copy on fresh canvas, as Pillow carries metadata along."""
    bare = Image.new("RGB", picture.size)
    bare.paste(picture)
    out = BytesIO()
    bare.save(out, "JPEG", quality=quality, progressive=True, optimize=True)
    return out.getvalue()
