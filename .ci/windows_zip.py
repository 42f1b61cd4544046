"""Builds ``assessor-windows.zip``: the program for a Windows laptop without Python, network or administrator.

    python .ci/windows_zip.py [-o assessor-windows.zip] [--python python-3.x.y-embed-amd64.zip]

It lies beside ``run`` in ``.ci`` because it belongs to no room of the program: it only makes a release of it.

Inside are the program and all it depends on, as the wheels that the package index has for 64-bit Windows, unpacked into
one folder; a command file to double-click; the licences. The official embeddable Python is put in when its zip is given
with ``--python``; the package index has none that could be trusted (see docs/windows.md). Without it the zip holds the
folder ``python`` prepared, into which it is unpacked.

The same input gives the same bytes. Bytecode is made when this runs under the version of Python that is built for.
"""

import argparse
import ast
import json
import os
import py_compile
import re
import struct
import subprocess
import sys
import tempfile
import tomllib
import zipfile
from collections.abc import Iterable, Iterator, Mapping
from email.message import Message
from email.parser import HeaderParser
from pathlib import Path, PurePosixPath

from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

CHECKOUT = Path(__file__).resolve().parent.parent
TOP, SITE, PYTHON = "assessor-windows", "site", "python"
TIME = (2020, 2, 2, 0, 0, 0)
"""When everything in the zip was made; a zip knows no time before 1980."""
AMD64 = 0x8664
VERSIONS = ("3.11", "3.12", "3.13", "3.14")
SYSTEM = re.compile(
    r"(api-ms-win-.*|ext-ms-.*|kernel32|user32|gdi32|advapi32|bcrypt|bcryptprimitives|crypt32|ntdll|ole32|oleaut32|shell32"
    r"|shlwapi|ws2_32|secur32|ucrtbase|msvcrt|rpcrt4|userenv|version|winmm|psapi|python3|python3\d\d|vcruntime140"
    r"|vcruntime140_1|sqlite3|libffi-\d|libcrypto-\d.*|libssl-\d.*|iphlpapi|netapi32|setupapi|dbghelp|powrprof|pdh)\.dll",
    re.IGNORECASE,
)
"""Libraries that Windows 10 or the embeddable Python brings."""
POSIX_ONLY = frozenset(
    {"fcntl", "grp", "posix", "pty", "pwd", "resource", "syslog", "termios", "tty", "readline", "crypt"}
)
NOT_EMBEDDED = frozenset({"tkinter", "turtle", "idlelib", "ensurepip", "venv", "test", "lib2to3", "pydoc_data"})
"""Parts of the standard library that the embeddable Python leaves out."""


class Wrong(Exception):
    """What was built could not work on Windows."""


# What is needed


def environment_of(version: str) -> dict[str, str]:
    """What the markers of requirements see on 64-bit Windows. pip looks at the machine it runs on instead."""
    return {
        "implementation_name": "cpython", "implementation_version": f"{version}.0", "os_name": "nt",
        "platform_machine": "AMD64", "platform_python_implementation": "CPython", "platform_release": "10",
        "platform_system": "Windows", "platform_version": "10.0.19045", "python_full_version": f"{version}.0",
        "python_version": version, "sys_platform": "win32", "extra": "",
    }  # fmt: skip


def demanded(requirements: Iterable[str], version: str) -> list[Requirement]:
    """The requirements that hold on Windows."""
    parsed = [Requirement(each) for each in requirements]
    return [each for each in parsed if each.marker is None or each.marker.evaluate(environment_of(version))]


def of_the_program() -> list[str]:
    """What ``pyproject.toml`` asks for."""
    return list(tomllib.loads((CHECKOUT / "pyproject.toml").read_text(encoding="utf-8"))["project"]["dependencies"])


def options(version: str) -> list[str]:
    """Options with which pip looks for wheels of 64-bit Windows only. Where it looks is its own affair."""
    return [
        "--platform", "win_amd64", "--python-version", version, "--implementation", "cp", "--only-binary", ":all:",
        "--constraint", str(CHECKOUT / "constraints.txt"),
    ]  # fmt: skip


def pip(*arguments: str) -> None:
    """Nothing; runs pip, which says itself what is wrong."""
    command = [sys.executable, "-m", "pip", "--disable-pip-version-check", *arguments]
    subprocess.run(command, check=True, stdout=subprocess.DEVNULL)  # noqa: S603 - our own arguments


def download(folder: Path, version: str) -> None:
    """Nothing; the wheels of all dependencies lie in the folder, also of those that are asked for on Windows only."""
    asked = {canonicalize_name(each.name): str(each) for each in demanded(of_the_program(), version)}
    wanted = sorted(asked.values())
    while wanted:
        pip("download", "--quiet", *options(version), "--dest", str(folder), *wanted)
        there = {name for name, _ in map(name_of, folder.glob("*.whl"))}
        missing = {
            canonicalize_name(each.name): str(each)
            for wheel in folder.glob("*.whl")
            for each in demanded(metadata(wheel).get_all("Requires-Dist") or (), version)
            if canonicalize_name(each.name) not in there
        }
        if not missing.keys() - asked.keys() and missing:
            raise Wrong(f"pip did not bring {', '.join(sorted(missing))}")
        asked |= missing
        wanted = [re.sub(r"\s*;.*", "", each) for each in sorted(missing.values())]


def name_of(wheel: Path) -> tuple[str, str]:
    """Name and version of a wheel."""
    name, version, *_ = wheel.name.split("-")
    return canonicalize_name(name), version


def metadata(wheel: Path) -> Message:
    """METADATA of a wheel, as headers."""
    with zipfile.ZipFile(wheel) as archive:
        (name,) = (each for each in archive.namelist() if re.fullmatch(r"[^/]+\.dist-info/METADATA", each))
        return HeaderParser().parsestr(archive.read(name).decode("utf-8"))


def build(folder: Path) -> Path:
    """The wheel of the program."""
    code = f"from hatchling.build import build_wheel; print(build_wheel({str(folder)!r}))"
    done = subprocess.run(  # noqa: S603 - our own code
        [sys.executable, "-c", code], cwd=CHECKOUT, check=True, capture_output=True, text=True,
        env={**os.environ, "SOURCE_DATE_EPOCH": "1580601600"},
    )  # fmt: skip
    return folder / done.stdout.strip().splitlines()[-1]


# What is in the zip


def contents(wheels: Iterable[Path], version: str, embedded: Path | None) -> dict[str, bytes]:
    """Path in the zip -> bytes."""
    found: dict[str, bytes] = {}
    listed = []
    for wheel in sorted(wheels, key=lambda each: each.name.lower()):
        files = unpacked(wheel)
        for path, data in files.items():
            if found.setdefault(f"{SITE}/{path}", data) != data:
                raise Wrong(f"two wheels bring {path}")
        said = metadata(wheel)
        name = f"{said['Name']} {said['Version']}"
        texts = {
            PurePosixPath(path).name: data
            for path, data in files.items()
            if ".dist-info/" in path and re.search(r"licen[cs]e|copying|notice|authors", path, re.IGNORECASE)
        }
        for file, data in texts.items():
            found[f"licences/{name}/{file}"] = data
        licence = said["License-Expression"] or (said["License"] or "").split("\n")[0][:60]
        classified = [each.rpartition(" :: ")[2] for each in said.get_all("Classifier") or () if "License" in each]
        listed.append(f"{name}: {licence or ', '.join(classified)} ({len(texts)})")
    short = version.replace(".", "")
    path_file = f"# assessor\npython{short}.zip\n.\n..\\{SITE}\n".replace("\n", "\r\n").encode("ascii")
    if embedded is not None:
        with zipfile.ZipFile(embedded) as archive:
            for name in archive.namelist():
                if not name.endswith("/"):
                    found[f"{PYTHON}/{name}"] = archive.read(name)
        if f"{PYTHON}/python{short}.dll" not in found or f"{PYTHON}/python.exe" not in found:
            raise Wrong(f"{embedded.name} is not the embeddable Python {version}")
        listed.append(f"Python {version}, embeddable: PSF-2.0 ({PYTHON}/LICENSE.txt)")
    # Given with the package it is replaced, unpacked later it would be overwritten; so it lies where both can use it.
    found[f"{PYTHON}/python{short}._pth"] = path_file
    found[f"{SITE}/python{short}._pth"] = path_file
    found["no-python.txt"] = NO_PYTHON.format(version=version).replace("\n", "\r\n").encode("utf-8")
    found["licences/LIST.txt"] = ("\n".join(listed) + "\n").replace("\n", "\r\n").encode("utf-8")
    if f"{sys.version_info.major}.{sys.version_info.minor}" == version:
        found |= bytecode(found, version)
    # Where no bytecode came along it is kept in the profile: the folder of the program may be read-only.
    keep = "" if any(path.endswith(".pyc") for path in found) else f' -X "pycache_prefix={_PROFILE}"'
    command = COMMAND.replace("VERSION", short).replace("BYTECODE", keep)
    found["assessor.cmd"] = command.replace("\n", "\r\n").encode("ascii")
    return found


def unpacked(wheel: Path) -> dict[str, bytes]:
    """Path below ``site`` -> bytes: what an installation would put there. Scripts and headers are of no use here."""
    found = {}
    with zipfile.ZipFile(wheel) as archive:
        for name in archive.namelist():
            data = re.fullmatch(r"[^/]+\.data/([^/]+)/(.+)", name)
            if name.endswith("/") or (data is not None and data[1] not in ("purelib", "platlib")):
                continue
            found[data[2] if data is not None else name] = archive.read(name)
    return found


def bytecode(files: Mapping[str, bytes], version: str) -> dict[str, bytes]:
    """The compiled modules. Without them the first start takes several times as long."""
    tag = f"cpython-{version.replace('.', '')}"
    found = {}
    with tempfile.TemporaryDirectory() as folder:
        source, target = Path(folder) / "source.py", Path(folder) / "compiled.pyc"
        for path, data in files.items():
            where = PurePosixPath(path)
            if where.suffix != ".py" or not path.startswith(f"{SITE}/"):
                continue
            source.write_bytes(data)
            try:
                py_compile.compile(
                    str(source), str(target), dfile=path, doraise=True,
                    invalidation_mode=py_compile.PycInvalidationMode.UNCHECKED_HASH,
                )  # fmt: skip
            except py_compile.PyCompileError:
                continue  # a template or a module for another version
            found[str(where.parent / "__pycache__" / f"{where.stem}.{tag}.pyc")] = target.read_bytes()
    return found


def write(files: Mapping[str, bytes], target: Path) -> None:
    """Nothing; the zip, sorted and without times."""
    target.parent.mkdir(parents=True, exist_ok=True)
    part = target.with_name(f"{target.name}.part")
    with zipfile.ZipFile(part, "w") as archive:
        for path in sorted(files):
            entry = zipfile.ZipInfo(f"{TOP}/{path}", TIME)
            entry.compress_type = zipfile.ZIP_DEFLATED
            entry.create_system = 3
            entry.external_attr = 0o100644 << 16
            archive.writestr(entry, files[path], compresslevel=9)
    part.replace(target)


# What is checked


def check(files: Mapping[str, bytes], version: str) -> list[str]:
    """What of it could not work on Windows, as sentences."""
    wrong = [f"{path}: not for Windows" for path in files if re.search(r"\.(so|dylib)(\.|$)", path)]
    names: dict[str, str] = {}
    for path in files:
        if re.search(r'[<>:"|?*\\]|[. ](/|$)', path) or names.setdefault(path.casefold(), path) != path:
            wrong.append(f"{path}: not a name that Windows can keep")
        if len(path) > 180:
            wrong.append(f"{path}: too long, Windows takes 260 with the folder it lies in")
    there = {PurePosixPath(path).name.casefold() for path in files}
    for path, data in files.items():
        if PurePosixPath(path).suffix.lower() in (".pyd", ".dll", ".exe") and not _is_other_launcher(path):
            machine, libraries = program_file(data)
            if machine != AMD64:
                wrong.append(f"{path}: not for 64-bit Windows ({machine:#x})")
            wrong += [
                f"{path} needs {library}, which nobody brings"
                for library in libraries
                if not SYSTEM.fullmatch(library) and library.casefold() not in there
            ]
    wrong += unresolved(files)
    wrong += missing_requirements(files, version)
    return wrong


def _is_other_launcher(path: str) -> bool:
    """True for the small programs that installers copy; some bring those of other machines, and none is started."""
    return bool(re.search(r"(^|/)(t|w|gui|cli)(32|64|64-arm|-arm64|-32|-64)?\.exe$", path))


def program_file(data: bytes) -> tuple[int, list[str]]:
    """For which machine a program file of Windows is, and the libraries that it loads at once."""
    if data[:2] != b"MZ":
        return 0, []
    (at,) = struct.unpack_from("<I", data, 0x3C)
    if data[at : at + 4] != b"PE\0\0":
        return 0, []
    machine, sections, _, _, _, size, _ = struct.unpack_from("<HHIIIHH", data, at + 4)
    optional = at + 24
    directories = optional + (112 if struct.unpack_from("<H", data, optional)[0] == 0x20B else 96)
    (imports,) = struct.unpack_from("<I", data, directories + 8)
    table = [struct.unpack_from("<8sIIIIIIHHI", data, optional + size + 40 * number) for number in range(sections)]

    def offset(address: int) -> int:
        for _, length, start, raw_length, raw, *_ in table:
            if start <= address < start + max(length, raw_length):
                return int(address - start + raw)
        return -1

    found = []
    entry = offset(imports) if imports else -1
    while entry >= 0:
        (name,) = struct.unpack_from("<I", data, entry + 12)
        if not name:
            break
        begin = offset(name)
        found.append(data[begin : data.index(b"\0", begin)].decode("ascii"))
        entry += 20
    return machine, found


def unresolved(files: Mapping[str, bytes]) -> list[str]:
    """Modules that the program imports and that are neither in the zip nor in the embeddable Python."""
    wrong = []
    for path, data in files.items():
        if not (path.startswith(f"{SITE}/assessor_tui/") and path.endswith(".py")):
            continue
        for module, guarded in imports(ast.parse(data)):
            top = module.partition(".")[0]
            if top in POSIX_ONLY and guarded:
                continue
            if top in sys.stdlib_module_names and top not in POSIX_ONLY | NOT_EMBEDDED:
                continue
            if not _is_there(module, files):
                wrong.append(f"{path}: {module} is nowhere")
    return wrong


def imports(tree: ast.AST, guarded: bool = False) -> Iterator[tuple[str, bool]]:
    """Each module that is imported, and whether that happens inside a function only, which may look where it runs."""
    for node in ast.iter_child_nodes(tree):
        if isinstance(node, ast.Import):
            yield from ((alias.name, guarded) for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and not node.level and node.module:
            yield node.module, guarded
        elif isinstance(node, ast.If) and "TYPE_CHECKING" in ast.dump(node.test):
            continue
        else:
            yield from imports(node, guarded or isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef))


def _is_there(module: str, files: Mapping[str, bytes]) -> bool:
    where = f"{SITE}/{module.replace('.', '/')}"
    if f"{where}.py" in files or f"{where}/__init__.py" in files:
        return True
    return any(re.fullmatch(rf"{re.escape(where)}(\.[\w-]+)?\.pyd", path) for path in files) or any(
        path.startswith(f"{where}/") and path.endswith((".py", ".pyd")) for path in files
    )


def missing_requirements(files: Mapping[str, bytes], version: str) -> list[str]:
    """Requirements, of the program and of everything in the zip, that hold on Windows and are not met."""
    packages = {}
    for path, data in files.items():
        if re.fullmatch(rf"{SITE}/[^/]+\.dist-info/METADATA", path):
            said = HeaderParser().parsestr(data.decode("utf-8"))
            packages[canonicalize_name(said["Name"])] = said
    wrong = []
    for name, said in packages.items():
        for each in demanded(said.get_all("Requires-Dist") or (), version):
            other = packages.get(canonicalize_name(each.name))
            if other is None or not each.specifier.contains(other["Version"], prereleases=True):
                wrong.append(f"{name} needs {each}")
    return wrong


# The texts in it

_PROFILE = "%LOCALAPPDATA%\\assessor\\bytecode"

COMMAND = """\
@echo off
rem Opens assessor, or runs one of its commands: assessor.cmd visit list
rem No network, no administrator, no installed Python. Data lies in the user's profile.
setlocal
chcp 65001 >nul
set "HERE=%~dp0"
set "PY=%HERE%python\\python.exe"
if not exist "%PY%" goto nopython
rem The file that says where the program lies is lost when Python is unpacked over it.
findstr /l /c:"assessor" "%HERE%python\\pythonVERSION._pth" >nul 2>nul
if errorlevel 1 copy /y "%HERE%site\\pythonVERSION._pth" "%HERE%python\\pythonVERSION._pth" >nul
if not exist "%HERE%python\\pythonVERSION.dll" goto nopython
if not "%~1"=="" goto run
if defined WT_SESSION goto run
where wt.exe >nul 2>nul
if errorlevel 1 goto run
start "" wt.exe -d "%USERPROFILE%" "%~f0"
exit /b 0
:run
"%PY%" -X utf8BYTECODE -m assessor_tui %*
set "CODE=%ERRORLEVEL%"
if "%CODE%"=="0" exit /b 0
if "%~1"=="" pause
exit /b %CODE%
:nopython
type "%HERE%no-python.txt"
pause
exit /b 1
"""
"""ASCII only: the command interpreter reads files of other characters wrongly."""

NO_PYTHON = """\
Python is missing. Unpack the official "Windows embeddable package (64-bit)" of Python {version}
into the folder "python" beside assessor.cmd, so that python\\python.exe is there.
Nothing needs to be installed. See docs/windows.md.

缺少 Python。請將官方的 Python {version}「Windows embeddable package (64-bit)」解壓到 assessor.cmd 旁的 python 資料夾，
使 python\\python.exe 存在。無須安裝。

缺少 Python。请将官方的 Python {version}“Windows embeddable package (64-bit)”解压到 assessor.cmd 旁的 python 文件夹，
使 python\\python.exe 存在。无需安装。
"""


def main(arguments: list[str] | None = None) -> int:
    """Exit code; prints what was built as JSON."""
    here = f"{sys.version_info.major}.{sys.version_info.minor}"
    parser = argparse.ArgumentParser(description="Build assessor-windows.zip.")
    parser.add_argument("-o", "--output", type=Path, default=Path("assessor-windows.zip"))
    parser.add_argument("--python-version", choices=VERSIONS, default=here)
    parser.add_argument("--python", type=Path, metavar="ZIP", help="the official embeddable Python, 64-bit")
    parser.add_argument("--wheels", type=Path, metavar="DIR", help="wheels that were downloaded before")
    chosen = parser.parse_args(arguments)
    with tempfile.TemporaryDirectory() as folder:
        wheels = chosen.wheels or Path(folder) / "wheels"
        if chosen.wheels is None:
            wheels.mkdir()
            download(wheels, chosen.python_version)
        own = Path(folder) / "own"
        own.mkdir()
        files = contents([build(own), *wheels.glob("*.whl")], chosen.python_version, chosen.python)
    wrong = check(files, chosen.python_version)
    for each in wrong:
        sys.stderr.write(f"{each}\n")
    if wrong:
        return 1
    write(files, chosen.output)
    binaries = [path for path in files if path.endswith((".pyd", ".dll"))]
    said = {
        "file": str(chosen.output), "bytes": chosen.output.stat().st_size, "files": len(files),
        "unpacked": sum(map(len, files.values())), "python": chosen.python_version,
        "embedded": chosen.python is not None, "libraries_checked": len(binaries),
        "bytecode": any(path.endswith(".pyc") for path in files),
        "packages": sorted(path.split("/")[1] for path in files if path.endswith(".dist-info/METADATA")),
    }  # fmt: skip
    sys.stdout.write(json.dumps(said, indent=1) + "\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())
