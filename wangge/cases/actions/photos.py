# SPDX-License-Identifier: Apache-2.0
"""Photos: judged by content, made small, freed of every trace of who took them where, and kept in Django's storage."""

import hashlib
import io
from datetime import datetime
from threading import Lock
from typing import Any, BinaryIO
from uuid import UUID, uuid4, uuid5

from django.core.files.base import File
from django.core.files.storage import default_storage
from django.db import DatabaseError, transaction
from django.db.models import Q
from PIL import Image, ImageOps

from wangge.cases.errors import KeyReused
from wangge.cases.models import Case, Photo, Visit
from wangge.cases.visibility import visible_to, visits_visible_to
from wangge.common.errors import BadInput, NotFound
from wangge.organizations.access import Permission, require
from wangge.organizations.directory import Actor

MOST_BYTES = 10 << 20
MOST_PIXELS = 40_000_000
LONGEST_SIDE = 2048
JPEG_QUALITY = 85


class PhotoTooLarge(BadInput):
    code = "photo_too_large"
    http_status = 413
    zh = "照片过大：最多 {most_mb} MB、{most_mp} 百万像素。请缩小后重新上传。"
    en = "The photo is too large: at most {most_mb} MB and {most_mp} megapixels. Make it smaller and upload again."

    def __init__(self) -> None:
        super().__init__(most_mb=MOST_BYTES >> 20, most_mp=MOST_PIXELS // 1_000_000)


class PhotoKind(BadInput):
    code = "photo_kind"
    zh = "只接受 JPEG、PNG、WebP 格式的照片（按内容判断，不看文件名）。"
    en = "Only JPEG, PNG and WebP photos are accepted (judged by content, not by name)."


class BrokenImage(BadInput):
    code = "broken_image"
    zh = "照片已损坏或不完整，无法读取。请重新拍摄或重新上传。"
    en = "The photo is damaged or incomplete and cannot be read. Take it or upload it again."


#: a picture of 40 megapixels unpacks to several hundred megabytes
_one_at_a_time = Lock()


def receive_photo(file: BinaryIO, *, actor: Actor, at: datetime, key: UUID | None = None) -> Photo:
    """Store an uploaded picture as a waiting photo of `actor`.

    What is stored is a new JPEG of at most 2048 pixels a side, upright, without metadata. The same bytes sent again
    with the same `key` give the first photo. Raises PhotoTooLarge, PhotoKind, BrokenImage. The row is written after
    the file, so that every row has its picture.
    """
    require(actor, Permission.CASE_READ)
    assert actor.person_id is not None
    if file.seek(0, io.SEEK_END) > MOST_BYTES:
        raise PhotoTooLarge
    photo_id = uuid5(key, _sha256(file)) if key else uuid4()
    if key and (first := Photo.objects.filter(pk=photo_id, uploaded_by_id=actor.person_id).first()):
        return first
    with _one_at_a_time:
        picture = _decode(file)
    encoded = io.BytesIO()
    picture.save(encoded, "JPEG", quality=JPEG_QUALITY, optimize=True)
    photo = Photo(
        id=photo_id, sha256=_sha256(encoded), width=picture.width, height=picture.height,
        size=encoded.tell(), uploaded_by_id=actor.person_id, uploaded_at=at,
    )  # fmt: skip
    return _keep(photo, encoded)


def _sha256(file: BinaryIO) -> str:
    """Hex digest of the whole; the file is left at its end."""
    file.seek(0)
    return hashlib.sha256(file.read()).hexdigest()


def _keep(photo: Photo, content: BinaryIO) -> Photo:
    """The photo with its file; of two senders of one key the first one's, and the other's file goes again."""
    content.seek(0)
    photo.file = default_storage.save(f"{photo.uploaded_at:%Y/%m}/{uuid4()}.jpg", File(content))
    try:
        Photo.objects.bulk_create([photo], ignore_conflicts=True)
    except DatabaseError as error:
        # a database that died without an answer may have kept the row, which must have its picture
        if getattr(error.__cause__, "sqlstate", None):
            default_storage.delete(photo.file)
        raise
    kept = Photo.objects.filter(pk=photo.pk, uploaded_by_id=photo.uploaded_by_id).first()
    if kept is None or kept.file != photo.file:
        default_storage.delete(photo.file)
    if kept is None:
        raise KeyReused
    return kept


def _decode(file: BinaryIO) -> Image.Image:
    """The picture upright, in RGB, shrunk, as a new image that carries nothing of the old but its pixels."""
    file.seek(0)
    if not _is_photo(file.read(12)):
        raise PhotoKind
    file.seek(0)
    try:
        with Image.open(file, formats=("JPEG", "PNG", "WEBP")) as source:
            if source.width * source.height > MOST_PIXELS:
                raise PhotoTooLarge
            return _clean(source)
    except Image.DecompressionBombError as error:
        raise PhotoTooLarge from error
    except (PhotoTooLarge, MemoryError):
        raise
    except Exception as error:  # a damaged file makes a decoder stumble in any way it likes
        raise BrokenImage from error


def _is_photo(head: bytes) -> bool:
    webp = head[:4] == b"RIFF" and head[8:12] == b"WEBP"
    return webp or head.startswith((b"\xff\xd8\xff", b"\x89PNG\r\n\x1a\n"))


def _clean(source: Image.Image) -> Image.Image:
    source.draft(
        "RGB", (LONGEST_SIDE, LONGEST_SIDE)
    )  # a JPEG is read at the smallest scale that still suffices
    source.load()
    grey16 = source.mode.startswith("I;16")  # Pillow would clip it to white
    opened = source.point(lambda value: value / 256).convert("L") if grey16 else source
    mode = "RGBA" if source.has_transparency_data else "RGB"
    picture = opened if opened.mode == mode else opened.convert(mode)  # a large one is not held twice
    picture.thumbnail((LONGEST_SIDE, LONGEST_SIDE))
    upright = ImageOps.exif_transpose(picture)
    fresh = Image.new("RGB", upright.size, "white")
    fresh.paste(upright, mask=upright if upright.mode == "RGBA" else None)
    return fresh


def get_photo(photo_id: UUID, actor: Actor) -> Photo:
    """A photo of a case or a visit the actor may see, or one of their own that still waits; else NotFound."""
    own = Q(case__isnull=True, uploaded_by_id=actor.person_id)
    cases = Case.objects.filter(visible_to(actor)).values("pk")
    visits = Visit.objects.filter(visits_visible_to(actor)).values("pk")
    photo = Photo.objects.filter(own | Q(case__in=cases) | Q(visit__in=visits), pk=photo_id).first()
    if photo is None:
        raise NotFound
    return photo


def open_photo(photo: Photo) -> "File[Any]":
    """The stored JPEG, open for reading; NotFound when the storage has lost it."""
    try:
        return default_storage.open(photo.file)
    except FileNotFoundError as error:
        raise NotFound from error


def purge_waiting_photos(before: datetime) -> int:
    """Delete the photos uploaded before `before` that no step or visit has taken; how many. Safe to run twice or at once.

    The rows stay locked while their files go: a step that names one of them waits and then finds it gone. A run
    that is killed leaves rows without files, which the next run removes.
    """
    with transaction.atomic():
        waiting = Photo.objects.filter(case__isnull=True, visit__isnull=True, uploaded_at__lt=before)
        rows = dict(waiting.select_for_update(skip_locked=True).values_list("pk", "file"))
        for file in rows.values():
            default_storage.delete(file)
        Photo.objects.filter(pk__in=rows).delete()
    return len(rows)
