"""Files with personal data: for nobody's eyes but the owner's, and never over another by accident."""

from __future__ import annotations

import os
from collections.abc import Iterable
from pathlib import Path
from tempfile import mkstemp

from service.domain.errors import BadInput


def write_private(file: Path, pieces: Iterable[str], *, force: bool) -> None:
    """Write a text whole or not at all, with mode 0600. Raises BadInput, for a file that is there unless `force`."""
    try:
        handle, written = mkstemp(dir=file.parent, prefix=f".{file.name[:50]}-")
        try:
            with os.fdopen(handle, "w", encoding="utf-8", newline="") as stream:
                stream.writelines(pieces)
            _put(written, file, force=force)
        except BaseException:
            os.unlink(written)
            raise
    except FileExistsError:
        raise BadInput(f"{file} is there already: give another name, or --force to replace it.") from None
    except OSError as error:
        raise BadInput(f"{file} can't be written: {error.strerror}.") from None
    except ValueError:
        raise BadInput("A file's name holds no NUL.") from None


def _put(written: str, file: Path, *, force: bool) -> None:
    """Give the written file its name; where that is to be new, it is taken first, so that no other can."""
    if not force:
        os.close(os.open(file, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600))
    os.replace(written, file)
