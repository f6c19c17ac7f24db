"""The shelf of data sets: added from a stream or a file, kept by content, forgotten with proof.

Bytes arrive in a scratch folder and nothing of them is seen until the version is written; an
upload that breaks leaves nothing. No database transaction is open while bytes move or a table is
read.
"""

import shutil
from collections.abc import Generator, Iterable, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from threading import Lock

from sqlalchemy import Connection

from zhisuan.core.clock import Clock, parse_instant
from zhisuan.core.errors import NotFound, TamperFound, WrongInput
from zhisuan.core.identifiers import new_id
from zhisuan.data import export, records
from zhisuan.data.arrival import receive
from zhisuan.data.dataset import Dataset, Label
from zhisuan.data.deletion import DeletionCertificate, verify_chain
from zhisuan.data.intake import take_in
from zhisuan.data.leak import Leak, leaks
from zhisuan.data.limits import DEFAULT, Limits, Progress, silent
from zhisuan.store.database import Database
from zhisuan.store.objects import ObjectStore, disk_errors

_NAME_CHARACTERS = 200
_MOST_LISTED = 1_000
_NO_SUCH = "List your data sets to see their ids."


@dataclass(frozen=True, slots=True)
class Recovered:
    """What a start found half done and finished."""

    uploads: int
    deletions: int


@dataclass(slots=True)
class _Upload:
    """An arrival under way; without a data set at its end it was in vain."""

    id: str
    dataset_id: str | None = None


class DataShelf:
    """Every tenant's data sets.

    Args:
        database: holds what is known of them.
        objects: holds their bytes.
        clock: tells when.
    """

    def __init__(self, database: Database, objects: ObjectStore, clock: Clock) -> None:
        self._database = database
        self._objects = objects
        self._clock = clock
        # Between "these bytes are stored" and "a data set refers to them" no deletion may look.
        self._settling = Lock()

    def add(
        self,
        tenant: str,
        name: str,
        source: Path | Iterable[bytes],
        *,
        filename: str = "",
        limits: Limits = DEFAULT,
        progress: Progress = silent,
    ) -> Dataset:
        """Register a table as the next version of `name`.

        The same bytes as the newest version are that version: it is returned and none is made.

        Args:
            tenant: whose it is.
            name: 1 to 200 characters.
            source: a file, copied because it may change, or the blocks of a stream.
            filename: as the tenant calls it; the content alone decides the format.
            limits: what is accepted.
            progress: told how far it is; what it raises stops the work and leaves nothing.

        Raises:
            WrongInput: the name is empty or too long, or there is no such file.
            DataError: the bytes are no acceptable table; each reason has its class.
            DiskFull, DataFolderReadOnly: there is no place for them.
        """
        if not 0 < len(name) <= _NAME_CHARACTERS:
            raise WrongInput(
                f"A data set's name has 1 to {_NAME_CHARACTERS} characters, this has {len(name)}.",
                hint="Give it a shorter name.",
            )
        # The scratch folder goes first, so that on a full disk there is room to close the upload.
        with self._upload(tenant, name) as upload, self._scratch() as scratch:
            file = scratch / "original"
            sha256 = receive(source, file, limits, progress)
            dataset = self.newest(tenant, name)
            if dataset is None or dataset.sha256 != sha256:
                dataset = self._register(tenant, name, filename, file, scratch, limits, progress)
            upload.dataset_id = dataset.id
        return dataset

    def get(self, tenant: str, dataset_id: str) -> Dataset:
        """The tenant's data set.

        Raises:
            NotFound: there is none of this id, or it is another tenant's.
        """
        with self._database.read() as connection:
            return _found(connection, tenant, dataset_id)

    def newest(self, tenant: str, name: str) -> Dataset | None:
        """The highest version of a name that is not deleted."""
        with self._database.read() as connection:
            return records.newest(connection, tenant, name)

    def list(
        self, tenant: str, limit: int = 50, after: str | None = None, name: str | None = None
    ) -> list[Dataset]:
        """A page of the tenant's data sets, newest first.

        Args:
            tenant: whose.
            limit: 1 to 1,000; other numbers are taken as the nearer of the two.
            after: the last id of the page before.
            name: only the versions of this one.
        """
        with self._database.read() as connection:
            size = max(1, min(limit, _MOST_LISTED))
            return records.list_after(connection, tenant, size, after, name)

    def labels(
        self, connection: Connection, tenant: str, ids: Sequence[str]
    ) -> Mapping[str, Label]:
        """What the tenant's data sets are called, by id, forgotten ones too."""
        return records.labels(connection, tenant, ids)

    def called(self, connection: Connection, tenant: str, name: str) -> Mapping[str, Label]:
        """The tenant's data sets of this name or id, by id, forgotten ones too."""
        return records.called(connection, tenant, name)

    def namesakes(
        self, connection: Connection, tenant: str, names: Sequence[str]
    ) -> Mapping[str, Label]:
        """All versions of the tenant's data sets of some names, by id, forgotten ones too."""
        return records.namesakes(connection, tenant, names)

    def preview(self, dataset: Dataset, rows: int = 20) -> export.Rows:
        """The first rows in the file's order."""
        with self._scratch() as scratch:
            return export.first_rows(self.parquet_path(dataset), rows, scratch)

    def leaks(self, dataset: Dataset, target: str) -> tuple[Leak, ...]:
        """The columns that give `target` away, strongest first.

        Raises:
            TargetMissing: there is no such column.
        """
        with self._scratch() as scratch:
            return leaks(self.parquet_path(dataset), target, scratch)

    def parquet_path(self, dataset: Dataset) -> Path:
        """The canonical table, read-only."""
        return self._objects.path(dataset.table_sha256)

    def original_path(self, dataset: Dataset) -> Path:
        """The file as it was brought, read-only."""
        return self._objects.path(dataset.sha256)

    def delete(self, tenant: str, dataset_id: str) -> DeletionCertificate:
        """Remove a data set and its bytes; bytes that another data set holds stay for that one.

        Raises:
            NotFound: there is none of this id, or it is another tenant's.
        """
        with self._database.write() as connection:
            _found(connection, tenant, dataset_id)
            records.mark_deleted(connection, dataset_id, self._clock.now())
        self._finish_deletions()
        return self.certificate(tenant, dataset_id)

    def certificate(self, tenant: str, dataset_id: str) -> DeletionCertificate:
        """The certificate of a deleted data set.

        Raises:
            NotFound: the tenant deleted no such data set.
        """
        with self._database.read() as connection:
            found = records.find_deletion(connection, tenant, dataset_id)
        if found is None:
            raise NotFound(f"There is no deletion of {dataset_id!r}.", hint=_NO_SUCH)
        return found

    def verify_certificate(self, certificate: DeletionCertificate) -> None:
        """Recompute the chain of deletions and look whether the removed bytes are gone.

        Bytes that came again with a later data set are there by that one's right.

        Raises:
            TamperFound: a link does not follow from its record, the certificate is not in the
                chain, or removed bytes are still there.
        """
        with self._database.read() as connection:
            links = records.deletions(connection)
            held = records.held(connection, certificate.removed)
        verify_chain(links)
        if certificate.stored() not in links:
            raise TamperFound(f"The certificate {certificate.id} is not in the chain of deletions.")
        for digest in certificate.removed:
            if self._objects.has(digest) and digest not in held:
                raise TamperFound(f"The bytes {digest[:12]}… are still there.")

    def recover(self) -> Recovered:
        """Finish what a killed process left: called once, before anything is added."""
        with self._database.write() as connection:
            uploads = records.abort_open_uploads(connection, self._clock.now())
        self._objects.sweep()
        return Recovered(uploads, self._finish_deletions())

    @contextmanager
    def _scratch(self) -> Generator[Path]:
        folder = self._objects.scratch()
        try:
            yield folder
        finally:
            shutil.rmtree(folder, ignore_errors=True)

    @contextmanager
    def _upload(self, tenant: str, name: str) -> Generator[_Upload]:
        upload = _Upload(new_id("upl"))
        with self._database.write() as connection:
            records.open_upload(connection, upload.id, tenant, name, self._clock.now())
        try:
            yield upload
        finally:
            with self._database.write() as connection:
                now = self._clock.now()
                records.close_upload(connection, upload.id, now, upload.dataset_id)

    def _register(
        self,
        tenant: str,
        name: str,
        filename: str,
        file: Path,
        scratch: Path,
        limits: Limits,
        progress: Progress,
    ) -> Dataset:
        table, profile = take_in(file, scratch, limits, progress)
        with self._settling:
            objects = [self._objects.adopt(file), self._objects.adopt(table)]
            try:
                with self._database.write() as connection:
                    same = records.newest(connection, tenant, name)
                    if same is not None and same.sha256 == objects[0]:
                        return same  # brought by somebody else while we read it
                    dataset = Dataset(
                        id=new_id("dst"),
                        tenant=tenant,
                        name=name,
                        version=records.next_version(connection, tenant, name),
                        filename=filename,
                        sha256=objects[0],
                        table_sha256=objects[1],
                        rows=profile.rows,
                        columns=len(profile.columns),
                        bytes=profile.bytes,
                        created_at=self._clock.now(),
                        profile=profile,
                    )
                    records.add_dataset(connection, dataset)
                    return dataset
            finally:
                self._remove_unheld(objects)  # none of them, unless nothing came to refer to it

    def _finish_deletions(self) -> int:
        """Remove the bytes of every data set out of sight and certify it; returns how many."""
        with self._settling:
            with self._database.read() as connection:
                rows = records.half_deleted(connection)
            for row in rows:
                objects = list(dict.fromkeys((row["sha256"], row["table_sha256"])))
                removed = self._remove_unheld(objects)
                with self._database.write() as connection:
                    sequence, previous = records.last_deletion(connection)
                    certificate = DeletionCertificate(
                        id=new_id("del"),
                        sequence=sequence + 1,
                        tenant=row["tenant"],
                        dataset_id=row["id"],
                        name=row["name"],
                        version=row["version"],
                        sha256=row["sha256"],
                        table_sha256=row["table_sha256"],
                        removed=removed,
                        kept=tuple(digest for digest in objects if digest not in removed),
                        deleted_at=parse_instant(row["deleted_at"]),
                    )
                    records.add_deletion(connection, certificate.linked(previous))
        return len(rows)

    def _remove_unheld(self, objects: Sequence[str]) -> tuple[str, ...]:
        """Remove the objects that no data set refers to; returns which."""
        with self._database.read() as connection:
            held = records.held(connection, objects)
        free = tuple(digest for digest in objects if digest not in held)
        with disk_errors():
            for digest in free:
                self._objects.delete(digest)
        return free


def _found(connection: Connection, tenant: str, dataset_id: str) -> Dataset:
    found = records.find(connection, tenant, dataset_id)
    if found is None:
        raise NotFound(f"There is no data set {dataset_id!r}.", hint=_NO_SUCH)
    return found
