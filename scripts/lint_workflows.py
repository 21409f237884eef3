"""Check .github/workflows: actionlint, zizmor (from PyPI), and that every action is pinned.

actionlint is the one on PATH, else it is built by Go, else it is the older one that npm has, which does not
know the names of the newest runners. What is missing is said in a line and is no failure. The check that
needs nothing is: every action is named by a full commit hash with its version beside it.
"""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Optional

ROOT = Path(__file__).resolve().parent.parent
FOLDER = ROOT / ".github" / "workflows"
CACHE = Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache") / "edgequake-python" / "actionlint"
MODULE = "github.com/rhysd/actionlint/cmd/actionlint@v1.7.12"
ACTIONLINT = "actionlint@2.0.6"
USES = re.compile(r"uses:\s*(\S+)(.*)")
PINNED = re.compile(r"[\w.-]+/[\w./-]+@[0-9a-f]{40}")
PROGRAM = """
const { readFileSync } = require("node:fs");
const { createLinter } = require("actionlint");
createLinter().then((lint) => {
  let found = 0;
  for (const path of process.argv.slice(1)) {
    for (const error of lint(readFileSync(path, "utf8"), path)) {
      if (error.kind === "runner-label") continue;
      found += 1;
      console.error(`${path}:${error.line}:${error.column}: ${error.message} [${error.kind}]`);
    }
  }
  process.exit(found ? 1 : 0);
});
"""


def unpinned(path: Path) -> list[str]:
    """Actions of a workflow that a tag could change under us."""
    errors = []
    for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), start=1):
        found = USES.search(line)
        if found and not found.group(1).startswith("./"):
            if not PINNED.fullmatch(found.group(1)):
                errors.append(f"{path.name}:{number}: {found.group(1)} is not pinned by a commit hash")
            elif not re.match(r"\s*# v\d", found.group(2)):
                errors.append(f"{path.name}:{number}: the version is not said in a comment")
    return errors


def built_by_go() -> Optional[str]:
    """The path of an actionlint that Go builds once."""
    program = CACHE / "bin" / "actionlint"
    if not program.exists() and (go := shutil.which("go")):
        environment = {**os.environ, "GOBIN": str(program.parent)}
        done = subprocess.run([go, "install", MODULE], env=environment, capture_output=True, check=False)
        if done.returncode:
            print("Go could not build actionlint")
    return str(program) if program.exists() else None


def actionlint(paths: list[str]) -> bool:
    """Whether actionlint finds nothing, or cannot be had."""
    if found := shutil.which("actionlint") or built_by_go():
        return not subprocess.run([found, *paths], check=False).returncode
    if not (shutil.which("node") and shutil.which("npm")):
        print("neither actionlint, Go nor node is installed: actionlint did not look at the workflows")
        return True
    if not (CACHE / "node_modules" / "actionlint").exists():
        CACHE.mkdir(parents=True, exist_ok=True)
        command = ["npm", "install", "--silent", "--no-audit", "--no-fund", "--ignore-scripts"]
        if subprocess.run([*command, "--prefix", str(CACHE), ACTIONLINT], check=False).returncode:
            print("actionlint could not be installed: it did not look at the workflows")
            return True
    return not subprocess.run(["node", "-e", PROGRAM, *paths], cwd=CACHE, check=False).returncode


def zizmor(paths: list[str]) -> bool:
    """Whether zizmor finds nothing, or is not there."""
    program = shutil.which("zizmor", path=f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}")
    if program is None:
        print("zizmor is not installed: it did not look at the workflows")
        return True
    return not subprocess.run([program, "--offline", "--quiet", *paths], check=False).returncode


def main() -> int:
    """Run all three."""
    paths = sorted(FOLDER.glob("*.yml"))
    errors = [error for path in paths for error in unpinned(path)]
    for error in errors:
        print(error, file=sys.stderr)
    names = [str(path) for path in paths]
    clean = [not errors, actionlint(names), zizmor([*names, str(ROOT / ".github" / "dependabot.yml")])]
    if all(clean):
        print(f"{len(paths)} workflows are sound")
    return not all(clean)


if __name__ == "__main__":
    sys.exit(main())
