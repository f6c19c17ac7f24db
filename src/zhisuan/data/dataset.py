"""A data set 数据集: one version of one tenant's table."""

from dataclasses import dataclass

from zhisuan.core.clock import Instant
from zhisuan.data.profile import Profile


@dataclass(frozen=True, slots=True)
class Dataset:
    """One version.

    Attributes:
        id: `dst_…`.
        tenant: whose it is.
        name: shared by all its versions.
        version: counts from 1 within tenant and name; never given twice.
        filename: as the tenant brought it; shown, never opened.
        sha256: of the bytes as brought, hex.
        table_sha256: of the canonical Parquet file, hex.
        bytes: of the file as brought.
    """

    id: str
    tenant: str
    name: str
    version: int
    filename: str
    sha256: str
    table_sha256: str
    rows: int
    columns: int
    bytes: int
    created_at: Instant
    profile: Profile


@dataclass(frozen=True, slots=True)
class Label:
    """What a data set is called; it outlives the data.

    Attributes:
        sha256: of the bytes as brought, hex.
        deleted: whether the bytes are forgotten.
    """

    id: str
    name: str
    version: int
    sha256: str
    created_at: Instant
    deleted: bool
