"""Everything the pipeline raises.

ShenyueError
├── InputError            the file given cannot be reviewed (exit 2)
│   ├── FileMissing       no such file, or not a file
│   ├── EmptyFile         zero bytes, or no text in it
│   ├── UnsupportedFormat a format that is not read (.doc and others)
│   ├── WrongExtension    the content is not what the name says
│   ├── EncryptedFile     needs a password
│   ├── DamagedFile       truncated or malformed
│   ├── NoPages           a PDF without pages
│   └── OversizedFile     over the size, page or unpacked-size limit
├── PlaybookError         a playbook file that does not validate (exit 2)
├── SettingsError         a setting or environment variable out of range (exit 2)
├── StoreError            the store cannot be opened, read or written (exit 2)
│   ├── NotFound          nothing of that id, or it belongs to somebody else
│   └── StoreUnavailable  the database cannot be reached just now; the same call may succeed later
├── OutputError           a report of a run that cannot be written (pipeline.batch.outputs; exit 2)
└── EngineError           an engine that is not available or failed

The message is for the person at the screen, in Chinese: which file, what is wrong, what to do.
"""

from __future__ import annotations


class ShenyueError(Exception):
    """Base of all errors of the pipeline; ``str(error)`` is a Chinese sentence for the user."""


class InputError(ShenyueError):
    """A file that cannot be reviewed. ``file`` is its name, ``remedy`` what to do."""

    def __init__(self, file: str, problem: str, remedy: str) -> None:
        super().__init__(f"{file}：{problem}。{remedy}")
        self.file = file
        self.problem = problem
        self.remedy = remedy


class FileMissing(InputError):
    """No such file, or a folder where a file is wanted."""


class EmptyFile(InputError):
    """Zero bytes, or no text to review."""


class UnsupportedFormat(InputError):
    """A format that is not read."""


class WrongExtension(InputError):
    """The content is not what the extension says."""


class EncryptedFile(InputError):
    """The file needs a password."""


class DamagedFile(InputError):
    """Truncated or malformed."""


class NoPages(InputError):
    """A PDF without pages."""


class OversizedFile(InputError):
    """Larger than the limits in the settings."""


class PlaybookError(ShenyueError):
    """A playbook that does not validate; the message has file and line."""


class SettingsError(ShenyueError):
    """A setting out of range."""


class StoreError(ShenyueError):
    """The store of contracts and reviews cannot be opened, read or written."""


class NotFound(StoreError):
    """Nothing of that id in the store, or it belongs to somebody else; the two are not told apart."""


class StoreUnavailable(StoreError):
    """The database cannot be reached just now, or somebody holds it for too long: what was being written is undone and may be tried again."""


class EngineError(ShenyueError):
    """An engine that is not available, or failed."""


def told(reason: str, remedy: str) -> str:
    """What is wrong and what to do, as one sentence after the other."""
    return "。".join(part for part in (reason.rstrip("。"), remedy) if part)
