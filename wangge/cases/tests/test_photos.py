# SPDX-License-Identifier: Apache-2.0
"""Photos: what is accepted, what is left of it, who sees it, when it goes."""

import hashlib
import io
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from uuid import uuid4

import psycopg
import pytest
from django.core.files.storage import default_storage
from django.db import DataError, OperationalError, connection, transaction
from PIL import ExifTags, Image, ImageFilter, ImageStat, PngImagePlugin

from tests import city
from wangge.cases.actions import report
from wangge.cases.actions.photos import (
    BrokenImage,
    PhotoKind,
    PhotoTooLarge,
    get_photo,
    open_photo,
    purge_waiting_photos,
    receive_photo,
)
from wangge.cases.models import Photo
from wangge.common.clock import now
from wangge.common.errors import NotFound
from wangge.organizations.access import PermissionMissing

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("city")]

AT = datetime(2026, 3, 11, 2, 0, tzinfo=UTC)
SECRET = b"SECRET-OWNER"


def drawn(width: int = 40, height: int = 30, mode: str = "RGB") -> Image.Image:
    """Red on the left, blue on the right."""
    image = Image.new(mode, (width, height), "red")
    image.paste("blue", (width // 2, 0, width, height))
    return image


def encoded(image: Image.Image, kind: str = "JPEG", **options: Any) -> bytes:
    file = io.BytesIO()
    image.save(file, kind, **options)
    return file.getvalue()


def receive(content: bytes, login: str = "operator_1", **options: Any) -> Photo:
    return receive_photo(io.BytesIO(content), actor=city.actor(login), at=AT, **options)


def stored(photo: Photo) -> bytes:
    with open_photo(photo) as file:
        return bytes(file.read())


def pixel(image: Image.Image, x: float, y: float) -> str:
    """The dominant colour at a share of width and height."""
    at = image.convert("RGB").getpixel((int(x * image.width), int(y * image.height)))
    assert isinstance(at, tuple)
    return {0: "red", 1: "green", 2: "blue"}[at.index(max(at))]


@pytest.mark.parametrize("kind", ["JPEG", "PNG", "WEBP"])
def test_what_is_kept(kind: str) -> None:
    photo = receive(encoded(drawn(), kind))
    content = stored(photo)
    assert hashlib.sha256(content).hexdigest() == photo.sha256 and len(content) == photo.size
    with Image.open(io.BytesIO(content)) as image:
        assert image.format == "JPEG" and image.size == (photo.width, photo.height) == (40, 30)
        assert pixel(image, 0.1, 0.5) == "red" and pixel(image, 0.9, 0.5) == "blue"
    assert photo.file.startswith("2026/03/") and photo.file.endswith(".jpg") and photo.case_id is None


def test_no_metadata_is_left() -> None:
    exif = Image.Exif()
    exif[ExifTags.Base.Artist] = SECRET.decode()
    exif.get_ifd(ExifTags.IFD.GPSInfo).update({1: "N", 2: (30.0, 1.0, 0.0), 3: "E", 4: (120.0, 0.0, 54.0)})
    source = encoded(
        drawn(),
        exif=exif,
        comment=SECRET,
        xmp=b"<x:xmpmeta>" + SECRET + b"</x:xmpmeta>",
        icc_profile=SECRET * 20,
    )
    assert source.count(SECRET) > 3  # the test has something to lose
    with Image.open(io.BytesIO(source)) as image:
        assert image.getexif().get_ifd(ExifTags.IFD.GPSInfo)
    words = PngImagePlugin.PngInfo()
    words.add_text("Author", SECRET.decode())
    for content in (
        source,
        encoded(drawn(), "PNG", pnginfo=words, exif=exif),
        encoded(drawn(), "WEBP", exif=exif),
    ):
        kept = stored(receive(content))
        assert SECRET not in kept
        with Image.open(io.BytesIO(kept)) as image:
            assert not dict(image.getexif()) and not image.getexif().get_ifd(ExifTags.IFD.GPSInfo)
            assert set(image.info) <= {"jfif", "jfif_version", "jfif_unit", "jfif_density"}


def test_it_stands_upright() -> None:
    exif = Image.Exif()
    exif[ExifTags.Base.Orientation] = 6  # the camera was turned: top is on the right of the stored picture
    photo = receive(encoded(drawn(), exif=exif))
    assert (photo.width, photo.height) == (30, 40)
    with Image.open(io.BytesIO(stored(photo))) as image:
        assert pixel(image, 0.5, 0.1) == "red" and pixel(image, 0.5, 0.9) == "blue"


@pytest.mark.parametrize(
    ("size", "kept"), [((3000, 1500), (2048, 1024)), ((500, 6000), (171, 2048)), ((9, 1), (9, 1))]
)
def test_it_is_shrunk(size: tuple[int, int], kept: tuple[int, int]) -> None:
    photo = receive(encoded(drawn(*size)))
    assert (photo.width, photo.height) == kept


@pytest.mark.parametrize("mode", ["L", "1", "P", "CMYK", "LA", "RGBA", "I;16"])
def test_every_colour_mode(mode: str) -> None:
    image = Image.new("I;16", (8, 8), 30000) if mode == "I;16" else drawn(8, 8).convert(mode)
    photo = receive(encoded(image, "JPEG" if mode == "CMYK" else "PNG"))
    with Image.open(io.BytesIO(stored(photo))) as kept:
        assert 30 < ImageStat.Stat(kept.convert("L")).mean[0] < 180


def test_what_was_transparent_is_white() -> None:
    photo = receive(encoded(Image.new("RGBA", (8, 8), (0, 0, 0, 0)), "PNG"))
    with Image.open(io.BytesIO(stored(photo))) as kept:
        assert kept.getpixel((4, 4)) == (255, 255, 255)


@pytest.mark.parametrize(
    "content", [b"", b"x", b"%PDF-1.7", b"<svg xmlns='http://www.w3.org/2000/svg'/>", b"GIF89a"]
)
def test_other_kinds(content: bytes) -> None:
    with pytest.raises(PhotoKind):
        receive(content)
    with pytest.raises(PhotoKind):
        receive(encoded(drawn(), "GIF"))


def test_broken_images() -> None:
    noise = Image.effect_noise((200, 200), 90).convert("RGB").filter(ImageFilter.SHARPEN)
    before = files()
    for kind in ("JPEG", "PNG", "WEBP"):
        whole = encoded(noise, kind)
        for end in (14, 100, len(whole) // 2):
            with pytest.raises(BrokenImage):
                receive(whole[:end])
    png = bytearray(encoded(noise, "PNG"))
    png[len(png) // 2] ^= 0xFF
    with pytest.raises(BrokenImage):
        receive(bytes(png))
    assert files() == before and not Photo.objects.exists()


def files() -> set[Path]:
    return {path for path in Path(default_storage.path("")).rglob("*") if path.is_file()}


def test_too_large() -> None:
    with pytest.raises(PhotoTooLarge):
        receive(encoded(drawn()) + b"\0" * (10 << 20))
    bomb = encoded(Image.new("1", (8000, 5001)), "PNG")
    assert len(bomb) < 100_000
    with pytest.raises(PhotoTooLarge):
        receive(bomb)
    with pytest.raises(PhotoTooLarge):
        receive(encoded(Image.new("1", (30_000, 30_000)), "PNG"))
    receive(encoded(Image.new("1", (8000, 5000)), "PNG"))


def test_a_row_the_database_refuses_leaves_no_file(monkeypatch: pytest.MonkeyPatch) -> None:
    def refused(*_: Any, **__: Any) -> None:
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute("SELECT 1 / 0")

    before = files()
    monkeypatch.setattr(Photo.objects, "bulk_create", refused)
    with pytest.raises(DataError):
        receive(encoded(drawn()))
    assert files() == before


def test_a_row_the_database_kept_without_saying_so_has_its_file(monkeypatch: pytest.MonkeyPatch) -> None:
    keep, key, content = Photo.objects.bulk_create, uuid4(), encoded(drawn())

    def unanswered(*given: Any, **options: Any) -> None:
        keep(*given, **options)
        raise OperationalError("the connection was lost") from psycopg.OperationalError()

    with monkeypatch.context() as patch:
        patch.setattr(Photo.objects, "bulk_create", unanswered)
        with pytest.raises(OperationalError):
            receive(content, key=key)
    assert Image.open(io.BytesIO(stored(receive(content, key=key)))).size == (40, 30)


def test_who_sees_it() -> None:
    photo = receive(encoded(drawn()))
    assert get_photo(photo.pk, city.actor("operator_1")) == photo
    for login in ("operator_2", "chief_1", "outsider"):
        with pytest.raises(NotFound):
            get_photo(photo.pk, city.actor(login))
    here: dict[str, Any] = {"lon": city.IN_EAST.lon, "lat": city.IN_EAST.lat}
    report(description="井盖破损", photos=(photo.pk,), actor=city.actor("operator_1"), at=now(), **here)
    for login in ("operator_1", "operator_2", "inspector_east"):
        assert get_photo(photo.pk, city.actor(login)).pk == photo.pk
    for login in ("operator_west", "inspector_west", "clerk_swj", "outsider", "administrator"):
        with pytest.raises(NotFound):
            get_photo(photo.pk, city.actor(login))
    with pytest.raises(PermissionMissing):
        receive(encoded(drawn()), "outsider")


def test_a_lost_file_is_told() -> None:
    photo = receive(encoded(drawn()))
    default_storage.delete(photo.file)
    with pytest.raises(NotFound):
        open_photo(photo)


def test_the_same_upload_with_the_same_key() -> None:
    key, before = uuid4(), files()
    first = receive(encoded(drawn()), key=key)
    assert receive(encoded(drawn()), key=key).pk == first.pk
    assert receive(encoded(drawn()), key=uuid4()).pk != first.pk
    assert receive(encoded(drawn(60)), key=key).pk != first.pk
    assert len(files() - before) == Photo.objects.count() == 3


def test_purge() -> None:
    waiting, used, young = (receive(encoded(drawn())) for _ in range(3))
    Photo.objects.filter(pk=young.pk).update(uploaded_at=AT + timedelta(days=1))
    report(description="井盖破损", photos=(used.pk,), actor=city.actor("operator_1"), at=now())
    default_storage.delete(waiting.file)  # as left by a run that was killed
    other = receive(encoded(drawn()))
    assert purge_waiting_photos(AT + timedelta(hours=24)) == 2
    assert set(Photo.objects.values_list("pk", flat=True)) == {used.pk, young.pk}
    assert not default_storage.exists(other.file)
    assert default_storage.exists(used.file) and default_storage.exists(young.file)
    assert purge_waiting_photos(AT + timedelta(hours=24)) == 0
