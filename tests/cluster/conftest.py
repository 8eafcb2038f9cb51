"""One cluster of two nodes for all tests of a session; a test that takes a node away puts another in its place."""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator
from importlib.util import find_spec

import pytest

from tests.cluster.nodes import Cluster, cluster_folder
from tests.pipeline.batch.conftest import SetUp, limits
from tests.pipeline.store.conftest import postgresql

__all__ = ["limits", "postgresql"]


@pytest.fixture(scope="session")
def two_nodes() -> Iterator[Cluster]:
    if find_spec("ray") is None:
        pytest.skip("no Ray here: make cluster")
    cluster = Cluster(folder=cluster_folder())
    os.environ.update(cluster.access)  # Ray looks at it once, when it is imported
    try:
        cluster.start()
        cluster.start()
        yield cluster
    finally:
        cluster.stop()
        shutil.rmtree(cluster.folder, ignore_errors=True)
        for name in cluster.access:
            del os.environ[name]


@pytest.fixture
def cluster(two_nodes: Cluster, limits: SetUp) -> Cluster:
    """The cluster; vectors are kept where the nodes keep theirs."""
    limits(data_dir=two_nodes.home / "node")
    return two_nodes
