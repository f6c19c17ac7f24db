"""The whole centre as one file."""

from datetime import UTC
from pathlib import Path
from tempfile import NamedTemporaryFile

from fastapi import APIRouter
from fastapi.responses import FileResponse
from starlette.background import BackgroundTask

from zhisuan.access import records as access
from zhisuan.api.door import Administering, CentreHere
from zhisuan.services.backup import spool, write_backup
from zhisuan.store.objects import disk_errors

router = APIRouter(tags=["centre"])


@router.get("/v1/backup", response_class=FileResponse)
def take_backup(centre: CentreHere, caller: Administering) -> FileResponse:
    """Everything the centre knows, as it is at one instant; the centre goes on meanwhile."""
    now = centre.clock.now()
    with (
        disk_errors(),
        NamedTemporaryFile(
            dir=spool(centre.folder), prefix="backup-", suffix=".part", delete=False
        ) as file,
    ):
        path = Path(file.name)
        try:
            write_backup(centre.folder, centre.database, file, now)
            file.flush()
            with centre.database.write() as connection:
                facts = {"bytes": path.stat().st_size}
                access.audit(connection, caller, "centre.backup", "centre", facts, now)
        except BaseException:
            path.unlink(missing_ok=True)
            raise
    name = f"centre-{now.astimezone(UTC):%Y%m%dT%H%M%SZ}.tar"
    return FileResponse(
        path,
        media_type="application/x-tar",
        filename=name,
        background=BackgroundTask(path.unlink, missing_ok=True),
    )
