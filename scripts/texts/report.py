"""docs/data.md: the table of texts, and how much of the validation text training has met."""


def _shingles(text, width=8):
    words = "".join(c.lower() if c.isalnum() else " " for c in text).split()
    return {hash(tuple(words[i:i + width])) for i in range(len(words) - width + 1)}


def overlaps(folder):
    """{valid file: share of its eight-word runs that occur in the training texts}."""
    trained = set()
    for path in sorted((folder / "train").glob("*.txt")):
        if path.stem != "words":
            trained |= _shingles(path.read_text())
    out = {}
    for path in sorted((folder / "valid").glob("*.txt")):
        own = _shingles(path.read_text())
        out[path.stem] = len(own & trained) / max(len(own), 1)
    return out


def page(rows, folder):
    lines = [
        "# The texts", "",
        "Written by `scripts/get_texts`, which downloads the packages below from Debian 12 and",
        "turns them into running paragraphs, one a line, under `data/texts/`. Files under `valid/`",
        "are never trained on; the published accuracy is measured on them. SHA-256 is that of the",
        "file as written (first 16 digits).", "",
        "| file | what | package and version | licence | bytes | SHA-256 |",
        "|---|---|---|---|---:|---|"]
    for source, version, size, digest in rows:
        lines.append(f"| {source.target} | {source.about} | {source.package} {version} | "
                     f"{source.licence} | {size:,} | {digest[:16]} |")
    lines += ["", "Share of the eight-word runs of a validation file that occur anywhere in the",
              "training texts (names, dates and phrases that everybody uses are among them):", "",
              "| file | share |", "|---|---:|"]
    lines += [f"| valid/{name} | {share:.2%} |" for name, share in overlaps(folder).items()]
    return "\n".join(lines) + "\n"
