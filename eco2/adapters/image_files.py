"""Pictures that a model made, as files below one folder. What is not a picture by its first bytes is not kept."""

from __future__ import annotations

import base64
import binascii
import hashlib
import os
from pathlib import Path
from tempfile import NamedTemporaryFile

from eco2.guard import MOST_PICTURE_BYTES, media_type
from eco2.outside import Found, Image
from eco2.turns import SettingsError

_SUFFIXES = {"image/png": ".png", "image/jpeg": ".jpg", "image/webp": ".webp"}


def decoded(text: object) -> bytes | None:
    """Return the picture that base64 text holds; None for anything else, and for one that is too large."""
    if not isinstance(text, str) or len(text) > MOST_PICTURE_BYTES * 4 // 3 + 4:
        return None
    try:
        data = base64.b64decode(text, validate=True)
    except (binascii.Error, ValueError):
        return None
    return data if media_type(data) in _SUFFIXES else None


def kept(data: bytes, prompt: str, folder: Path, path: str) -> Found[Image]:
    """Write a picture below `folder`, named by its content, whole or not at all; the same one again changes nothing.

    Raises:
        SettingsError: the folder cannot be written.
    """
    digest = hashlib.sha256(data).hexdigest()[:12]
    target = folder / f"image-{digest}{_SUFFIXES[media_type(data) or 'image/png']}"
    try:
        folder.mkdir(parents=True, exist_ok=True)
        with NamedTemporaryFile(dir=folder, suffix=".part", delete=False) as file:
            file.write(data)
        os.replace(file.name, target)
    except OSError as error:
        raise SettingsError(
            f"{folder}: pictures cannot be written here ({error.strerror}); set ECO2_PICTURES"
        ) from error
    ko, en = f"‘{prompt}’ 요청으로 만든 그림이에요.", f"A picture made for “{prompt}”."
    return Found(Image(f"image-{digest}", (), str(target), ko, en), path, 1)
