"""The process that puts a run's vectors into the clause library on this machine: its index grows with the library, and the driver's memory does not."""

from __future__ import annotations

import subprocess
import sys
from contextlib import suppress
from pathlib import Path
from typing import BinaryIO, cast

from pipeline.batch.messages import read_message, write_message
from pipeline.batch.pipes import environment, own_pipes
from pipeline.errors import StoreError
from pipeline.store import Store, VectorItem, open_store


class Keeper:
    """Adds vectors in a process of its own, which ends with this one.

    Args:
        store: whose library; the process opens the same.
    """

    def __init__(self, store: Store) -> None:
        self._process = subprocess.Popen(
            [sys.executable, "-P", "-c", "from pipeline.batch.keeper import main; main()"],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            env=environment(threads=1),
            start_new_session=True,  # Ctrl-C at the terminal is the driver's to answer
        )
        write_message(self._in, (store.db.url, store.folder))  # by the pipe: the address may hold a password

    def add(self, group: list[VectorItem]) -> None:
        """Add, and wait until it is done.

        Raises:
            StoreError: the process has ended, or could not open the store.
        """
        try:
            write_message(self._in, group)
            read_message(cast(BinaryIO, self._process.stdout))
        except (OSError, EOFError) as error:
            raise StoreError(f"条款检索库的进程意外中断（{self._process.poll()}）") from error

    def close(self) -> None:
        """Let it end, and wait for that."""
        with suppress(OSError):
            self._in.close()
        self._process.wait()
        cast(BinaryIO, self._process.stdout).close()

    @property
    def _in(self) -> BinaryIO:
        return cast(BinaryIO, self._process.stdin)


def main() -> None:
    """Add what comes until the driver closes the pipe or ends."""
    groups, out = own_pipes()
    url, folder = read_message(groups)
    with open_store(url, Path(folder)) as store:
        while True:
            try:
                group = read_message(groups)
            except EOFError:
                return
            store.add_vectors(group)
            try:
                write_message(out, len(group))
            except OSError:
                return
