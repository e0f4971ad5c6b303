"""Seeded damage: the same seed number, seeds and limit always give the same bytes.

Bytes are damaged anywhere; in text, whole numbers, words and lines are exchanged as well, so that
what comes out gets past the first line of a parser.
"""

import random
import re
import struct
from collections.abc import Callable, Sequence

LONGEST = 200_000  # bytes; a damaged file stays small, so that a slow reader is the reader's fault
NUMBER = re.compile(rb"-?\d+(?:\.\d+)?(?:[eE][+-]?\d+)?")
NUMBERS = (
    b"0", b"-1", b"1", b"2", b"3", b"255", b"65535", b"65536", b"2147483647", b"-2147483648",
    b"4294967295", b"4294967296", b"9223372036854775807", b"18446744073709551616",
    b"1000000000000", b"-0.0", b"0.5", b"1e-320", b"1e308", b"1e999", b"-1e999", b"nan", b"NaN",
    b"inf", b"-Infinity", b"0x10", b"1_000", b"1,5", b"", b" ", b"1e", b"--1", b"true", b"null",
    b"9" * 400, b"9" * 5000, b"\xd9\xa3",
)  # fmt: skip
WORDS = (
    b"\x00", b"\xff\xfe", b"\xef\xbb\xbf", b"\r", b"\r\n", b"\n\n", b"\t", b" ", b",", b";", b":",
    b"{", b"}", b"[", b"]", b"(", b")", b"<", b">", b"&a ", b"*a", b"!!python/object:os.system ",
    b"<<: ", b"---\n", b"#", b"'", b'"', b"\\", b"../", b"/etc/passwd", b"http://localhost/",
    b"%s%n", b"\xe2\x80\xae", b"<!DOCTYPE a>", b"&lt;", b"=", b"-", b"|", b"? ", b"@", b"null",
)  # fmt: skip
SIZES = (0, 1, 2, 3, 7, 127, 128, 255, 256, 32767, 32768, 65535, 65536, 2**24, 2**31 - 1, 2**31,
         2**32 - 1, 2**32, 2**63 - 1, 2**63, 2**64 - 1)  # fmt: skip
FLOATS = (0.0, -0.0, 1e-320, 1e38, -1e38, 1e300, float("nan"), float("inf"), float("-inf"))

Damage = Callable[[random.Random, bytearray], None]


def mutated(rng: random.Random, seeds: Sequence[bytes], *, is_text: bool) -> bytes:
    """Return one of the seeds after one to six kinds of damage."""
    data = bytearray(rng.choice(seeds))
    kinds = TEXT if is_text else BINARY
    for _ in range(rng.choice((1, 1, 1, 2, 2, 3, 6))):
        if rng.random() < 0.05:
            splice(rng, data, rng.choice(seeds))
        elif data:
            rng.choice(kinds)(rng, data)
    return bytes(data[:LONGEST])


def splice(rng: random.Random, data: bytearray, other: bytes) -> None:
    """Keep the beginning and go on with the end of another seed."""
    data[rng.randint(0, len(data)) :] = other[rng.randint(0, len(other)) :]


def flip(rng: random.Random, data: bytearray) -> None:
    for _ in range(rng.choice((1, 1, 2, 8))):
        data[place(rng, data)] ^= 1 << rng.randrange(8)


def put_byte(rng: random.Random, data: bytearray) -> None:
    data[place(rng, data)] = rng.choice((0, 1, 9, 10, 13, 32, 127, 128, 255, rng.randrange(256)))


def insert(rng: random.Random, data: bytearray) -> None:
    at = place(rng, data)
    data[at:at] = bytes(rng.randrange(256) for _ in range(rng.choice((1, 2, 4, 16))))


def delete(rng: random.Random, data: bytearray) -> None:
    at = place(rng, data)
    del data[at : at + rng.choice((1, 1, 2, 4, 16, 100))]


def repeat(rng: random.Random, data: bytearray) -> None:
    at, length = place(rng, data), rng.choice((1, 4, 16, 64, 256))
    chunk = bytes(data[at : at + length]) * rng.choice((1, 1, 2, 20))
    if len(data) + len(chunk) < LONGEST:
        data[at:at] = chunk


def cut(rng: random.Random, data: bytearray) -> None:
    del data[rng.randrange(len(data)) :]


def move(rng: random.Random, data: bytearray) -> None:
    at, to, length = place(rng, data), place(rng, data), rng.choice((1, 4, 16, 64))
    data[to : to + length] = data[at : at + length]


def put_size(rng: random.Random, data: bytearray) -> None:
    """Write a telling whole number where a length may stand."""
    width, value = rng.choice((1, 2, 4, 4, 8)), rng.choice(SIZES)
    order = rng.choice(("little", "big"))
    at = place(rng, data)
    data[at : at + width] = (value % (1 << 8 * width)).to_bytes(width, order)


def put_float(rng: random.Random, data: bytearray) -> None:
    """Write a telling number where a coordinate may stand."""
    code, value = rng.choice((("<f", 0.0), ("<d", 0.0), (">f", 0.0)))[0], rng.choice(FLOATS)
    if code[1] == "f" and abs(value) > 1e38:
        value = float("inf")
    at = place(rng, data)
    at -= at % 4
    data[at : at + struct.calcsize(code)] = struct.pack(code, value)


def put_number(rng: random.Random, data: bytearray) -> None:
    """Exchange a number that is written out."""
    found = list(NUMBER.finditer(data))
    if found:
        start, stop = rng.choice(found).span()
        data[start:stop] = rng.choice(NUMBERS)


def put_word(rng: random.Random, data: bytearray) -> None:
    at = place(rng, data)
    data[at : at + rng.choice((0, 0, 1))] = rng.choice(WORDS)


def change_lines(rng: random.Random, data: bytearray) -> None:
    """Drop, repeat or exchange a line."""
    lines = bytes(data).splitlines(keepends=True)
    at, other = rng.randrange(len(lines)), rng.randrange(len(lines))
    kind = rng.randrange(3)
    if kind == 0:
        del lines[at]
    elif kind == 1:
        lines[at:at] = [lines[at]] * rng.choice((1, 1, 50))
    else:
        lines[at], lines[other] = lines[other], lines[at]
    data[:] = b"".join(lines)[:LONGEST]


def change_line_ends(rng: random.Random, data: bytearray) -> None:
    data[:] = bytes(data).replace(b"\n", rng.choice((b"\r\n", b"\r", b"\n\n")))


def place(rng: random.Random, data: bytearray) -> int:
    """Choose a position; heads of files, where lengths stand, come more often."""
    return rng.randrange(min(len(data), 400) if rng.random() < 0.4 else len(data)) if data else 0


BINARY: tuple[Damage, ...] = (
    flip, put_byte, insert, delete, repeat, cut, move, put_size, put_size, put_float,
)  # fmt: skip
TEXT: tuple[Damage, ...] = (
    flip, put_byte, delete, repeat, cut, move, put_number, put_number, put_number, put_word,
    put_word, change_lines, change_line_ends,
)  # fmt: skip
