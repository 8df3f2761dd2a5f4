"""The zip a user takes home: archive, header, source, example, metadata, and the library file itself."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from bitloop import resources
from bitloop.files import refuse_overwrite, write_bytes
from bitloop.library.api import functions
from bitloop.library.build import Built
from bitloop.library.metadata import metadata_json
from bitloop.library.sizes import Sizes, measure_built
from bitloop.library.texts import render

_DATE = (1980, 1, 1, 0, 0, 0)


@dataclass(frozen=True, slots=True)
class Package:
    """A written zip. `sizes` is None for a library built for the host."""

    path: Path
    sizes: Sizes | None


def package(built: Built, path: Path, force: bool = False, compilation_date: str | None = None) -> Package:
    """Write the zip of a built library; the same library, options and toolchain give the same bytes anywhere."""
    refuse_overwrite(path, force)
    sizes = None if built.target.is_host else measure_built(built)
    write_bytes(path, pack(contents(built, sizes, compilation_date)))
    return Package(path, sizes)


def contents(built: Built, sizes: Sizes | None, compilation_date: str | None = None) -> dict[str, bytes]:
    """Every file of the zip by its name, in order."""
    files = {
        built.options.file("libneai", "a"): built.archive.read_bytes(),
        "metadata.json": metadata_json(built, sizes, compilation_date).encode(),
        "hello_world.c": hello_world(built).encode(),
        "README.md": _readme(built).encode(),
        "LICENSE": (resources.firmware() / "LICENSE").read_bytes(),
        "library.json": built.library.to_json().encode(),
    }
    for name, content in built.sources.files.items():
        inner = name.startswith("kernels/") or name.endswith(".c")
        files[f"src/{name}" if inner else name] = content
    return dict(sorted(files.items()))


def pack(files: Mapping[str, bytes]) -> bytes:
    """A zip without dates or owners. Stored, not deflated: compressors differ from one machine to the next."""
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w", zipfile.ZIP_STORED) as archive:
        for name, content in files.items():
            entry = zipfile.ZipInfo(name, _DATE)
            entry.create_system, entry.external_attr = 3, 0o644 << 16
            archive.writestr(entry, content)
    return stream.getvalue()


def hello_world(built: Built) -> str:
    """A complete program for this library, with a filter against false alarms."""
    options = built.options
    names = {role: options.symbol(f.name) for role, f in functions(built.library, options.speech).items()}
    return render("hello_world.c.j2", built.library, options, call=names)


def _readme(built: Built) -> str:
    return render(
        "package.md.j2",
        built.library,
        built.options,
        archive=built.options.file("libneai", "a"),
        archive_name=built.options.symbol("neai"),
        target=built.target,
        build_flags=built.flags,
        compiler_version=built.toolchain.describe(),
    )
