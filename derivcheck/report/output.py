"""Where results go: standard output, whatever it can show, or a file that is whole or not there."""

from __future__ import annotations

import os
import shutil
import sys
import tempfile
from pathlib import Path
from typing import Any


def ended(text: str) -> str:
    return text if text.endswith("\n") else text + "\n"


def screen(output: Path | None = None) -> dict[str, Any]:
    """How wide a line may be and whether it may have colours: a terminal's, else 100 and none."""
    if output is not None or not sys.stdout.isatty():
        return {"width": 100, "color": False}
    color = not os.environ.get("NO_COLOR") and os.environ.get("TERM") != "dumb"
    return {"width": max(40, shutil.get_terminal_size((100, 24)).columns), "color": color}


def unicode_stream() -> bool:
    return (sys.stdout.encoding or "").lower().replace("-", "").startswith("utf")


def emit(text: str, output: Path | None = None) -> None:
    """To a file, or to standard output; a reader that has gone (`| head`) is no error."""
    if output is not None:
        write(output, text)
        return
    stream = sys.stdout
    try:
        stream.write(text.encode(stream.encoding or "utf-8", "backslashreplace").decode(
            stream.encoding or "utf-8"
        ))  # fmt: skip
        stream.flush()
    except BrokenPipeError:
        # Python flushes standard output once more when it ends, and would complain.
        os.dup2(os.open(os.devnull, os.O_WRONLY), stream.fileno())


def writable(output: Path | None) -> None:
    """Raises before a long check where its result could not be written after it."""
    if output is None:
        return
    folder = output.parent
    try:
        output.resolve()
    except (OSError, RuntimeError) as error:  # a link to itself
        raise OSError(f"cannot write {output}: {error}; expected another file") from error
    reason = (
        "it is a folder" if output.is_dir()
        else f"the folder {folder} does not exist" if not folder.is_dir()
        else "" if os.access(output if output.exists() else folder, os.W_OK)
        else "permission denied"
    )  # fmt: skip
    if reason:
        raise OSError(f"cannot write {output}: {reason}; expected -o with a file that can be made")


def write(output: Path, text: str) -> None:
    """All of the text or nothing: a reader never sees half a report."""
    if output.exists() and not output.is_file():  # /dev/stdout, a pipe
        output.write_text(text, encoding="utf-8")
        return
    descriptor, name = tempfile.mkstemp(dir=output.resolve().parent, prefix=f".{output.name}.")
    try:
        with os.fdopen(descriptor, "w", encoding="utf-8", errors="backslashreplace") as file:
            file.write(text)
        os.chmod(name, mode_of(output))  # mkstemp's files are readable to their owner alone
        os.replace(name, output.resolve())
    except BaseException as error:
        os.unlink(name)
        if isinstance(error, OSError):
            raise OSError(f"cannot write {output}: {error.strerror}") from error
        raise


def mode_of(output: Path) -> int:
    """Who may read the file: as before where it is there, else as for any new file."""
    if output.exists():
        return output.stat().st_mode & 0o777
    mask = os.umask(0)
    os.umask(mask)
    return 0o666 & ~mask
