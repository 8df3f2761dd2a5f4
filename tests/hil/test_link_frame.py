"""Frames: the vectors of docs/protocol.md, Python against the firmware's C, and decoders fed with anything."""

from __future__ import annotations

import re
import zlib
from pathlib import Path

import pytest
from cobs import cobs
from hypothesis import given
from hypothesis import strategies as st

from bitloop import resources
from bitloop_hil.link import header, packets
from bitloop_hil.link.frame import MAX_PAYLOAD, Decoder, Frame, LinkStats, encode
from tests.hil import link_c

_DOCUMENT = Path(__file__).resolve().parents[2] / "docs" / "protocol.md"
_VECTOR = re.compile(r"^(\w+) +sequence (\d+) +payload ([0-9a-f ]*?) *-> ([0-9a-f ]+)$", re.MULTILINE)

# Lengths around COBS's blocks of 254, and payloads with many zeros, are where encoders go wrong.
_lengths = st.one_of(st.integers(0, 40), st.integers(235, 265), st.integers(490, 520))
payloads = st.one_of(
    st.binary(max_size=600),
    st.builds(lambda byte, size: bytes([byte]) * size, st.integers(0, 255), _lengths),
    st.builds(lambda size, at: bytes(0 if i == at else 1 for i in range(size)), _lengths, st.integers(0, 520)),
)
frames = st.builds(Frame, st.integers(0, 255), st.integers(0, 65535), payloads)


def decode(data: bytes, stats: LinkStats | None = None) -> list[Frame]:
    return Decoder(stats or LinkStats()).feed(data)


def vectors() -> list[tuple[str, Frame, bytes]]:
    found = _VECTOR.findall(_DOCUMENT.read_text(encoding="utf-8"))
    types = {packet.name: packet.type for packet in packets.PACKETS}
    return [(n, Frame(types[n], int(s), bytes.fromhex(p)), bytes.fromhex(line)) for n, s, p, line in found]


def test_the_document_has_vectors_of_every_kind() -> None:
    names = [name for name, _, _ in vectors()]
    assert len(names) >= 10
    assert {"HELLO", "DATA", "DETECT_REPLY", "ERROR"} <= set(names)
    assert any(len(frame.payload) > 254 for _, frame, _ in vectors())


@pytest.mark.parametrize(("name", "frame", "line"), vectors())
def test_vectors_of_the_document_hold_in_both_languages(name: str, frame: Frame, line: bytes) -> None:
    assert encode(frame) == line
    assert link_c.encode(frame) == line
    assert decode(line) == [frame]
    assert link_c.parse(line[1:-1]) == (link_c.GOOD, frame)


def test_the_document_names_every_packet_and_every_field() -> None:
    text = _DOCUMENT.read_text(encoding="utf-8")
    for packet in packets.PACKETS:
        assert f"| `{packet.name}` | 0x{packet.type:02x} |" in text
        assert all(f"`{field}`" in text for field, _, _ in packet.fields())
    for code, (name, _) in packets.ERRORS.items():
        assert f"| {code} | `{name}` |" in text


def test_the_header_of_the_firmware_is_up_to_date() -> None:
    committed = (resources.firmware() / "link" / "packets.h").read_text(encoding="utf-8")
    assert committed == header.text(), "run python -m bitloop_hil.link.header"


def test_types_are_unique_and_replies_match_requests() -> None:
    assert len({packet.type for packet in packets.PACKETS}) == len(packets.PACKETS)
    for request in packets.REQUESTS:
        assert packets.reply_to(request).type == request.type | packets.REPLY


@given(frames)
def test_both_languages_write_the_same_line(frame: Frame) -> None:
    assert link_c.encode(frame) == encode(frame)
    assert b"\0" not in encode(frame)[1:-1]


@given(st.binary(max_size=700))
def test_crc_and_cobs_agree_with_their_references(data: bytes) -> None:
    assert link_c.crc32(data) == zlib.crc32(data)
    assert link_c.cobs_decode(cobs.encode(data)) == data


@given(st.binary(min_size=1, max_size=300).map(lambda data: data.replace(b"\0", b"\x01")))
def test_the_firmware_decodes_or_refuses_as_the_host_does(chunk: bytes) -> None:
    try:
        expected: bytes | None = cobs.decode(chunk)
    except cobs.DecodeError:
        expected = None
    assert link_c.cobs_decode(chunk) == expected
    assert link_c.parse(chunk)[0] in (link_c.MALFORMED, link_c.CORRUPT)


@given(st.lists(st.binary(max_size=400), max_size=6))
def test_random_bytes_never_crash_the_decoder(pieces: list[bytes]) -> None:
    decoder = Decoder(LinkStats())
    for piece in pieces:
        decoder.feed(piece)


@given(st.lists(st.tuples(st.binary(max_size=60), frames), max_size=5), st.integers(1, 50))
def test_every_frame_is_found_after_garbage_however_the_bytes_arrive(
    stream: list[tuple[bytes, Frame]], step: int
) -> None:
    data = b"".join(garbage + encode(frame) for garbage, frame in stream)
    decoder, found = Decoder(LinkStats()), []
    for at in range(0, len(data), step):
        found += decoder.feed(data[at : at + step])
    assert found == [frame for _, frame in stream]


@given(frames, st.data())
def test_a_damaged_frame_is_counted_and_never_delivered(frame: Frame, data: st.DataObject) -> None:
    line = bytearray(encode(frame))
    at = data.draw(st.integers(1, len(line) - 2))
    line[at] ^= data.draw(st.integers(1, 255))
    stats = LinkStats()
    assert frame not in decode(bytes(line), stats)
    assert stats.crc_errors + stats.resyncs >= 1
    assert decode(bytes(line) + encode(frame))[-1:] == [frame]


def test_every_single_bit_of_a_frame_is_protected() -> None:
    line = encode(Frame(packets.DETECT_REPLY.type, 513, bytes(range(30))))
    for bit in range(8, 8 * (len(line) - 1)):
        damaged = bytearray(line)
        damaged[bit // 8] ^= 1 << bit % 8
        assert decode(bytes(damaged)) == []


def test_endless_garbage_costs_no_memory() -> None:
    stats = LinkStats()
    decoder = Decoder(stats)
    for _ in range(20):
        decoder.feed(b"\x55" * 50_000)
    assert len(decoder._waiting) <= MAX_PAYLOAD + 1000
    assert stats.resyncs > 0
    assert decoder.feed(encode(Frame(1, 2))) == [Frame(1, 2)]


def test_a_frame_of_another_version_is_not_taken() -> None:
    body = bytes([packets.PROTOCOL + 1, 1, 0, 0, 0, 0])
    line = b"\0" + cobs.encode(body + zlib.crc32(body).to_bytes(4, "little")) + b"\0"
    stats = LinkStats()
    assert decode(line, stats) == []
    assert stats.resyncs == 1
    assert link_c.parse(line[1:-1])[0] == link_c.MALFORMED


def test_too_much_payload_is_refused() -> None:
    with pytest.raises(ValueError, match="does not fit"):
        encode(Frame(1, 1, bytes(MAX_PAYLOAD + 1)))
