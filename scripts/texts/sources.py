"""The texts: what goes into which file, out of which package, and under which licence.

`valid` sources are never trained on. Licences are as /usr/share/doc/PACKAGE/copyright states
them for the text itself (a book inside a program's package has its own).
"""

import dataclasses

from . import readers


@dataclasses.dataclass
class Source:
    target: str        # below data/texts, without .txt
    package: str
    reader: callable
    globs: str         # below the package's root, space-separated
    licence: str
    about: str


DOC = "usr/share/doc"
R = "usr/lib/R/site-library"
FORTUNES = "usr/share/games/fortunes"
GUIDE = f"{DOC}/installation-guide-amd64"
BOOK = f"{DOC}/debian-handbook/html"

SOURCES = [
    Source("train/prose_austen", "r-cran-janeaustenr", readers.r_strings,
           f"{R}/janeaustenr/data/Rdata.rdb", "public domain (package MIT)",
           "six novels by Jane Austen"),
    Source("train/prose_opticks", "golang-1.19-src", readers.plain,
           "usr/share/go-1.19/src/testdata/Isaac.Newton-Opticks.txt",
           "public domain (package BSD-3-Clause)", "Isaac Newton, Opticks"),
    Source("train/prose_bible", "sword-text-web", readers.sword,
           "usr/share/sword/modules/texts/ztext/*/?t.bzs", "public domain", "World English Bible"),
    Source("train/prose_anarchism", "anarchism", readers.markup,
           f"{DOC}/anarchism/html/*.html", "GPL-2", "An Anarchist FAQ, modern essays"),
    Source("train/prose_cfi", "cfi-en", readers.markup, f"{DOC}/cfi-en/html/*.htm",
           "public domain", "Copyright Does Not Exist, a book on hacker culture"),
    Source("train/prose_handbook", "debian-handbook", readers.markup, f"{BOOK}/en-US/*.html",
           "GPL-2+ or CC-BY-SA-3.0", "The Debian Administrator's Handbook"),
    Source("train/prose_jargon", "dict-jargon", readers.dictionary,
           "usr/share/dictd/jargon.dict.dz", "public domain", "The Jargon File"),
    Source("train/prose_devil", "dict-devil", readers.dictionary,
           "usr/share/dictd/devil.dict.dz", "public domain", "The Devil's Dictionary"),
    Source("train/prose_dasher", "dasher-data", readers.lines,
           "usr/share/dasher/training_english_GB.txt", "GPL-2+", "mixed English sentences"),
    Source("train/prose_fortunes", "fortunes", readers.fortunes,
           " ".join(f"{FORTUNES}/{name}" for name in
                    "cookie definitions education humorists law linux news people platitudes "
                    "politics science wisdom work".split()), "BSD-4-Clause-UC (collection)",
           "sayings"),
    Source("train/prose_literature", "fortunes-min", readers.fortunes, f"{FORTUNES}/literature",
           "BSD-4-Clause-UC (collection)", "sayings from literature"),
    Source("train/other_reference", "debian-reference-en", readers.markup,
           "usr/share/debian-reference/*.en.html", "GPL-2+", "Debian Reference"),
    Source("train/other_installation", "installation-guide-amd64", readers.plain,
           f"{GUIDE}/en/install.en.txt.gz", "GPL-2", "installation guide"),
    Source("train/other_policy", "debian-policy", readers.plain,
           f"{DOC}/debian-policy/policy.txt.gz", "GPL-2+", "Debian Policy"),
    Source("train/other_developers", "developers-reference", readers.markup,
           "usr/share/developers-reference/developers-reference.html", "GPL-2+",
           "Developer's Reference"),
    Source("train/other_foldoc", "dict-foldoc", readers.dictionary,
           "usr/share/dictd/foldoc.dict.dz", "GFDL-1.1+", "dictionary of computing"),
    Source("train/latin1_dasher_fr", "dasher-data", readers.lines,
           "usr/share/dasher/training_french_FR.txt", "GPL-2+", "French sentences"),
    Source("train/latin1_dasher_de", "dasher-data", readers.lines,
           "usr/share/dasher/training_german_DE.txt", "GPL-2+", "German sentences"),
    Source("train/latin1_handbook_fr", "debian-handbook", readers.markup,
           f"{BOOK}/fr-FR/*.html", "GPL-2+ or CC-BY-SA-3.0", "the handbook in French"),
    Source("train/latin1_handbook_de", "debian-handbook", readers.markup,
           f"{BOOK}/de-DE/*.html", "GPL-2+ or CC-BY-SA-3.0", "the handbook in German"),
    Source("train/latin1_fortunes_de", "fortunes-de", readers.fortunes,
           " ".join(f"{FORTUNES}/de/{name}" for name in "zitate witze sprichworte wusstensie".split()),
           "GPL-2+", "German quotations"),
    Source("train/words", "wamerican", readers.lines, "usr/share/dict/american-english",
           "public domain and SCOWL", "word list, one a line"),
    Source("valid/prose_moby_dick", "r-cran-tokenizers", readers.r_strings,
           f"{R}/tokenizers/data/Rdata.rdb", "public domain (package MIT)",
           "Herman Melville, Moby Dick"),
    Source("valid/prose_debian_history", "debian-history", readers.plain,
           f"{DOC}/debian-history/docs/project-history.en.txt.gz", "GPL-2+",
           "A Brief History of Debian"),
    Source("valid/latin1_history_fr", "debian-history", readers.plain,
           f"{DOC}/debian-history/docs/project-history.fr.txt.gz", "GPL-2+",
           "the same in French"),
    Source("valid/latin1_history_de", "debian-history", readers.plain,
           f"{DOC}/debian-history/docs/project-history.de.txt.gz", "GPL-2+",
           "the same in German"),
]
