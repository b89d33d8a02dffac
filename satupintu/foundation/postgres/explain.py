# SPDX-License-Identifier: Apache-2.0
import errno
from pathlib import Path


def explain_folder_error(error: OSError, folder: Path) -> str:
    """What is wrong with a folder, in one sentence for the person at the terminal."""
    if error.errno in {errno.ENOSPC, errno.EDQUOT}:
        return f"The disk that holds {folder} is full."
    if error.errno in {errno.EACCES, errno.EPERM, errno.EROFS}:
        return f"The folder {folder} can't be written: {error.strerror}."
    return f"The folder {folder} can't be used: {error.strerror}."
