"""Readers: the files of one unpacked Debian package to a list of running paragraphs.

Every reader takes the paths its source names, in order, and returns paragraphs as plain strings;
`tidy` then gives all of them the same white space and drops what is not running text.
"""

import gzip
import html.parser
import re
import struct
import unicodedata
import zlib

BLOCKS = set("p div li dt dd h1 h2 h3 h4 h5 h6 blockquote br hr tr td th body section article "
             "ul ol dl figure figcaption chapter".split())
SKIPPED = set("script style pre title head nav note header footer".split())
# C1 controls are Windows-1252 characters that somebody took for Latin-1.
WINDOWS = {c: bytes([c]).decode("cp1252", "ignore") for c in range(0x80, 0xa0)}


def tidy(paragraphs, least_chars=30):
    """One space between words, NFC, and only paragraphs that are mostly words."""
    kept = []
    for paragraph in paragraphs:
        text = unicodedata.normalize("NFC", paragraph).translate(WINDOWS)
        text = re.sub(".?\x08|[\u00ad\ufeff]", "", text)  # overstrikes, soft hyphens, byte order marks
        text = " ".join(text.split())
        words = sum(c.isalpha() or c == " " for c in text)
        if len(text) >= least_chars and words >= 0.85 * len(text):  # tables and code have fewer
            kept.append(text)
    return kept


def text_of(path):
    """A file's text; *.gz and *.dz unpacked. Old Debian texts are Latin-1 where not UTF-8."""
    data = path.read_bytes()
    if path.suffix in (".gz", ".dz"):
        data = gzip.decompress(data)
    try:
        return data.decode("utf-8")
    except UnicodeDecodeError:
        return data.decode("latin-1")


def unwrap(text):
    """Paragraphs of hard-wrapped text: a blank line ends one."""
    return [" ".join(block.split("\n")) for block in re.split(r"\n\s*\n", text.replace("\r", ""))]


class _Paragraphs(html.parser.HTMLParser):
    def __init__(self):
        super().__init__(convert_charrefs=True)
        self.done, self.open, self.skipping = [], [], []

    def close_paragraph(self):
        self.done.append("".join(self.open))
        self.open = []

    def handle_starttag(self, tag, attrs):
        if tag in SKIPPED:
            self.skipping.append(tag)
        if tag in BLOCKS or tag in SKIPPED:
            self.close_paragraph()

    def handle_endtag(self, tag):
        if tag in self.skipping:
            while self.skipping.pop() != tag:
                pass
        if tag in BLOCKS:
            self.close_paragraph()

    def handle_data(self, data):
        if not self.skipping:
            self.open.append(data)


def _of_markup(text):
    parser = _Paragraphs()
    parser.feed(text)
    parser.close()
    parser.close_paragraph()
    return parser.done


def markup(paths):
    """HTML pages."""
    return [p for path in paths for p in _of_markup(text_of(path))]


def plain(paths):
    """Hard-wrapped plain text; Gutenberg's licence around a book and _italics_ are cut away."""
    out = []
    for path in paths:
        out += unwrap(_book(text_of(path)))
    return out


def lines(paths):
    """One paragraph a line."""
    return [line for path in paths for line in text_of(path).splitlines()]


def fortunes(paths):
    """fortune(6) files: a line with % between sayings; the line with the author stays."""
    return [saying for path in paths for saying in re.split(r"\n%\n", text_of(path))]


def dictionary(paths):
    """dictd entries: an indented body; {links} lose their braces."""
    return [re.sub(r"[{}]", "", p) for path in paths for p in unwrap(text_of(path))]


def _book(text):
    start = re.search(r"\*\*\* ?START OF.*?\*\*\*", text, re.S)
    end = re.search(r"\*\*\* ?END OF|End of (the )?Project Gutenberg", text)
    text = text[start.end() if start else 0:end.start() if end else len(text)]
    return re.sub(r"\b_|_\b|(?<=\W)_(?=\W)", "", text)


def r_strings(paths):
    """Books kept as character vectors in an R package's lazy-load database.

    The file is a row of records: u32 big-endian unpacked size, then a zlib stream of R's XDR
    format version 3: 14 bytes of header, the encoding's name, a STRSXP (flags, count), and for
    each string flags, length (-1 for NA) and bytes.
    """
    out = []
    for path in paths:
        data = path.read_bytes()
        while data:
            stream = zlib.decompressobj()
            record = stream.decompress(data[4:])
            data = stream.unused_data
            at = 18 + struct.unpack_from(">i", record, 14)[0]
            count, at = struct.unpack_from(">i", record, at + 4)[0], at + 8
            strings = []
            for _ in range(count):
                length, at = struct.unpack_from(">i", record, at + 4)[0], at + 8
                strings.append(record[at:at + max(length, 0)].decode())
                at += max(length, 0)
            out += unwrap(_book("\n".join(strings)))
    return out


def sword(paths):
    """zText modules of the SWORD library: *.bzs holds (offset, packed, unpacked) per block."""
    out = []
    for index in paths:
        blocks = index.with_suffix(".bzz").read_bytes()
        for offset, size, _ in struct.iter_unpack("<III", index.read_bytes()):
            if size:
                text = zlib.decompress(blocks[offset:offset + size]).decode()
                out += _of_markup(re.sub(r"\s+", " ", text))
    return out
