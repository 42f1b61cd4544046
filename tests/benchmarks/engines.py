"""The engines of other programs, run in a headless browser on the same form and the same answers.

They come as npm packages into the benchmarks' cache. Without npm or a browser there is nothing to compare with.
"""

import json
import shutil
import subprocess
import sys
import tempfile
import threading
from functools import partial
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any, NamedTuple

from tests.benchmarks.peers import cache_folder

PACKAGES = ("@getodk/xforms-engine@0.22.0", "enketo-core@9.0.1", "enketo-transformer@4.2.0", "esbuild@0.25.0")
BROWSERS = ("chromium", "chromium-browser", "google-chrome", "chrome")
HERE = Path(__file__).parent

Answer = tuple[str, str, str]
"""Path, value, and kind: ``sel``, ``multi``, ``int``, ``str``, ``date``."""


class Filled(NamedTuple):
    """One filling in another engine."""

    load: float
    """Seconds from the XML to a form that can be answered."""
    times: tuple[float, ...]
    """Seconds of each answer."""
    refused: int
    """Answers that the engine would not take."""


def measured(form: str, fillings: list[list[Answer]], only: str = "") -> dict[str, list[Filled] | str]:
    """Engine -> its fillings, or why there are none. Nothing when npm or a browser is missing."""
    folder, browser = _packages(), next((found for name in BROWSERS if (found := shutil.which(name))), None)
    if folder is None or browser is None:
        return {}
    pages: dict[str, bytes] = {
        "/": (HERE / "engine_page.html").read_bytes(),
        "/engine/index.js": (folder / "node_modules/@getodk/xforms-engine/dist/index.js").read_bytes(),
        "/form.xml": form.encode(),
        "/fillings.json": json.dumps(fillings).encode(),
    }
    if (bundled := folder / "enketo.js").exists():
        pages["/enketo.js"] = bundled.read_bytes()
    said = _browse(browser, pages)
    found: dict[str, list[Filled] | str] = {}
    for name in ("getodk", "enketo"):
        runs = said.get(name, said.get("error", "no word"))
        found[name] = (
            runs
            if isinstance(runs, str)
            else [Filled(run["load"] / 1000, tuple(t / 1000 for t in run["times"]), run["refused"]) for run in runs]
        )
    return found


_ENKETO = """
export { Form } from 'enketo-core';
export { transform } from 'enketo-transformer/web';
"""
_OVERRIDES = {"leaflet-draw": "1.0.4", "openrosa-xpath-evaluator": "3.1.0"}
"""The first comes from a repository and draws no map here; the second is asked for in a version nobody published."""


def _packages() -> Path | None:
    """The folder of the packages, installed when they are not there; None when they cannot be."""
    npm, node = shutil.which("npm"), shutil.which("node")
    if npm is None or node is None:
        return None
    folder = cache_folder() / "engines"
    done = folder / "installed.txt"
    if done.exists() and done.read_text(encoding="utf-8").split() == list(PACKAGES):
        return folder
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    (folder / "package.json").write_text(json.dumps({"name": "engines", "overrides": _OVERRIDES}), encoding="utf-8")
    print(f"installing {', '.join(PACKAGES)} into {folder}", file=sys.stderr)
    if not _run(folder, npm, "install", "--no-audit", "--no-fund", "--ignore-scripts", *PACKAGES):
        return None
    if _run(folder, node, "node_modules/esbuild/install.js"):
        _bundle(folder)
    done.write_text("\n".join(PACKAGES) + "\n", encoding="utf-8")
    return folder


def _bundle(folder: Path) -> None:
    """Nothing; enketo-core and the transformer as one module, without widgets."""
    (folder / "entry.js").write_text(_ENKETO, encoding="utf-8")
    (folder / "widgets.js").write_text("export default [];", encoding="utf-8")
    core = "./node_modules/enketo-core"
    parts = {"config": "config", "translator": "src/js/fake-translator", "dialog": "src/js/fake-dialog"}
    parts |= {name: f"src/js/{name}" for name in ("file-manager", "xpath-evaluator-binding")}
    alias = [f"--alias:enketo/{name}={core}/{path}.js" for name, path in parts.items()]
    options = ["--bundle", "--format=esm", "--outfile=enketo.js", "--define:global=window", "--external:libxslt"]
    options += ["--loader:.svg=text", "--loader:.png=dataurl", "--alias:enketo/widgets=./widgets.js", *alias]
    _run(folder, str(folder / "node_modules/.bin/esbuild"), "entry.js", *options)


def _run(folder: Path, *command: str) -> bool:
    quiet = {"stdout": subprocess.DEVNULL, "stderr": subprocess.DEVNULL}
    return subprocess.run(command, cwd=folder, **quiet).returncode == 0


def _browse(browser: str, pages: dict[str, bytes]) -> dict[str, Any]:
    """What the page sent back."""
    said: dict[str, Any] = {}
    told = threading.Event()

    class Answering(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            data = pages.get(self.path)
            self.send_response(200 if data is not None else 404)
            kind = "text/javascript" if self.path.endswith(".js") else "text/html" if self.path == "/" else "text/plain"
            self.send_header("Content-Type", f"{kind}; charset=utf-8")
            self.end_headers()
            self.wfile.write(data or b"")

        def do_POST(self) -> None:
            said.update(json.loads(self.rfile.read(int(self.headers["Content-Length"]))))
            self.send_response(204)
            self.end_headers()
            told.set()

        def log_message(self, *_: object) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Answering)
    threading.Thread(target=partial(server.serve_forever, 0.05), daemon=True).start()
    with tempfile.TemporaryDirectory() as profile:
        options = ["--headless=new", "--no-sandbox", "--disable-gpu", f"--user-data-dir={profile}"]
        options += ["--no-first-run", "--disable-extensions", "--disable-background-networking"]
        address = f"http://127.0.0.1:{server.server_port}/"
        running = subprocess.Popen([browser, *options, address], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        told.wait(180)
        running.terminate()
        running.wait(20)
    server.shutdown()
    return said
