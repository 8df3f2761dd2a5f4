"""What a board says about itself, and the refusal of an image that is not the one meant."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from bitloop.errors import BootError
from bitloop_hil.link import packets as p


@dataclass(frozen=True, slots=True)
class Greeting:
    """What the board said about itself: `axes`, `samples` per axis and `outputs` of the library, sizes in bytes."""

    protocol: int
    persona: str
    kind: str
    traces: bool
    learns: bool
    pretrained: bool
    axes: int
    samples: int
    outputs: int
    max_payload: int
    buffer_bytes: int
    knowledge_bytes: int
    clock_hz: int
    tick_source: str
    library_id: str
    build: str
    firmware: str
    core: str
    board: str


def read(said: dict[str, Any]) -> Greeting:
    """A GREETING packet's fields as a `Greeting`; BootError where this bitloop does not know what it says."""
    kind, source = said["kind"], said["tick_source"]
    if said["protocol"] != p.PROTOCOL or kind >= len(p.KINDS) or source >= len(p.TICK_SOURCES):
        raise BootError(
            f"the firmware greets with protocol {said['protocol']}, kind {kind} and tick source {source}, which this"
            f" bitloop (protocol {p.PROTOCOL}) does not know; flash an image it built"
        )
    return Greeting(
        protocol=said["protocol"],
        persona=p.PERSONAS.get(said["persona"], "unknown"),
        kind=p.KINDS[kind],
        traces=bool(said["flags"] & p.FLAGS["TRACE"]),
        learns=bool(said["flags"] & p.FLAGS["LEARNS"]),
        pretrained=bool(said["flags"] & p.FLAGS["PRETRAINED"]),
        axes=said["axes"],
        samples=said["samples"],
        outputs=said["outputs"],
        max_payload=said["max_payload"],
        buffer_bytes=said["buffer_bytes"],
        knowledge_bytes=said["knowledge_bytes"],
        clock_hz=said["clock_hz"],
        tick_source=p.TICK_SOURCES[source],
        library_id=said["library"].hex(),
        build=said["build"].hex(),
        firmware=said["firmware"],
        core=said["core"],
        board=said["board"],
    )


def refuse_other(greeting: Greeting, library_id: str | None, build: str | None) -> None:
    """BootError, naming both, unless the board runs that library (if given) in that build (if given)."""
    if library_id is not None and greeting.library_id != library_id:
        raise BootError(
            f"the board runs library {greeting.library_id}, not {library_id}; flash the image of that library"
        )
    if build is not None and greeting.build != build:
        raise BootError(f"the board runs build {greeting.build} of the library, not {build}; flash that image")
