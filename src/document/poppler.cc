#include "document/poppler.h"

#include <string_view>

namespace quire {
namespace {

// What Poppler says, and what there is to say about it.
struct Known {
  std::string_view complaint;
  Code code;
  const char* sentence;
};
constexpr Known kKnown[] = {
    {"Incorrect password", Code::kUnsupported,
     "the PDF is locked with a password; unlock a copy with: qpdf --password=PASSWORD --decrypt"},
    {"Invalid page count", Code::kInvalid, "the PDF has no pages"},
    {"larger than number of objects", Code::kInvalid,
     "the PDF claims to have more pages than it has parts"},
    {"Document stream is empty", Code::kInvalid, "the file is empty"},
    {"find trailer dictionary", Code::kInvalid,
     "the PDF is cut short or damaged; qpdf may be able to repair a copy"},
    {"read xref table", Code::kInvalid,
     "the PDF is cut short or damaged; qpdf may be able to repair a copy"},
    {"Bogus memory allocation", Code::kLimit, "the PDF asks for more memory than it may have"},
    {"Out of memory", Code::kLimit, "the PDF asks for more memory than it may have"},
    {"bad_alloc", Code::kLimit, "the PDF asks for more memory than it may have"},
};

Status explain(const std::string& program, const ChildResult& result, const ChildLimits& limits) {
  for (const Known& known : kKnown) {
    if (result.complaint.find(known.complaint) != std::string::npos) {
      return {known.code, known.sentence};
    }
  }
  const std::string sentence = program + " " + describe_end(result, limits);
  switch (result.end) {
    case ChildEnd::kTimeout:
      return timed_out(sentence);
    case ChildEnd::kTooMuch:
      return over_limit(sentence);
    case ChildEnd::kForbidden:
    case ChildEnd::kCrashed:
      return invalid(sentence + "; the PDF is damaged, or made to do harm");
    case ChildEnd::kExited:
    case ChildEnd::kRefused:
      break;
  }
  return invalid(sentence + "; the PDF is damaged");
}

}  // namespace

Result<PopplerAnswer> run_poppler(const std::string& program, std::vector<std::string> arguments,
                                  const std::string& path, std::span<const std::string> after,
                                  const ChildLimits& limits, const ChildOutput& output) {
  arguments.push_back(path);
  arguments.insert(arguments.end(), after.begin(), after.end());
  const auto result = run_child({program, std::move(arguments), {path}, limits}, output);
  if (!result) {
    if (result.status().code() != Code::kNotFound) return result.status();
    return not_found("PDFs need " + program +
                     ", which is not installed: apt install poppler-utils");
  }
  if (!result->good()) return explain(program, *result, limits);
  const std::string& said = result->complaint;
  return PopplerAnswer{said.find("Syntax Error") != std::string::npos ||
                       said.find("Internal Error") != std::string::npos};
}

}  // namespace quire
