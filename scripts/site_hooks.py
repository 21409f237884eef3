"""What the documentation site does beyond mkdocs: links from a page to a file of the repository.

Pages link to tests and examples by relative paths, which works where the repository is browsed. On the site
such a link goes to the repository's address if the build knows one (``REPOSITORY_URL``), and is plain text
otherwise.
"""

from __future__ import annotations

import posixpath
import re
from typing import Any

#: A link, or a fence, whose inside is left alone.
LINK = re.compile(r"^```.*?^```|\[((?:[^\[\]]|\[[^\]]*\])*)\]\((?!\w+://|#|mailto:)([^)\s]+)\)", re.M | re.S)


def on_page_markdown(markdown: str, page: Any, config: Any, files: Any) -> str:
    """Turn links that leave ``docs/`` into links to the repository, or into their text."""
    folder = posixpath.dirname(page.file.src_uri)
    repository = (config.get("repo_url") or "").rstrip("/")

    def turned(match: re.Match[str]) -> str:
        text, target = match.group(1), match.group(2)
        if target is None:
            return match.group(0)
        path, _, anchor = target.partition("#")
        there = posixpath.normpath(posixpath.join("docs", folder, path))
        if not path or there.startswith("docs/"):
            return match.group(0)
        if not repository:
            return text or ""
        return f"[{text}]({repository}/blob/HEAD/{there}{'#' + anchor if anchor else ''})"

    return LINK.sub(turned, markdown)
