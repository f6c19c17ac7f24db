"""The runner as one file: `zhisuan-runner-<hash>.pyz`, made of this package's own sources.

An algorithm's environment needs nothing of the centre but this file. The name carries the hash
of its content, so that a centre that was upgraded never speaks to an older runner by mistake.
"""

import hashlib
import py_compile
import tempfile
import zipfile
from pathlib import Path

import zhisuan

_PARTS = ("__init__.py", "core", "runner")
# The guard matters: a job's own multiprocessing imports the main file again.
_MAIN = """\
import sys
from zhisuan.runner.__main__ import main

if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
"""
_LONG_AGO = (1980, 1, 1, 0, 0, 0)  # the zip format's first instant: equal sources, equal bytes


def runner_bundle(folder: Path) -> Path:
    """The runner's file in this folder, made if absent."""
    sources = _sources()
    digest = hashlib.sha256()
    for name, content in sources.items():
        digest.update(f"{name}\0{len(content)}\0".encode() + content)
    path = folder / f"zhisuan-runner-{digest.hexdigest()[:16]}.pyz"
    if not path.exists():
        with tempfile.TemporaryDirectory(dir=folder) as beside:
            _pack(sources, Path(beside)).replace(path)
    return path


def _sources() -> dict[str, bytes]:
    root = Path(zhisuan.__file__).parent
    files = [root / _PARTS[0]]
    for part in _PARTS[1:]:
        files += sorted((root / part).rglob("*.py"))
    named = {f"zhisuan/{file.relative_to(root)}": file.read_bytes() for file in files}
    return {"__main__.py": _MAIN.encode(), **named}


def _pack(sources: dict[str, bytes], folder: Path) -> Path:
    """Sources and, for interpreters of our own version, their bytecode: half the start time."""
    packed = folder / "runner.pyz"
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_STORED) as archive:
        for name, content in sources.items():
            archive.writestr(zipfile.ZipInfo(name, _LONG_AGO), content)
            if name == "__main__.py":
                continue
            source, compiled = folder / "module.py", folder / "module.pyc"
            source.write_bytes(content)
            py_compile.compile(
                str(source),
                str(compiled),
                dfile=name,
                doraise=True,
                invalidation_mode=py_compile.PycInvalidationMode.UNCHECKED_HASH,
            )
            archive.writestr(zipfile.ZipInfo(f"{name}c", _LONG_AGO), compiled.read_bytes())
    return packed
