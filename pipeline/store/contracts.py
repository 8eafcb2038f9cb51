"""Contracts: the files as uploaded, kept by their content, and what is known of them."""

from __future__ import annotations

import hashlib
import os
import re
import sqlite3
import tempfile
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager, suppress
from pathlib import Path, PurePosixPath
from time import time

import sqlalchemy as sa

from pipeline.errors import NotFound, StoreError
from pipeline.pages import forget_pictures
from pipeline.settings import settings
from pipeline.store.audit import record
from pipeline.store.base import clean, new_id, now
from pipeline.store.records import Contract
from pipeline.store.search import Search
from pipeline.store.tables import contracts, passages, reviews

_LEFT = 86_400.0  # seconds: no writing takes a day


class Contracts(Search):
    """The contracts of a store."""

    def add_contract(self, name: str, content: bytes, *, owner: str) -> Contract:
        """Keep a file. The same bytes of the same owner are the same contract, which takes the newest name.

        Raises:
            StoreError: the file cannot be written.
        """
        name, owner = _base_name(name), clean(owner)
        sha256, extension = hashlib.sha256(content).hexdigest(), _extension(name)
        path = self._path(sha256, extension)
        with _staged(path, self._parts, content) as put, self.db.write() as connection:
            self.db.lock(connection, sha256)  # nobody deletes the file between our look at it and our row
            known = connection.execute(
                sa.select(contracts).where(contracts.c.owner == owner, contracts.c.sha256 == sha256)
            ).first()
            put()
            values = {"name": name, "extension": extension, "added_at": now()}
            if known:
                contract_id = known.id
                connection.execute(contracts.update().where(contracts.c.id == contract_id).values(**values))
                if known.extension != extension:
                    self._drop_file(connection, sha256, known.extension)
            else:
                contract_id = new_id()
                row = {"id": contract_id, "owner": owner, "sha256": sha256, "size": len(content), **values}
                connection.execute(contracts.insert().values(**row))
            record(self.db, connection, owner, "add_contract", contract=contract_id)
        return Contract(id=contract_id, owner=owner, sha256=sha256, size=len(content), **values)  # type: ignore[arg-type]

    def contract(self, contract_id: str, *, owner: str | None = None) -> Contract:
        """The contract of that id; ``owner`` is who asks, ``None`` for an administrator.

        Raises:
            NotFound: there is none, or it is another's.
        """
        with self.db.read() as connection:
            row = connection.execute(sa.select(contracts).where(contracts.c.id == contract_id)).first()
        if row is None or owner not in (None, row.owner):
            raise NotFound("没有这份合同：可能已经删除")
        return Contract(**row._mapping)

    def contracts(self, *, owner: str | None = None) -> tuple[Contract, ...]:
        """An owner's contracts, or everybody's, newest first."""
        wanted = sa.select(contracts).order_by(contracts.c.added_at.desc(), contracts.c.id)
        if owner is not None:
            wanted = wanted.where(contracts.c.owner == owner)
        with self.db.read() as connection:
            return tuple(Contract(**row._mapping) for row in connection.execute(wanted))

    def path_of(self, contract: Contract) -> Path:
        """Where the file lies: under its content's hash, not under its name."""
        return self._path(contract.sha256, contract.extension)

    def delete_contract(self, contract_id: str, *, who: str) -> None:
        """Delete a contract for good: the file (unless another's contract is the same), page pictures, text, reviews, findings, decisions,
        vectors, and, where a model was asked about it, the cache of replies, which quote contracts. The audit trail keeps that it happened.

        Not deleted: the embedder's cache, which holds hashes and vectors, no text. A review of it that is running comes to nothing.

        Raises:
            NotFound: there is none.
        """
        with self.db.write() as connection:
            sha256 = connection.scalar(sa.select(contracts.c.sha256).where(contracts.c.id == contract_id))
            if sha256 is not None:
                self.db.lock(connection, sha256)
            row = connection.execute(
                sa.select(contracts).where(contracts.c.id == contract_id).with_for_update()
            ).first()
            if row is None:
                raise NotFound("没有这份合同：可能已经删除")
            by_model = (reviews.c.contract_id == contract_id) & (reviews.c.asked_engine != "rules")
            asked = connection.scalar(sa.select(sa.func.count()).select_from(reviews).where(by_model))
            connection.execute(passages.delete().where(passages.c.contract_id == contract_id))
            connection.execute(reviews.delete().where(reviews.c.contract_id == contract_id))
            connection.execute(contracts.delete().where(contracts.c.id == contract_id))
            record(self.db, connection, who, "delete_contract", contract=contract_id)
            self._drop_file(connection, row.sha256, row.extension)
        self.db.wipe()
        forget_pictures(row.sha256)
        if asked:
            _forget_replies(settings().data_dir / "replies.sqlite")
        self._forget_vectors(contract_id)

    def clear_parts(self) -> int:
        """Remove what killed processes left half stored more than a day ago; how many files."""
        cleared = 0
        with suppress(OSError):
            for part in self._parts.iterdir():
                with suppress(OSError):
                    if time() - part.stat().st_mtime > _LEFT:
                        part.unlink()
                        cleared += 1
        return cleared

    @property
    def _parts(self) -> Path:
        return self.folder / "files" / "parts"

    def _path(self, sha256: str, extension: str) -> Path:
        return self.folder / "files" / sha256[:2] / f"{sha256}{extension}"

    def _drop_file(self, connection: sa.Connection, sha256: str, extension: str) -> None:
        """Delete a file that no contract has any more."""
        same = (contracts.c.sha256 == sha256) & (contracts.c.extension == extension)
        if connection.scalar(sa.select(sa.func.count()).select_from(contracts).where(same)):
            return
        path = self._path(sha256, extension)
        try:
            path.unlink(missing_ok=True)
            for left in self._parts.glob(f"{sha256}-*"):  # by a process that was killed; one that is at it writes again
                left.unlink(missing_ok=True)
        except OSError as error:
            raise StoreError(f"合同文件 {path} 删不掉（{error.strerror}）。请检查权限后再删一次") from error


def _forget_replies(path: Path) -> None:
    """Empty the cache of replies: it does not tell which contract a reply is about. What is asked again is paid again."""
    if not path.is_file():
        return
    try:
        with closing(sqlite3.connect(path, timeout=30)) as cache, cache:
            cache.execute("PRAGMA secure_delete=ON").fetchall()
            cache.execute("DELETE FROM replies")
    except sqlite3.Error as error:
        raise StoreError(f"合同已删除，但模型回复的缓存 {path} 清不掉（{error}）。请手工删除这个文件") from error


def _base_name(name: str) -> str:
    """The last part of a name as a browser of any system sends it."""
    return clean(name).replace("\\", "/").rstrip("/").rpartition("/")[2].strip()[:255] or "合同"


def _extension(name: str) -> str:
    found = PurePosixPath(name).suffix.lower()
    return found if re.fullmatch(r"\.[a-z0-9]{1,10}", found) else ""


@contextmanager
def _staged(path: Path, folder: Path, content: bytes) -> Iterator[Callable[[], None]]:
    """Gives what puts a file in its place, whole or not at all; one that is there has this content already, by its name.

    The content is on the disk before, in ``folder``: whoever puts it in its place while others wait for the database keeps them no longer
    than a renaming.
    """
    parts: list[Path] = []

    def put() -> None:
        if _is_there(path, content):
            return
        with _told(path):
            part = parts.pop() if parts else None
            if part is None or not part.exists():  # gone with a contract of the same content
                part = _written(folder, path.stem, content)
            path.parent.mkdir(parents=True, exist_ok=True)
            part.replace(path)

    try:
        if not _is_there(path, content):
            with _told(path):
                parts.append(_written(folder, path.stem, content))
        yield put
    finally:
        for part in parts:
            part.unlink(missing_ok=True)


def _is_there(path: Path, content: bytes) -> bool:
    return path.is_file() and path.stat().st_size == len(content)


def _written(folder: Path, sha256: str, content: bytes) -> Path:
    """A new file with this content, which outlasts a loss of power; its name tells whose content it is."""
    folder.mkdir(parents=True, exist_ok=True)
    handle, name = tempfile.mkstemp(dir=folder, prefix=f"{sha256}-")
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
    except BaseException:
        Path(name).unlink(missing_ok=True)
        raise
    return Path(name)


@contextmanager
def _told(path: Path) -> Iterator[None]:
    try:
        yield
    except OSError as error:
        raise StoreError(f"合同存不下来（{error.strerror}）。请检查 {path.parent} 的权限和磁盘空间") from error
