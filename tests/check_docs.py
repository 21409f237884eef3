"""Check the Markdown documents: relative links lead somewhere, Python blocks parse.

Whether the README's examples work is tests/python/test_readme.py's business: it runs them.
"""

from __future__ import annotations

import ast
import re
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
LINK = re.compile(r"\[[^\]]*\]\(([^)\s]+)\)")
FENCE = re.compile(r"^```(\w*)\n(.*?)^```", re.MULTILINE | re.DOTALL)


def heading_anchors(text: str) -> set[str]:
    """The anchors that a Markdown page's headings get."""
    titles = re.findall(r"^#+ +(.+)$", FENCE.sub("", text), re.MULTILINE)
    return {re.sub(r"[^\w\- ]", "", title.lower()).strip().replace(" ", "-") for title in titles}


def errors_in(page: Path) -> list[str]:
    """Broken links and unparsable examples of one page."""
    text = page.read_text(encoding="utf-8")
    errors = []
    for language, code in FENCE.findall(text):
        if language == "python":
            try:
                ast.parse(code)
            except SyntaxError as error:
                errors.append(f"a python block does not parse: {error}")
    for target in LINK.findall(FENCE.sub("", text)):
        if "://" in target or target.startswith("mailto:"):
            continue
        path, _, anchor = target.partition("#")
        file = (page.parent / path) if path else page
        if not file.exists():
            errors.append(f"link to {target}: no such file")
        elif (
            anchor
            and file.suffix == ".md"
            and anchor not in heading_anchors(file.read_text(encoding="utf-8"))
        ):
            errors.append(f"link to {target}: no such heading")
    return errors


def main() -> int:
    """Check every Markdown file that git would commit."""
    listing = ["git", "ls-files", "--cached", "--others", "--exclude-standard", "-z", "*.md"]
    names = subprocess.run(listing, cwd=ROOT, capture_output=True, text=True, check=True).stdout.split("\0")
    pages = [ROOT / name for name in names if name and (ROOT / name).exists()]
    errors = [f"{page.relative_to(ROOT)}: {error}" for page in pages for error in errors_in(page)]
    for error in errors:
        print(error, file=sys.stderr)
    if not errors:
        print(f"{len(pages)} documents: links and code blocks are sound")
    return bool(errors)


if __name__ == "__main__":
    sys.exit(main())
