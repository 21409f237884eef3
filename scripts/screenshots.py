"""Pictures of the built site and of the commands, for a person to look at: ``make screenshots``.

Headless Chromium takes them. It is found on PATH or named by ``CHROMIUM``; nothing is installed, and what is
missing is said. The commands run on a terminal of their own against the simulator, and rich draws what they
wrote.
"""

from __future__ import annotations

import argparse
import contextlib
import functools
import http.server
import io
import os
import re
import shutil
import subprocess
import sys
import tempfile
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Optional

ROOT = Path(__file__).resolve().parent.parent
#: Picture, page of the site, width and height of the window, dark.
PAGES = [
    ("home", "index.html", 1280, 900, False),
    ("guide", "guide/streaming.html", 1280, 900, True),
    ("api", "reference/calls.html", 1280, 900, False),
    ("performance", "performance.html", 1280, 1100, True),
    ("architecture", "architecture.html", 1280, 1000, False),
    ("phone", "index.html", 500, 900, True),
]
#: Picture, what is typed, what the command gets.
COMMANDS = [
    ("chat", "edgequake chat --model sim/demo 'What is the weather in Paris?'"),
    ("models", "edgequake models --provider openai --supports vision --max-input 1 --sort input --limit 12"),
    ("batch", "edgequake batch in.jsonl out.jsonl --model sim/demo"),
]
COLUMNS = 100
SIZE = re.compile(r'viewBox="0 0 ([\d.]+) ([\d.]+)"')
#: What moves the cursor, or hides it; colours are another kind of sequence.
MOVES = re.compile(r"\x1b\[\??[\d;]*[A-LN-Za-ln-z]|\x1b\][^\x07\x1b]*(?:\x07|\x1b\\)")


def chromium() -> Optional[str]:
    """The browser, if there is one."""
    names = [os.environ.get("CHROMIUM", ""), "chromium", "chromium-browser", "google-chrome"]
    return next((found for name in names if name and (found := shutil.which(name))), None)


def shoot(browser: str, address: str, picture: Path, width: int, height: int, dark: bool) -> None:
    """One picture of a page."""
    with tempfile.TemporaryDirectory() as profile:
        command = [browser, "--headless", "--disable-gpu", "--no-first-run", f"--user-data-dir={profile}"]
        command += ["--hide-scrollbars", "--virtual-time-budget=4000", f"--window-size={width},{height}"]
        command += ["--blink-settings=preferredColorScheme=0"] if dark else []
        command += ["--no-sandbox"] if hasattr(os, "geteuid") and os.geteuid() == 0 else []
        command += [f"--screenshot={picture}", address]
        done = subprocess.run(command, capture_output=True, text=True, timeout=120, check=False)
    if done.returncode or not picture.exists():
        raise SystemExit(f"{browser} took no picture of {address}:\n{done.stderr[-2000:]}")


@contextlib.contextmanager
def served(folder: Path) -> Iterator[str]:
    """The address of a folder; the site's search wants a server."""

    class Quiet(http.server.SimpleHTTPRequestHandler):
        def log_message(self, *_: object) -> None:
            """Nothing."""

    server = http.server.ThreadingHTTPServer(
        ("127.0.0.1", 0), functools.partial(Quiet, directory=str(folder))
    )
    threading.Thread(target=server.serve_forever, daemon=True).start()
    try:
        yield f"http://127.0.0.1:{server.server_port}"
    finally:
        server.shutdown()
        server.server_close()


def on_a_terminal(line: str, folder: Path) -> str:
    """What a command writes to a terminal of `COLUMNS` columns, colours included."""
    import pty

    size = {"COLUMNS": str(COLUMNS), "LINES": "40", "TERM": "xterm-256color", "COLORTERM": "truecolor"}
    environment = {name: value for name, value in os.environ.items() if name != "NO_COLOR"} | size
    environment["PATH"] = f"{Path(sys.executable).parent}{os.pathsep}{environment['PATH']}"
    ours, theirs = pty.openpty()
    typed = line.replace("edgequake", f"{sys.executable} -m edgequake_python", 1)
    child = subprocess.Popen(
        typed, shell=True, cwd=folder, env=environment, stdin=theirs, stdout=theirs, stderr=theirs
    )
    os.close(theirs)
    written = b""
    while True:
        try:
            piece = os.read(ours, 65536)
        except OSError:  # Linux's word for the end of a terminal
            break
        if not piece:
            break
        written += piece
    os.close(ours)
    if child.wait():
        raise SystemExit(f"{line}: exit status {child.returncode}\n{written.decode()}")
    return written.decode()


def last_state(text: str) -> str:
    """The lines as they stand at the end: what was drawn over is gone."""
    lines: list[str] = []
    for line in text.replace("\r\n", "\n").split("\n"):
        for _ in range(len(re.findall(r"\x1b\[1A", line))):
            if lines:
                lines.pop()
        clean = MOVES.sub("", line)
        lines.append(clean.rpartition("\r")[2] if clean.rstrip("\r") else "")
    return "\n".join(lines).strip("\n")


def drawn(line: str, written: str) -> str:
    """An SVG of a terminal in which a command has run."""
    from rich.console import Console
    from rich.text import Text

    console = Console(record=True, width=COLUMNS, file=io.StringIO(), force_terminal=True)
    console.print(Text.assemble(("$ ", "bold green"), line))
    console.print(Text.from_ansi(last_state(written)))
    return console.export_svg(title="edgequake")


def main() -> int:
    """Take the pictures."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--site", type=Path, default=ROOT / "build" / "site", help="the built site")
    parser.add_argument(
        "--out", type=Path, default=ROOT / "build" / "screenshots", help="where the pictures go"
    )
    options = parser.parse_args()
    browser = chromium()
    if browser is None:
        print("no Chromium found (Debian: apt install chromium; or name one by CHROMIUM)", file=sys.stderr)
        return 1
    if not (options.site / "index.html").exists():
        print(f"{options.site} holds no site: make docs builds it", file=sys.stderr)
        return 1
    options.out.mkdir(parents=True, exist_ok=True)
    with served(options.site) as address:
        for name, page, width, height, dark in PAGES:
            shoot(browser, f"{address}/{page}", options.out / f"site-{name}.png", width, height, dark)
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        question = '{{"messages": [{{"role": "user", "content": "Name river {number} of Europe"}}]}}'
        (folder / "in.jsonl").write_text("".join(question.format(number=n) + "\n" for n in range(1, 201)))
        for command, line in COMMANDS:
            vector = options.out / f"{command}.svg"
            vector.write_text(drawn(line, on_a_terminal(line, folder)), encoding="utf-8")
            width, height = (int(float(side)) for side in SIZE.findall(vector.read_text())[0])
            shoot(browser, f"file://{vector}", options.out / f"{command}.png", width, height, False)
    print(f"pictures: {options.out}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
