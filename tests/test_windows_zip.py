"""What is built for Windows: the wheels there are, the zip, and what is checked of it."""

import ast
import hashlib
import importlib.util
import io
import json
import re
import struct
import subprocess
import sys
import zipfile
from functools import cache
from pathlib import Path

import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

CHECKOUT = Path(__file__).parent.parent
SCRIPT = CHECKOUT / ".ci" / "windows_zip.py"
PACKAGE = CHECKOUT / "assessor_tui"

_spec = importlib.util.spec_from_file_location("windows_zip", SCRIPT)
assert _spec is not None and _spec.loader is not None
built = importlib.util.module_from_spec(_spec)
_spec.loader.exec_module(built)


# The package index


def test_every_dependency_has_a_wheel_for_64_bit_windows(tmp_path):
    version = "3.12"
    report = tmp_path / "report.json"
    wanted = {canonicalize_name(each.name): str(each) for each in built.demanded(built.of_the_program(), version)}
    found = {}
    for _ in range(3):  # what only Windows needs is not seen by pip on another system; it is asked for in a next round
        command = [
            sys.executable, "-m", "pip", "--disable-pip-version-check", "install", "--quiet", "--dry-run",
            "--ignore-installed", "--target", str(tmp_path / "nowhere"), "--report", str(report),
            *built.options(version), *wanted.values(),
        ]  # fmt: skip
        done = subprocess.run(command, capture_output=True, text=True)
        said = done.stderr.casefold()
        if done.returncode and re.search(r"connection|network|timed out|name resolution|proxy|retries exceeded", said):
            pytest.skip("the package index cannot be reached")
        assert done.returncode == 0, done.stderr
        for each in json.loads(report.read_text(encoding="utf-8"))["install"]:
            found[canonicalize_name(each["metadata"]["name"])] = each
        asked = {
            canonicalize_name(need.name): f"{need.name}{need.specifier}"
            for each in found.values()
            for need in built.demanded(each["metadata"].get("requires_dist", ()), version)
        }
        if not asked.keys() - found.keys():
            break
        wanted |= asked
    assert asked.keys() <= found.keys()
    for name, each in found.items():
        file = each["download_info"]["url"].rpartition("/")[2]
        assert re.search(r"-(win_amd64|none-any)\.whl$", file), f"{name} has no wheel for Windows: {file}"


# The zip


def wheel(folder, name, files, requires=()):
    target = folder / f"{name}-1.0-py3-none-any.whl"
    said = f"Metadata-Version: 2.1\nName: {name}\nVersion: 1.0\nLicense: MIT\n" + "".join(
        f"Requires-Dist: {each}\n" for each in requires
    )
    with zipfile.ZipFile(target, "w") as archive:
        for path, data in {f"{name}-1.0.dist-info/METADATA": said.encode(), **files}.items():
            archive.writestr(path, data)
    return target


def program(machine=built.AMD64, libraries=("KERNEL32.dll",)):
    """The smallest file that looks like a library of Windows: headers, one section, a table of imports."""
    names = b"".join(each.encode() + b"\0" for each in libraries)
    table, at, begin = b"", 0x1000 + 20 * (len(libraries) + 1), 0
    for each in libraries:
        table += struct.pack("<IIIII", 0, 0, 0, at + begin, 0)
        begin += len(each) + 1
    body = table + bytes(20) + names
    optional = struct.pack("<H", 0x20B) + bytes(110) + struct.pack("<IIII", 0, 0, 0x1000, len(table)) + bytes(112)
    header = b"MZ" + bytes(0x3A) + struct.pack("<I", 0x40) + b"PE\0\0"
    header += struct.pack("<HHIIIHH", machine, 1, 0, 0, 0, len(optional), 0) + optional
    raw = len(header) + 40
    return header + struct.pack("<8sIIIIIIHHI", b".rdata", len(body), 0x1000, len(body), raw, 0, 0, 0, 0, 0) + body


def test_the_same_wheels_give_the_same_bytes(tmp_path):
    wheels = [
        wheel(tmp_path, "one", {"one/__init__.py": b"x = 1\n", "one-1.0.dist-info/licenses/LICENSE": b"MIT"}),
        wheel(tmp_path, "two", {"two-1.0.data/purelib/two.py": b"y = 2\n", "two-1.0.data/scripts/two": b"#!"}),
    ]
    digests = set()
    for order in (wheels, wheels[::-1]):
        files = built.contents(order, "3.12", None)
        built.write(files, tmp_path / "out.zip")
        digests.add(hashlib.sha256((tmp_path / "out.zip").read_bytes()).hexdigest())
    assert len(digests) == 1
    names = zipfile.ZipFile(tmp_path / "out.zip").namelist()
    assert names == sorted(names) and "assessor-windows/site/two.py" in names
    assert "assessor-windows/licences/one 1.0/LICENSE" in names
    assert not any("scripts" in name for name in names)


def test_bytecode_comes_along_when_it_can_be_made_and_is_the_same_each_time(tmp_path):
    here = f"{sys.version_info.major}.{sys.version_info.minor}"
    one = wheel(tmp_path, "one", {"one/__init__.py": b"x = 1\n", "one/template.py": b"{{ not python }}("})
    files = built.contents([one], here, None)
    compiled = [path for path in files if path.endswith(".pyc")]
    assert compiled == [f"site/one/__pycache__/__init__.cpython-{here.replace('.', '')}.pyc"]
    assert files == built.contents([one], here, None)
    assert b"pycache_prefix" not in files["assessor.cmd"]
    assert b"pycache_prefix" in built.contents([one], "3.14", None)["assessor.cmd"]


def test_the_command_file_is_what_the_command_interpreter_reads():
    command = built.contents([], "3.12", None)["assessor.cmd"]
    assert command.isascii() and b"VERSION" not in command and b"BYTECODE" not in command
    assert command.count(b"\r\n") == command.count(b"\n")
    assert b"chcp 65001" in command and b"python312._pth" in command and b"-m assessor_tui" in command
    labels = {label.lower() for label in re.findall(rb"^:(\w+)\r$", command, re.MULTILINE)}
    assert {label.lower() for label in re.findall(rb"goto (\w+)", command)} <= labels


def test_the_path_file_leads_to_the_program_wherever_python_comes_from(tmp_path):
    embedded = tmp_path / "python-3.12.0-embed-amd64.zip"
    with zipfile.ZipFile(embedded, "w") as archive:
        for name in ("python.exe", "python312.dll", "python312.zip", "python312._pth", "LICENSE.txt"):
            archive.writestr(name, program() if name.endswith(("exe", "dll")) else b"")
    for given in (None, embedded):
        files = built.contents([], "3.12", given)
        assert (
            files["python/python312._pth"]
            == files["site/python312._pth"]
            == (b"# assessor\r\npython312.zip\r\n.\r\n..\\site\r\n")
        )
        assert ("python/python.exe" in files) == (given is not None)
    with pytest.raises(built.Wrong, match="not the embeddable Python"):
        built.contents([], "3.11", embedded)


@pytest.mark.parametrize(
    ("files", "expected"),
    [
        ({"site/a.cpython-312-x86_64-linux-gnu.so": b"\x7fELF"}, "not for Windows"),
        ({"site/a.pyd": program(0x14C)}, "not for 64-bit Windows"),
        ({"site/a.pyd": b"\x7fELF"}, "not for 64-bit Windows"),
        ({"site/a.pyd": program(libraries=("KERNEL32.dll", "MSVCP140.dll"))}, "needs MSVCP140.dll"),
        ({"site/a:b.py": b""}, "not a name"),
        ({"site/aux ./b.py": b""}, "not a name"),
        ({"site/A.py": b"", "site/a.py": b""}, "not a name"),
        ({f"site/{'x' * 190}.py": b""}, "too long"),
        ({"site/assessor_tui/a.py": b"import fcntl\n"}, "fcntl is nowhere"),
        ({"site/assessor_tui/a.py": b"def f():\n    import tkinter\n"}, "tkinter is nowhere"),
        ({"site/assessor_tui/a.py": b"from rich.nowhere import x\n"}, "rich.nowhere is nowhere"),
        ({"site/a-1.dist-info/METADATA": b"Name: a\nVersion: 1\nRequires-Dist: b>=2\n"}, "a needs b>=2"),
    ],
)
def test_what_could_not_work_is_found(files, expected):
    (wrong,) = built.check(files, "3.12")
    assert expected in wrong


def test_what_works_is_not_complained_about():
    files = {
        "site/a.pyd": program(libraries=("KERNEL32.dll", "python312.dll", "VCRUNTIME140.dll", "own-1234.dll")),
        "site/a.libs/own-1234.dll": program(),
        "site/assessor_tui/__init__.py": b"",
        "site/assessor_tui/a.py": b"import a, os.path\nfrom assessor_tui import b\ndef f():\n    import tty\n",
        "site/a-1.dist-info/METADATA": b"Name: a\nVersion: 1\nRequires-Dist: c; sys_platform == 'linux'\n",
    }
    assert built.check(files, "3.12") == []


def test_what_only_windows_needs_is_asked_for():
    needs = ["colorama; platform_system == 'Windows'", "uvloop; sys_platform != 'win32'", "x; extra == 'dev'", "y>=1"]
    assert [each.name for each in built.demanded(needs, "3.12")] == ["colorama", "y"]
    pinned = {canonicalize_name(Requirement(line).name) for line in (CHECKOUT / "constraints.txt").read_text().split()}
    assert "colorama" in pinned
    assert {canonicalize_name(Requirement(each).name) for each in built.of_the_program()} <= pinned


# Our own code


@cache
def trees():
    return [(path.relative_to(PACKAGE), ast.parse(path.read_text(encoding="utf-8"))) for path in PACKAGE.rglob("*.py")]


def test_what_is_piped_in_is_utf8_also_where_the_system_has_another_encoding(monkeypatch):
    from assessor_tui.cli import run

    monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO("3.07 2 排放口\n".encode()), encoding="cp950"))
    run.run(["--version"])
    assert sys.stdin.readline() == "3.07 2 排放口\n"


def test_modules_of_posix_are_imported_in_functions_that_look_where_they_run():
    for path, tree in trees():
        for module, guarded in built.imports(tree):
            assert guarded or module not in built.POSIX_ONLY, f"{path}: {module}"


POSIX_CALLS = {
    "fork", "forkpty", "geteuid", "getuid", "getgid", "setsid", "mkfifo", "openpty", "killpg", "chown", "uname",
    "SIGKILL", "SIGHUP", "SIGALRM", "SIGWINCH", "SIGSTOP", "O_NOFOLLOW", "O_NONBLOCK", "O_DIRECTORY", "O_CLOEXEC",
    "symlink", "symlink_to", "readlink",
}  # fmt: skip


def test_nothing_is_called_that_windows_does_not_have():
    """Constants are taken with ``getattr``; folders are synced, and names linked, behind a look at the system."""
    for path, tree in trees():
        for node in ast.walk(tree):
            if isinstance(node, ast.Attribute) and getattr(node.value, "id", "os") in ("os", "signal"):
                assert node.attr not in POSIX_CALLS, f"{path}:{node.lineno} {node.attr}"


def test_every_text_file_says_its_encoding():
    for path, tree in trees():
        for node in ast.walk(tree):
            if not isinstance(node, ast.Call):
                continue
            name = node.func.attr if isinstance(node.func, ast.Attribute) else getattr(node.func, "id", "")
            given = {each.arg for each in node.keywords}
            modes = [each.value for each in node.args if isinstance(each, ast.Constant) and isinstance(each.value, str)]
            modes += [
                each.value.value
                for each in node.keywords
                if each.arg == "mode" and isinstance(each.value, ast.Constant)
            ]
            if name in ("read_text", "write_text") and len(node.args) < (2 if name == "write_text" else 1):
                if isinstance(node.func, ast.Attribute):
                    assert "encoding" in given, f"{path}:{node.lineno}"
            elif name in ("open", "fdopen") and any(re.fullmatch(r"[rwax]\+?t?", each) for each in modes):
                assert "encoding" in given, f"{path}:{node.lineno}"
