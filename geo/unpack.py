"""Files taken apart for a search: every text, every number and every shape in them, however they are wrapped.

Known wrappings are JSON, packed coordinates and data addresses inside HTML and SVG, SQLite and GeoPackage (values,
geometry and raw pages, deleted rows too), Parquet, zip archives such as workbooks, gzip, bzip2, xz, PDF streams, PNG
text, and the position that a photograph says (Exif). Whatever else there is, or is damaged, is searched as text and as
bytes.
"""

import base64
import binascii
import bz2
import html
import lzma
import os
import re
import sqlite3
import struct
import warnings
import zipfile
import zlib
from collections.abc import Iterable, Iterator, Sequence
from contextlib import closing, suppress
from dataclasses import dataclass, field
from hashlib import sha256
from io import BytesIO
from itertools import chain
from pathlib import Path
from string import ascii_letters, digits

import numpy as np
import pyarrow.parquet as pq
import shapely
from PIL import Image

from geo import compact
from geo.errors import OutputError, Problem
from geo.pdf_text import MAX_UNPACKED, pdf_streams, pdf_texts
from geo.runs import runs

MAX_DEPTH = 5
"""Wrappings within wrappings that are opened."""

_PNG_HEAD = 400
"""Bytes of a part of a PNG that tell what it is: keyword, language, translated keyword."""

_TEXT_ENDS = (
    ".html",
    ".htm",
    ".svg",
    ".xml",
    ".json",
    ".geojson",
    ".csv",
    ".tsv",
    ".txt",
    ".md",
    ".js",
    ".css",
    ".toml",
)
_MARKUP = (b"<!doctype", b"<html", b"<svg", b"<?xml", b"<xml")
_TAG = re.compile(r"<[^<>]*>")
_INLINE = r"/?(?:a|abbr|b|bdi|em|font|i|mark|s|small|span|strong|sub|sup|tspan|u|wbr)\b[^<>]*>"
_TAG_IN_WORD = re.compile(rf"<(?<=\w<){_INLINE}(?:<{_INLINE})*(?=\w)")
_HEX_SHAPE = re.compile(r"0(?<![0-9A-Fa-f]0)[01][0-9A-Fa-f]{40,}(?![0-9A-Fa-f])")
"""A shape as WKB: a point has 42 digits. This and the one above begin with the sign to look for, which is quick."""

_MOST_ESCAPED = 3
"""Times that a text may have been escaped."""

_DATABASE = b"SQLite format 3"
_LEAST_LETTERS = 4
_WIDE = re.compile(rb"(?:[\x20-\x7e]\x00){4,}")
_GPKG_ENVELOPE = (0, 32, 48, 48, 64)
_BASE64 = np.isin(np.arange(256), np.frombuffer(b"+/-_" + (ascii_letters + digits).encode(), dtype=np.uint8))
"""Which bytes are letters of base 64, in either spelling."""
_ADDRESS, _LEAST_BASE64 = b"base64,", 16
_EXIF = re.compile(rb"(?:Exif\0\0|eXIf)(?=II\*\0|MM\0\*)")
_EXIF_BYTES, _GPS = 1 << 16, 0x8825
_LATITUDE_OF, _LATITUDE, _LONGITUDE_OF, _LONGITUDE = 1, 2, 3, 4
_EXIF_DECIMALS = 5
"""Exif counts seconds of arc, most of them to the hundredth: a third of a metre."""

_DAMAGED = (
    RuntimeError, ValueError, EOFError, zlib.error, lzma.LZMAError, zipfile.BadZipFile, LookupError, SyntaxError,
    TypeError, struct.error,
)  # fmt: skip
"""What the readers of packed files and pictures raise when these are damaged or encrypted."""

_MOST_MEMORY = 1 << 28
_NO_TEXT = frozenset({bytes, type(None)})
_NO_SHAPES = np.empty((0, 2))


@dataclass(frozen=True, eq=False)
class Piece:
    """A part of a file.

    Parameters
    ----------
    file
        Path within the folder.
    text
        Readable text.
    raw
        Bytes in which numbers may stand in binary form.
    vertices
        Coordinates of shapes, x and y.
    dense
        True when words may have run together, as in a PDF or on the pages of a database.
    sha256
        In the first part of a file, which is its name: the digest of its content.
    """

    file: str
    text: str = ""
    raw: bytes = b""
    vertices: np.ndarray = field(default_factory=lambda: _NO_SHAPES)
    dense: bool = False
    sha256: str = ""


def unpack(paths: Iterable[Path], folder: Path, known: Sequence[str] = ()) -> Iterator[Piece]:
    """Yield every part of some files of a folder; their names are parts, too.

    A symbolic link is a part, where it leads to is not: nothing outside the folder is opened.

    Parameters
    ----------
    paths
        Files, folders and links below `folder`.
    folder
        What their names start from.
    known
        Texts to leave out where they stand letter by letter, such as a script: the same in every page, and half of it.

    Raises
    ------
    OutputError
        If a file cannot be read, or unpacks to more than `MAX_UNPACKED` bytes.
    """
    try:
        for path in paths:
            name = path.relative_to(folder).as_posix()
            if path.is_file() and not path.is_symlink():
                content = path.read_bytes()
                yield Piece(name, text=name, sha256=sha256(content).hexdigest())
                yield from _Opener(name, known).open(content, path.suffix.lower())
            else:
                yield Piece(name, text=name)
                if path.is_symlink():
                    yield Piece(name, text=str(path.readlink()))
    except OSError as error:
        raise unsearchable(folder, error) from None


def all_below(folder: Path) -> list[Path]:
    """Return every file, folder and link below a folder; one that may not be looked into is an `OutputError`."""

    def refuse(error: OSError) -> None:
        raise unsearchable(folder, error)

    walked = os.walk(folder, onerror=refuse)
    return [Path(base, name) for base, folders, files in walked for name in (*folders, *files)]


def unsearchable(folder: Path, error: OSError) -> OutputError:
    """Return the error of a folder that cannot be searched."""
    return OutputError([Problem(f"cannot be searched: {error.strerror or error}.", file=folder)])


class _Opener:
    """Takes one file apart and counts how much came out."""

    def __init__(self, name: str, known: Sequence[str]) -> None:
        self.name, self.known = name, known
        self.unpacked = 0

    def open(self, content: bytes, suffix: str = "", depth: int = 0) -> Iterator[Piece]:
        """Yield the parts of some content."""
        self.unpacked += len(content)
        if self.unpacked > MAX_UNPACKED:
            raise OSError(27, f"{self.name} unpacks to more than {MAX_UNPACKED:,} bytes")
        start = content[:256].lstrip().lower()
        if suffix in _TEXT_ENDS or start.startswith(_MARKUP):
            yield from self._text(content, depth)
            return
        yield Piece(
            self.name,
            text=_readable(content),
            raw=content,
            vertices=_exif_places(content),
            dense=content.startswith(_DATABASE),
        )
        if depth < MAX_DEPTH:
            for inner, kind in self._parts(content):
                yield from self.open(inner, kind, depth + 1)
        if content.startswith(_DATABASE):
            yield from self._database(content)
        elif content.startswith(b"%PDF"):
            yield from (Piece(self.name, text=text, dense=True) for text in pdf_texts(content))
        elif content.startswith(b"PAR1"):
            with suppress(*_DAMAGED, OSError):
                yield from self._rows(tuple(row.values()) for row in pq.read_table(BytesIO(content)).to_pylist())

    def _text(self, content: bytes, depth: int) -> Iterator[Piece]:
        """Yield a text as it is, with its escapes undone, and without its markup; and what it carries in base 64."""
        encoding = "utf-16" if content[:2] in {b"\xff\xfe", b"\xfe\xff"} else "utf-8"
        text = content.decode(encoding, "replace")
        for part in self.known:
            text = text.replace(part, "\n")
        yield Piece(self.name, text=text, vertices=compact.unpack(text))
        yield Piece(self.name, vertices=vertices_of(*map(_from_hex, _HEX_SHAPE.findall(text))))
        plain = _unescaped(text)
        if plain != text:
            yield Piece(self.name, text=plain)
        if "<" in plain:
            yield Piece(self.name, text=_TAG.sub(" ", plain))
        if _TAG_IN_WORD.search(plain):
            yield Piece(self.name, text=_TAG.sub(" ", _TAG_IN_WORD.sub("", plain)))
        if depth < MAX_DEPTH:
            addresses, others = _from_base64(text)
            for inner in addresses:
                yield from self.open(inner, "", depth + 1)
            yield from self.open(b"\n".join(others), ".bin", depth + 1)

    def _parts(self, content: bytes) -> Iterator[tuple[bytes, str]]:
        """Yield what is packed inside, with the ending of its name."""
        if content.startswith(b"PK\x03\x04"):
            with suppress(*_DAMAGED), zipfile.ZipFile(BytesIO(content)) as archive:
                for member in archive.infolist():
                    yield member.filename.encode("utf-8", "replace"), ".txt"
                    if self.unpacked + member.file_size > MAX_UNPACKED:
                        raise OSError(27, f"{self.name} unpacks to more than {MAX_UNPACKED:,} bytes")
                    with suppress(*_DAMAGED, OSError):
                        yield archive.read(member), Path(member.filename).suffix.lower()
        elif content.startswith(b"\x1f\x8b"):
            yield self._inflate(content, 31), ""
        elif content.startswith((b"BZh", b"\xfd7zXZ\0")):
            unpacker = bz2.BZ2Decompressor() if content[:1] == b"B" else lzma.LZMADecompressor(memlimit=_MOST_MEMORY)
            with suppress(*_DAMAGED, OSError):
                yield unpacker.decompress(content, MAX_UNPACKED - self.unpacked + 1), ""
        elif content.startswith(b"%PDF"):
            for stream in pdf_streams(content):
                yield self._inflate(stream, 15) or stream, ".bin"
        elif content.startswith(b"\x89PNG"):
            yield from ((text, ".txt") for text in self._png_texts(content))

    def _inflate(self, packed: bytes, window: int) -> bytes:
        try:
            return zlib.decompressobj(window).decompress(packed, MAX_UNPACKED - self.unpacked + 1)
        except zlib.error:
            return b""

    def _png_texts(self, content: bytes) -> Iterator[bytes]:
        """Yield all of a PNG but its pixels; unpacked where it is packed."""
        position = 8
        while position + 8 <= len(content):
            length, kind = struct.unpack_from(">I4s", content, position)
            chunk = content[position + 8 : position + 8 + length]
            if kind != b"IDAT":
                yield chunk
                starts = [found.end() for found in re.finditer(rb"\0", chunk[:_PNG_HEAD])]
                yield from (text for start in starts if (text := self._inflate(chunk[start:], 15)))
            position += 12 + length

    def _database(self, content: bytes) -> Iterator[Piece]:
        """Yield each row of each table as one line of text, and the shapes in its cells."""
        with closing(sqlite3.connect(":memory:")) as database:
            try:
                database.deserialize(content)
            except sqlite3.Error:
                return
            for kind, table, *_ in _all_of(database, "sqlite_master"):
                if kind == "table":
                    yield from self._rows(_all_of(database, str(table)))

    def _rows(self, rows: Iterable[tuple[object, ...]]) -> Iterator[Piece]:
        """Yield each row as one line of text, and the shapes in all cells."""
        rows = list(rows)
        lines = ["\t".join([str(cell) for cell in row if cell.__class__ not in _NO_TEXT]) for row in rows]
        yield Piece(self.name, text="\n".join(lines))
        cells = list(chain.from_iterable(rows))
        blobs = [cell for cell in cells if cell.__class__ is bytes]
        blobs += [_from_hex(cell) for cell in cells if cell.__class__ is str and cell[:2] in {"00", "01"}]
        yield Piece(self.name, vertices=vertices_of(*blobs))


def _all_of(database: sqlite3.Connection, table: str) -> list[tuple[object, ...]]:
    """Return the rows of a table; none of one of an extension that is not loaded: its pages are searched as bytes."""
    quoted = table.replace('"', '""')
    # The second is slow, but reads letters that are none.
    for letters in (str, lambda cell: cell.decode("utf-8", "replace")):
        database.text_factory = letters
        with suppress(sqlite3.Error):
            return database.execute(f'SELECT * FROM "{quoted}"').fetchall()  # noqa: S608 - read only
    return []


def _readable(content: bytes) -> str:
    """Return the runs of letters in some bytes, one a line: of one byte a letter, or several, and of two each."""
    code = np.frombuffer(b"\0" + content + b"\0", dtype=np.uint8)
    plain = (code >= 0x20) & (code <= 0x7E)  # noqa: PLR2004 - what ASCII has to show
    later = (code & 0xC0) == 0x80  # noqa: PLR2004 - all but the first byte of a letter in UTF-8
    begun = (code >= 0xC2) & (code <= 0xF4) & np.roll(later, -1)  # noqa: PLR2004 - the first byte
    shown = plain | begun
    for _ in range(3):
        begun = np.roll(begun, 1) & later
        shown |= begun
    texts = [content[start:end] for start, end in _long_runs(shown[1:-1], _LEAST_LETTERS)]
    spaced = plain[:-1] & (code[1:] == 0)
    if (spaced[:-6] & spaced[2:-4] & spaced[4:-2] & spaced[6:]).any():
        texts += [found[::2] for found in _WIDE.findall(content)]
    return b"\n".join(texts).decode("utf-8", "replace")


def _long_runs(marked: np.ndarray, least: int) -> Iterator[tuple[int, int]]:
    """Yield where runs of at least so many marks begin and end."""
    start, end = runs(marked)
    long = end - start >= least
    return zip(start[long].tolist(), end[long].tolist(), strict=True)


def vertices_of(*blobs: bytes) -> np.ndarray:
    """Return the coordinates in GeoPackage, WKB or EWKB geometries; none of what is something else."""
    bare = [_without_header(blob) for blob in blobs]
    shapes = [blob for blob in bare if blob[:1] in {b"\0", b"\1"}]
    if not shapes:
        return _NO_SHAPES
    try:
        return shapely.get_coordinates(shapely.from_wkb(np.array(shapes, dtype=object), on_invalid="ignore"))
    except NotImplementedError:  # some bytes happen to begin like a curve
        return _NO_SHAPES if len(shapes) == 1 else np.concatenate([vertices_of(shape) for shape in shapes])


def _without_header(blob: bytes) -> bytes:
    """Return a geometry as WKB when it is one of a GeoPackage."""
    if blob[:2] == b"GP" and len(blob) > 8:  # noqa: PLR2004 - length of a GeoPackage header
        kind = (blob[3] >> 1) & 7
        return blob[8 + _GPKG_ENVELOPE[min(kind, 4)] :]
    return blob


def _from_hex(cell: str) -> bytes:
    try:
        return bytes.fromhex(cell)
    except ValueError:
        return b""


def _from_base64(text: str) -> tuple[list[bytes], list[bytes]]:
    """Return what a text holds in base 64: in data addresses, and whatever else can be read so."""
    content = text.encode("utf-8", "surrogatepass")
    found: tuple[list[bytes], list[bytes]] = [], []
    for start, end in _long_runs(_BASE64[np.frombuffer(content, dtype=np.uint8)], _LEAST_BASE64):
        letters = content[start:end]
        with suppress(binascii.Error):
            plain = base64.b64decode(
                letters + b"=" * (-len(letters) % 4), altchars=b"-_" if b"-" in letters or b"_" in letters else None
            )
            found[not content.endswith(_ADDRESS, 0, start)].append(plain)
    return found


def _exif_places(content: bytes) -> np.ndarray:
    """Return longitude and latitude of the place where a photograph was taken, as its Exif says."""
    places = []
    for found in _EXIF.finditer(content):
        exif = Image.Exif()
        with suppress(*_DAMAGED), warnings.catch_warnings(action="ignore"):
            exif.load(b"Exif\0\0" + content[found.end() : found.end() + _EXIF_BYTES])
            said = exif.get_ifd(_GPS)
            lon, lat = (sum(float(n) / 60**k for k, n in enumerate(said[axis])) for axis in (_LONGITUDE, _LATITUDE))
            signs = (-1 if said.get(_LONGITUDE_OF) == "W" else 1, -1 if said.get(_LATITUDE_OF) == "S" else 1)
            places.append((round(signs[0] * lon, _EXIF_DECIMALS), round(signs[1] * lat, _EXIF_DECIMALS)))
    return np.array(places, dtype=float).reshape(-1, 2)


def _unescaped(text: str) -> str:
    r"""Undo the escapes of HTML, also of what was escaped twice, of JSON, of style sheets and of addresses.

    Examples
    --------
    >>> _unescaped(r"\u0041&#66;\43 D%45")
    'ABCDE'
    """
    for _ in range(_MOST_ESCAPED):
        before, text = text, html.unescape(text) if "&" in text else text
        if text == before:
            break
    text = re.sub(r"\\u([0-9a-fA-F]{4})", lambda found: chr(int(found[1], 16)), text)
    text = re.sub(r"\\x([0-9a-fA-F]{2})", lambda found: chr(int(found[1], 16)), text)
    text = re.sub(
        r"\\(0{0,4}[2-7][0-9a-fA-F]|0{0,3}[1-9a-fA-F][0-9a-fA-F]{2})\s?", lambda found: chr(int(found[1], 16)), text
    )
    return re.sub(
        r"(?:%[0-9a-fA-F]{2})+", lambda found: bytes.fromhex(found[0].replace("%", "")).decode("utf-8", "replace"), text
    )
