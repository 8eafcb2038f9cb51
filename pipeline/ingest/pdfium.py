"""The lock around pdfium, which must not be entered by two threads of a process at once."""

from __future__ import annotations

import threading

PDFIUM = threading.RLock()
