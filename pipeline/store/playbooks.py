"""Playbooks of the users' own."""

from __future__ import annotations

import hashlib

import sqlalchemy as sa

from pipeline.errors import NotFound
from pipeline.store.audit import record
from pipeline.store.base import Part, clean, new_id, now
from pipeline.store.records import SavedPlaybook
from pipeline.store.tables import playbooks

_GONE = "没有这份审查标准：可能已经删除"


class Playbooks(Part):
    """The saved playbooks of a store. That the text is a playbook is for the caller to see to."""

    def save_playbook(self, name: str, text: str, *, owner: str, id: str | None = None) -> SavedPlaybook:
        """Keep a playbook: a new one, or a new text of the owner's one of that ``id``.

        Raises:
            NotFound: there is none of that id, or it is another's.
        """
        text = clean(text)
        saved = SavedPlaybook(
            id=id or new_id(),
            owner=clean(owner),
            name=clean(name).strip(),
            text=text,
            sha256=hashlib.sha256(text.encode()).hexdigest(),
            saved_at=now(),
        )
        row = {"name": saved.name, "text": saved.text, "sha256": saved.sha256, "saved_at": saved.saved_at}
        with self.db.write() as connection:
            if id is None:
                connection.execute(playbooks.insert().values(id=saved.id, owner=saved.owner, **row))
            else:
                mine = (playbooks.c.id == id) & (playbooks.c.owner == saved.owner)
                if not connection.execute(playbooks.update().where(mine).values(**row)).rowcount:
                    raise NotFound(_GONE)
            record(self.db, connection, owner, "save_playbook", playbook=saved.id)
        return saved

    def playbooks(self, owner: str | None = None) -> tuple[SavedPlaybook, ...]:
        """An owner's playbooks, or everybody's, newest first."""
        wanted = sa.select(playbooks).order_by(playbooks.c.saved_at.desc(), playbooks.c.id)
        if owner is not None:
            wanted = wanted.where(playbooks.c.owner == owner)
        with self.db.read() as connection:
            return tuple(SavedPlaybook(**row._mapping) for row in connection.execute(wanted))

    def playbook(self, playbook_id: str, owner: str | None = None) -> SavedPlaybook:
        """The playbook of that id; ``owner`` is who asks, ``None`` for an administrator or a worker.

        Raises:
            NotFound: there is none, or it is another's.
        """
        with self.db.read() as connection:
            row = connection.execute(sa.select(playbooks).where(playbooks.c.id == playbook_id)).first()
        if row is None or owner not in (None, row.owner):
            raise NotFound(_GONE)
        return SavedPlaybook(**row._mapping)

    def delete_playbook(self, playbook_id: str, *, owner: str | None = None, who: str | None = None) -> None:
        """Delete a playbook; reviews made with it stay. ``owner`` as in ``playbook``; ``who`` does it, the owner unless told.

        Raises:
            NotFound: there is none, or it is another's.
        """
        with self.db.write() as connection:
            gone = playbooks.delete().where(playbooks.c.id == playbook_id)
            if owner is not None:
                gone = gone.where(playbooks.c.owner == owner)
            if not connection.execute(gone).rowcount:
                raise NotFound(_GONE)
            record(self.db, connection, who or owner or "", "delete_playbook", playbook=playbook_id)
