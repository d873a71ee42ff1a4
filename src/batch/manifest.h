// The documents of a pile: files, folders and patterns to one list without doubles. The list and
// all names in it follow from the arguments and the disk alone, so that workers on many machines
// agree on it without talking.
//
// Order: the arguments as given, inside a folder or a pattern the bytes of the paths. A document
// keeps its path below the folder that all of them share; that is its key in journals and the place
// of its output: scans/a.pdf and scans/b/a.pdf are written as OUT/a.md and OUT/b/a.md. Where two
// documents would get one name (a.pdf beside a.png) both keep their endings: a.pdf.md, a.png.md.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "base/status.h"

namespace quire {

struct Document {
  std::string path;   // to open it
  std::string key;    // below the shared folder, percent-encoded: any bytes as plain ASCII
  std::string name;   // of its output, below the output folder, without an ending
  std::string stamp;  // size and time of change: another stamp is another document
};

struct Manifest {
  std::vector<Document> documents;
  // What a person should know: doubles, files of a folder that are no documents by their endings,
  // what is hidden, links to folders.
  std::vector<std::string> remarks;
};

struct ManifestRequest {
  // Files, folders (with all below; hidden ones and links to folders are left out), patterns as
  // glob(7) has them. A file that is named is taken whatever it is called and whether it is there
  // or not; of a folder everything that is called like a document, links that lead nowhere, pipes
  // and sockets too, and folders that may not be opened: what cannot be read has its status in the
  // end.
  std::vector<std::string> arguments;
  // A file with paths of more files and folders, one a line, or divided by zero bytes; no patterns;
  // "-" is standard input; "" none.
  std::string list;
  std::string leave_out;  // a folder that is no part of the pile, its own output; "" none
};

// Errors: a list or folder that cannot be read, a pattern that nothing matches, no document.
Result<Manifest> make_manifest(const ManifestRequest& request);

}  // namespace quire
