"""The C header of the link, written from the declarations in packets.py.

`python -m bitloop_hil.link.header` in a checkout writes firmware/link/packets.h again; a test sees to it that the
committed file is up to date.
"""

from __future__ import annotations

from bitloop import resources
from bitloop.files import write_text
from bitloop.library.templates import environment
from bitloop_hil.link import packets


def text() -> str:
    """Content of firmware/link/packets.h."""
    return (
        environment()
        .get_template("link_packets.h.j2")
        .render(
            version=packets.PROTOCOL,
            header=packets.Packet("HEADER", 0, packets.HEADER, "", "").fields(),
            header_bytes=packets.HEADER.sizeof(),
            check_bytes=packets.CHECK_BYTES,
            reply=packets.REPLY,
            packets=packets.PACKETS,
            errors={name: code for code, (name, _) in packets.ERRORS.items()},
            kinds={name.upper(): value for value, name in enumerate(packets.KINDS)},
            flags=packets.FLAGS,
            tick_sources={name.upper().replace(" ", "_"): value for value, name in enumerate(packets.TICK_SOURCES)},
        )
    )


if __name__ == "__main__":
    write_text(resources.firmware() / "link" / "packets.h", text())
