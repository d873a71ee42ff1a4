// Poppler's programs in the sandbox, and their failures in words. A program for each question, not
// the library: it has a licence of its own, and a fault in it stays in the child.
#pragma once

#include <span>
#include <string>
#include <vector>

#include "base/status.h"
#include "sandbox/child.h"

namespace quire {

struct PopplerAnswer {
  // It complained of faults in the file, and went on: something may be missing.
  bool damaged = false;
};

// Runs pdfinfo, pdftoppm, pdftotext or pdfimages on one file (its absolute path, given as the last
// argument, `after` behind it). Errors, all without the file's name: kNotFound when Poppler is not
// installed, kUnsupported when the file is locked, kTimeout past the deadline, kLimit for too much
// output, kInvalid for a file that is damaged.
Result<PopplerAnswer> run_poppler(const std::string& program, std::vector<std::string> arguments,
                                  const std::string& path, std::span<const std::string> after,
                                  const ChildLimits& limits, const ChildOutput& output);

}  // namespace quire
