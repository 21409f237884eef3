"""Files that a provider keeps, for batches and the like."""

from __future__ import annotations

from .main import (
    acreate_file,
    afile_content,
    afile_delete,
    afile_list,
    afile_retrieve,
    create_file,
    file_content,
    file_delete,
    file_list,
    file_retrieve,
)

__all__ = [
    "acreate_file",
    "afile_content",
    "afile_delete",
    "afile_list",
    "afile_retrieve",
    "create_file",
    "file_content",
    "file_delete",
    "file_list",
    "file_retrieve",
]
