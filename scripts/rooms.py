"""The table of rooms, read from src/CMakeLists.txt; every check that knows the rooms asks here."""

import pathlib
import re

ROOT = pathlib.Path(__file__).resolve().parent.parent
SRC = ROOT / "src"


def table():
    """{room: [rooms it may include]} in the table's order, top to bottom."""
    text = re.sub(r"#.*", "", (SRC / "CMakeLists.txt").read_text())
    rooms = {}
    for row in re.findall(r"quire_room\(([^)]*)\)", text):
        name, *rest = row.split()
        uses = rest[rest.index("USES") + 1:] if "USES" in rest else []
        rooms[name] = uses[:uses.index("LINKS")] if "LINKS" in uses else uses
    return rooms


def files(room):
    """The room's headers and sources."""
    return sorted(p for p in (SRC / room).rglob("*") if p.suffix in (".h", ".cc"))


def folders():
    """Rooms that have at least one header or source."""
    return sorted(p.name for p in SRC.iterdir() if p.is_dir() and files(p.name))


def finish(check, faults):
    """Prints the faults, one a line, and ends the check with the right status."""
    for fault in faults:
        print(f"{check}: {fault}")
    raise SystemExit(1 if faults else 0)
