"""The framed, checked byte stream between host and board (docs/protocol.md)."""
