"""Batch runs and their files; reviews know the conditions they were made under."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"


def upgrade() -> None:
    """Add the two tables and the column; reviews that are there keep ``NULL`` and are never reused."""
    op.add_column("reviews", sa.Column("conditions", sa.String(length=64), nullable=True))
    op.create_index("ix_reviews_conditions", "reviews", ["conditions"])
    op.create_table(
        "batches",
        sa.Column("id", sa.String(length=32), nullable=False),
        sa.Column("owner", sa.String(length=320), nullable=False),
        sa.Column("source", sa.Text(), nullable=False),
        sa.Column("out", sa.Text(), nullable=False),
        sa.Column("formats", sa.Text(), nullable=False),
        sa.Column("engine", sa.String(length=64), nullable=False),
        sa.Column("merchant", sa.String(length=16), nullable=True),
        sa.Column("mask", sa.Boolean(), nullable=False),
        sa.Column("playbook", sa.Text(), nullable=True),
        sa.Column("playbook_name", sa.Text(), nullable=True),
        sa.Column("conditions", sa.Text(), nullable=False),
        sa.Column("conditions_sha256", sa.String(length=64), nullable=False),
        sa.Column("state", sa.String(length=16), nullable=False),
        sa.Column("started_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("finished_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("server", sa.Text(), nullable=True),
        sa.Column("beat_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("seconds", sa.Float(53), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_batches"),
    )
    op.create_index("ix_batches_owner_started_at", "batches", ["owner", "started_at"])
    op.create_table(
        "batch_files",
        sa.Column("run_id", sa.String(length=32), nullable=False),
        sa.Column("position", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("name_sha256", sa.String(length=64), nullable=False),
        sa.Column("uri", sa.Text(), nullable=False),
        sa.Column("state", sa.String(length=16), nullable=False),
        sa.Column("sha256", sa.String(length=64), nullable=True),
        sa.Column("extension", sa.Text(), nullable=False),
        sa.Column("size", sa.BigInteger(), nullable=True),
        sa.Column("contract_id", sa.String(length=32), nullable=True),
        sa.Column("review_id", sa.String(length=32), nullable=True),
        sa.Column("reused", sa.Boolean(), nullable=False),
        sa.Column("cause", sa.String(length=32), nullable=True),
        sa.Column("reason", sa.Text(), nullable=True),
        sa.Column("remedy", sa.Text(), nullable=True),
        sa.Column("tries", sa.Integer(), nullable=False),
        sa.Column("outputs", sa.Text(), nullable=False),
        sa.Column("started_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("finished_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("seconds", sa.Float(53), nullable=True),
        sa.ForeignKeyConstraint(["run_id"], ["batches.id"], name="fk_batch_files_run_id", ondelete="CASCADE"),
        sa.ForeignKeyConstraint(
            ["contract_id"], ["contracts.id"], name="fk_batch_files_contract_id", ondelete="SET NULL"
        ),
        sa.ForeignKeyConstraint(["review_id"], ["reviews.id"], name="fk_batch_files_review_id", ondelete="SET NULL"),
        sa.PrimaryKeyConstraint("run_id", "position", name="pk_batch_files"),
        sa.UniqueConstraint("run_id", "name_sha256", name="uq_batch_files_run_id_name_sha256"),
    )
    op.create_index(
        "ix_batch_files_run_id_state_tries_position", "batch_files", ["run_id", "state", "tries", "position"]
    )
    op.create_index("ix_batch_files_sha256", "batch_files", ["sha256"])
    op.create_index("ix_batch_files_contract_id", "batch_files", ["contract_id"])
    op.create_index("ix_batch_files_review_id", "batch_files", ["review_id"])
