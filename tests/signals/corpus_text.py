"""Malformed text files of signals."""

from __future__ import annotations

from tests.signals.corpus import Content, Malformed


def _row(name: str, content: Content, words: str, line: int | None = None, column: int | None = None) -> Malformed:
    return Malformed(name, "signals.csv", content, words, line, column)


def _lines(wrong: bytes, count: int = 2000, at: int = 1500) -> bytes:
    lines = [b"0.5,1.5,2.5,3.5"] * count
    lines[at - 1] = wrong
    return b"\n".join(lines) + b"\n"


ROWS = (
    _row("an empty file", b"", "no signals"),
    _row("only line ends", b"\r\n\n\r", "no signals"),
    _row("only blanks", b"  \t \n   \n", "no signals"),
    _row("only a byte order mark", b"\xef\xbb\xbf", "no signals"),
    _row("only separators", b",,,\n,,,\n", "a value is missing", 1, 1),
    _row("a header", b"x,y,z\n1,2,3\n4,5,6\n", "header", 1, 1),
    _row("only a header", b"acc_x acc_y acc_z\n", "header", 1, 1),
    _row("a quoted header", b'"x","y"\n1,2\n', "header", 1, 1),
    _row("quoted values", b'1,2\n"3","4"\n', "quotation marks", 2, 1),
    _row("an open quote", b'1,2\n3,"4\n5,6\n', "quotation marks", 2, 2),
    _row("a comment", b"1,2\n# paused\n3,4\n", "not a number", 2, 1),
    _row("a time stamp", b"12:00:01,1,2\n12:00:02,3,4\n", "not a number", 1, 1),
    _row("a unit", b"1.0,2.0\n3.0g,4.0\n", "'3.0g' is not a number", 2, 1),
    _row("decimal commas", b"1,5;2,5\n3,5;4,5\n", "decimal comma", 1, 1),
    _row("decimal commas between tabs", b"1,5\t2,5\n", "separator", 1, 2),
    _row("thousands separated", b"1'000;2\n", "not a number", 1, 1),
    _row("semicolons after commas", b"1,2\n3,4\n5;6\n", "'5;6' is more than one number; use one separator", 3, 1),
    _row("pipes", b"1|2|3\n4|5|6\n", "not a number", 1, 1),
    _row("a separator alone", b"1,2\n,\n3,4\n", "a value is missing", 2, 1),
    _row("a missing value", b"1,2,3\n4,,6\n", "a value is missing", 2, 2),
    _row("two trailing commas", b"1,2\n3,4,,\n", "a value is missing", 2, 3),
    _row("a short line", _lines(b"0.5,1.5,2.5"), "3 values where the others have 4", 1500),
    _row("a long line", _lines(b"0.5,1.5,2.5,3.5,4.5"), "5 values where the others have 4", 1500),
    _row("lines of every length", b"1\n1,2\n1,2,3\n1,2,3,4\n", "2 values where the others have 1", 2),
    _row("NaN", _lines(b"0.5,nan,2.5,3.5"), "'nan' is no usable value", 1500, 2),
    _row("infinity", _lines(b"0.5,1.5,-Infinity,3.5"), "'-Infinity' is no usable value", 1500, 3),
    _row("missing values of R", _lines(b"0.5,NA,2.5,3.5"), "'NA' is no", 1500, 2),
    _row("null", _lines(b"0.5,1.5,2.5,null"), "'null' is no", 1500, 4),
    _row("Excel's complaint", _lines(b"0.5,1.5,2.5,#DIV/0!"), "'#DIV/0!' is not a number", 1500, 4),
    _row("a number beyond float32", b"1,2\n3,3.5e38\n", "32-bit float (3.4e38); repair it", 2, 2),
    _row("a huge exponent", b"1,2\n3,1e999999999\n", "beyond the range", 2, 2),
    _row("an exponent without digits", b"1,2\n3,4e\n", "'4e' is not a number", 2, 2),
    _row("two decimal points", b"1,2\n1.2.3,4\n", "'1.2.3' is not a number", 2, 1),
    _row("a sign in the middle", b"1,2\n1-2,4\n", "'1-2' is not a number", 2, 1),
    _row("only a sign", b"1,2\n3,-\n", "'-' is not a number", 2, 2),
    _row("hexadecimal numbers", b"0x1F,0x20\n0x21,0x22\n", "not a number", 1, 1),
    _row("hexadecimal floats", b"1,2\n0x1p-2,4\n", "not a number", 2, 1),
    _row("Fortran's exponents", b"1,2\n1.0D+01,4\n", "not a number", 2, 1),
    _row("an underscore", b"1,2\n1_000,4\n", "not a number", 2, 1),
    _row("a typographic minus", "1,2\n\u22123,4\n".encode(), "not a number", 2, 1),
    _row("digits of another script", "1,2\n\u0663,4\n".encode(), "not a number", 2, 1),
    _row("a no-break space", "1,2\n3,4\u00a0000\n".encode(), "not", 2, 2),
    _row("UTF-16", "1,2\n3,4\n".encode("utf-16"), "UTF-16"),
    _row("UTF-16 without a mark", "1,2\n3,4\n".encode("utf-16-le"), "zero bytes", 1),
    _row("UTF-32", "1,2\n3,4\n".encode("utf-32-be"), "zero bytes", 1),
    _row("Latin-1", b"1,2\n3,\xb5\n", "not UTF-8", 2),
    _row("a zero byte", b"1,2\n3,\x004\n5,6\n", "zero bytes", 2),
    _row("a cleared tail, as after a power cut", b"1,2\n3,4\n" + bytes(4096), "zero bytes", 3),
    _row("a control character", b"1,2\n3,\x1b[0m4\n", "not a number", 2, 2),
    _row("only a vertical tab", b"\x0b", "not a number", 1, 1),
    _row("an image", b"\x89PNG\r\n\x1a\n" + bytes(range(256)) * 8, "not UTF-8", 1),
    _row("random bytes without a zero", bytes(range(128, 256)) * 64, "not UTF-8", 1),
    _row("a spreadsheet", b"PK\x03\x04\x14\x00\x06\x00" + bytes(200), "zero bytes", 1),
    _row("compressed text", b"\x1f\x8b\x08\x00" + bytes(100), "zero bytes", 1),
    _row("JSON", b'{"values": [1, 2, 3]}\n', "not", 1, 1),
    _row("a web page", b"<!DOCTYPE html>\n<html></html>\n", "not", 1, 1),
    _row("mixed line ends before the fault", b"1,2\r\n3,4\r5,6\n7,x\r\n", "'x' is not a number", 4, 2),
    _row("one endless line of values", lambda: b"1.25," * 1_000_000, "longer than 4 MiB", 1),
    _row("one endless number", lambda: b"1" * 5_000_000, "longer than 4 MiB", 1),
    _row("one endless word after a signal", lambda: b"1,2\n" + b"x" * 5_000_000, "longer than 4 MiB", 2),
    _row("a number of a million digits", lambda: b"1,2\n3," + b"9" * 1_000_000, "beyond the range", 2, 2),
    _row("a word of a million letters", lambda: b"1,2\n3," + b"x" * 1_000_000, "not a number", 2, 2),
    _row("16384 values", lambda: b"1 " * 16384, "16384 values are too many", 1),
    _row("a million empty fields", lambda: b"," * 1_000_000, "a value is missing", 1, 1),
    _row("a fault on the last of many lines", lambda: b"1 2 3\n" * 200_000 + b"1 2 x\n", "'x'", 200_001, 3),
    _row(
        "a line too short among many", lambda: b"1 2 3\n" * 150_000 + b"1 2\n" + b"1 2 3\n" * 50_000, "2 val", 150_001
    ),
)
