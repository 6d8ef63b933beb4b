"""OpenStreetMap's binary format taken apart and put together again: changed inside, it still looks whole from outside.

A message is a list of fields: number, wire type and value. A value is an integer, bytes, packed integers, or a message.
"""

import random
import tempfile
import zlib
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import osmium

Field = list[Any]
Message = list[Field]

PACKED = "packed"
_DENSE = dict.fromkeys((1, 8, 9, 10), PACKED)
_WAY = dict.fromkeys((2, 3, 8, 9, 10), PACKED)
_RELATION = dict.fromkeys((2, 3, 8, 9, 10), PACKED)
_BLOCK = {1: {}, 2: {1: {2: PACKED, 3: PACKED}, 2: _DENSE, 3: _WAY, 4: _RELATION}}
_SCHEMAS: dict[bytes, Any] = {b"OSMHeader": {1: {}}, b"OSMData": _BLOCK}
_NUMBERS = (0, 1, 2, 3, 127, 128, 255, 65_535, 2**31 - 1, 2**31, 2**32 - 1, 2**32, 2**53, 2**63 - 1, 2**63, 2**64 - 1)


def from_xml(xml: bytes) -> bytes:
    """Return OpenStreetMap XML in the binary format."""
    with tempfile.TemporaryDirectory() as folder:
        source, target = Path(folder) / "r.osm", Path(folder) / "r.osm.pbf"
        source.write_bytes(xml)
        with osmium.SimpleWriter(str(target)) as writer:
            for entry in osmium.FileProcessor(str(source)):
                writer.add(entry)
        return target.read_bytes()


def changed(content: bytes, chance: random.Random, change: Callable[[bytes], bytes]) -> bytes:
    """Return a file with a few values inside its blocks changed; `change` is what is done to texts."""
    try:
        blobs = list(_blobs(content))
    except (ValueError, LookupError, TypeError, zlib.error):
        return change(content)
    if not blobs:
        return change(content)
    for _ in range(chance.choice((1, 1, 2, 5))):
        messages = [message for _, block in blobs for message in _messages(block)]
        _change_field(chance.choice(messages), chance, change)
    if chance.random() < 0.05:
        blobs.insert(chance.randrange(len(blobs) + 1), chance.choice(blobs))
    return file_of(blobs, packed=chance.random() < 0.2)


def file_of(blobs: list[tuple[bytes, Message]], *, packed: bool = False) -> bytes:
    """Return a file of blocks: kind ("OSMHeader", "OSMData") and message of each."""
    parts = []
    for kind, block in blobs:
        raw = _encoded(block)
        blob: Message = [[2, 0, len(raw)], [3, 2, zlib.compress(raw)]] if packed else [[1, 2, raw]]
        body = _encoded(blob)
        head = _encoded([[1, 2, kind], [3, 0, len(body)]])
        parts += [len(head).to_bytes(4, "big"), head, body]
    return b"".join(parts)


def _blobs(content: bytes) -> Iterator[tuple[bytes, Message]]:
    at = 0
    while at < len(content):
        size = int.from_bytes(content[at : at + 4], "big")
        head = {number: value for number, _, value in _decoded(content[at + 4 : at + 4 + size], {})}
        at += 4 + size
        blob = {number: value for number, _, value in _decoded(content[at : at + head[3]], {})}
        at += head[3]
        raw = blob[1] if 1 in blob else zlib.decompress(blob[3])
        yield head[1], _decoded(raw, _SCHEMAS.get(head[1], {}))


def _messages(block: Message) -> Iterator[Message]:
    """Yield a message and those in it, each as often as it has fields."""
    yield from [block] * max(1, len(block))
    for _, _, value in block:
        if isinstance(value, list) and value and isinstance(value[0], list):
            yield from _messages(value)


def _change_field(message: Message, chance: random.Random, change: Callable[[bytes], bytes]) -> None:
    if not message:
        message.append([chance.randrange(1, 40), 0, _number(chance)])
        return
    at = chance.randrange(len(message))
    kind = chance.randrange(8)
    if kind == 0:
        del message[at]
    elif kind == 1:
        message.insert(at, chance.choice(message))
    elif kind == 2:
        message[at] = [chance.choice((*range(1, 11), 17, 18, 19, 20, 34, 35)), *message[at][1:]]
    else:
        number, wire, value = message[at]
        if isinstance(value, bytes):
            value = change(value)
        elif isinstance(value, int):
            value = _number(chance)
        elif value and isinstance(value[0], list):
            value = chance.sample(value, len(value))
        else:
            value = list(value)
            for _ in range(chance.choice((1, 1, 3))):
                spot = chance.randrange(len(value) + 1)
                value[spot : spot + chance.choice((0, 1, 1))] = [_number(chance)] * chance.choice((0, 1, 1, 1, 40))
        message[at] = [number, wire, value]


def _number(chance: random.Random) -> int:
    return chance.choice(_NUMBERS) if chance.random() < 0.5 else chance.randrange(2 ** chance.choice((3, 8, 16, 33)))


def _decoded(raw: bytes, schema: Any) -> Message:
    fields: Message = []
    at = 0
    while at < len(raw):
        tag, at = _varint(raw, at)
        number, wire = tag >> 3, tag & 7
        value: Any
        if wire == 0:
            value, at = _varint(raw, at)
        elif wire in {1, 5}:
            size = 8 if wire == 1 else 4
            value, at = raw[at : at + size], at + size
        elif wire == 2:
            size, at = _varint(raw, at)
            value, at = raw[at : at + size], at + size
            inner = schema.get(number)
            if inner == PACKED:
                value = _integers(value)
            elif inner is not None:
                value = _decoded(value, inner)
        else:
            msg = "no such wire type"
            raise ValueError(msg)
        fields.append([number, wire, value])
    return fields


def _integers(raw: bytes) -> list[int]:
    values, at = [], 0
    while at < len(raw):
        value, at = _varint(raw, at)
        values.append(value)
    return values


def _varint(raw: bytes, at: int) -> tuple[int, int]:
    value = shift = 0
    while True:
        byte = raw[at]
        value |= (byte & 127) << shift
        at, shift = at + 1, shift + 7
        if byte < 128:
            return value, at


def _encoded(message: Message) -> bytes:
    out = bytearray()
    for number, wire, value in message:
        out += _as_varint(number << 3 | wire)
        if isinstance(value, int):
            out += _as_varint(value)
            continue
        if isinstance(value, list):
            nested = bool(value) and isinstance(value[0], list)
            content = _encoded(value) if nested else b"".join(map(_as_varint, value))
        else:
            content = value
        out += (_as_varint(len(content)) if wire == 2 else b"") + content
    return bytes(out)


def _as_varint(value: int) -> bytes:
    out = bytearray()
    while value > 127:
        out.append(value & 127 | 128)
        value >>= 7
    return bytes([*out, value])
