#include "document/pdf.h"

#include <errno.h>
#include <unistd.h>

#include <algorithm>
#include <cmath>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <filesystem>
#include <fstream>
#include <sstream>
#include <utility>

#include "document/poppler.h"
#include "format/ppm.h"
#include "text/utf8.h"

namespace quire {
namespace {

constexpr double kPointsPerInch = 72;
constexpr std::size_t kMaxText = std::size_t{16} << 20;

// A line of pdfinfo: "Page    3 size:  595.276 x 841.89 pts (A4)", "Page    3 rot:   90".
void take_line(std::string_view line, std::vector<PdfPageSize>& sizes) {
  const std::string text(line);  // ends with a zero, as strtod needs
  int page = 0;
  double a = 0, b = 0;
  char what[8] = "";
  const int found = std::sscanf(text.c_str(), "Page %d %7[a-z]: %lf x %lf", &page, what, &a, &b);
  if (found < 3 || page < 1 || static_cast<std::size_t>(page) > sizes.size()) return;
  PdfPageSize& size = sizes[static_cast<std::size_t>(page) - 1];
  if (found == 4 && std::strcmp(what, "size") == 0) {
    size = {a, b};
  } else if (std::strcmp(what, "rot") == 0 && (a == 90 || a == 270)) {
    std::swap(size.width, size.height);
  }
}

// The pages there are, from pdfinfo's answer: a page without a line of its own has no size. The
// file's own words (title, author) come before the number of pages and may look like anything, so
// what stands in front of the last such line does not count.
Result<std::vector<PdfPageSize>> page_sizes(std::string_view answer) {
  std::vector<PdfPageSize> sizes;
  long long count = 0;
  while (!answer.empty()) {
    const std::size_t end = std::min(answer.find('\n'), answer.size());
    const std::string_view line = answer.substr(0, end);
    answer.remove_prefix(std::min(end + 1, answer.size()));
    if (line.starts_with("Page ")) {
      take_line(line, sizes);
    } else if (line.starts_with("Pages:")) {
      count = std::max(0LL, std::atoll(std::string(line.substr(6)).c_str()));
      sizes.assign(static_cast<std::size_t>(std::min<long long>(count, kMaxPdfPages)), {});
    }
  }
  if (count > kMaxPdfPages) {
    return over_limit("the PDF has " + std::to_string(count) + " pages; the limit is " +
                      std::to_string(kMaxPdfPages));
  }
  if (sizes.empty()) return invalid("the PDF has no pages");
  return sizes;
}

// The square points that pdfimages says a picture covers; 0 for a line of something else, and for
// the masks of pictures:
//   page num type width height color comp bpc enc interp object ID x-ppi y-ppi size ratio
// "object ID" is two words, or one where the picture stands inside the page's own drawing.
double picture_area(const std::string& line) {
  std::istringstream stream(line);
  std::vector<std::string> words;
  for (std::string word; stream >> word;) words.push_back(word);
  constexpr std::size_t kFewest = 15;
  if (words.size() < kFewest || (words[2] != "image" && words[2] != "stencil")) return 0;
  const auto inches = [&](std::size_t pixels, std::size_t from_end) {
    const double dots = std::atof(words[words.size() - from_end].c_str());
    return std::atof(words[pixels].c_str()) / std::max(dots, 1.0);
  };
  return inches(3, 4) * inches(4, 3) * kPointsPerInch * kPointsPerInch;
}

std::string decimal(double value) {
  char text[32];
  std::snprintf(text, sizeof(text), "%.0f", value);
  return text;
}

}  // namespace

bool looks_like_pdf(std::string_view beginning) {
  return beginning.substr(0, 1024).find("%PDF-") != std::string_view::npos;
}

Result<bool> is_pdf(const std::string& path) {
  std::error_code ignored;
  const auto kind = std::filesystem::status(path, ignored).type();
  if (kind == std::filesystem::file_type::directory) {
    return invalid(path + (::access(path.c_str(), R_OK | X_OK) == 0
                               ? ": is a folder"
                               : ": is a folder that may not be opened"));
  }
  if (kind == std::filesystem::file_type::not_found && std::filesystem::is_symlink(path, ignored)) {
    return not_found(path + ": is a link to something that is not there");
  }
  if (kind == std::filesystem::file_type::fifo || kind == std::filesystem::file_type::socket ||
      kind == std::filesystem::file_type::character) {
    // Opening it might wait for a writer until the end of days.
    return invalid(path + ": is not a file; to read from a pipe, give - and use standard input");
  }
  std::ifstream file(path, std::ios::binary);
  if (!file) {
    const int error = errno;
    const std::string sentence = path + ": cannot be opened: " + std::strerror(error);
    return error == ENOENT ? not_found(sentence) : io_error(sentence);
  }
  char beginning[1024];
  file.read(beginning, sizeof(beginning));
  return looks_like_pdf({beginning, static_cast<std::size_t>(file.gcount())});
}

Result<Pdf> Pdf::open(const std::string& path, const PdfOptions& options) {
  const Result<bool> pdf_begins = is_pdf(path);
  QUIRE_TRY(pdf_begins);
  if (!*pdf_begins) return invalid(path + ": this is not a PDF");
  Pdf pdf;
  pdf.path_ = path;
  pdf.absolute_ = std::filesystem::absolute(path).string();
  pdf.options_ = options;
  ChildLimits limits;
  limits.seconds = options.open_seconds;
  limits.output_bytes = kMaxText;
  std::string answer;
  const auto done = run_poppler("pdfinfo", {"-f", "1", "-l", std::to_string(kMaxPdfPages)},
                                pdf.absolute_, {}, limits, [&](std::string_view piece) {
                                  answer += piece;
                                  return true;
                                });
  if (!done) return done.status().at(path);
  Result<std::vector<PdfPageSize>> sizes = page_sizes(answer);
  if (!sizes) return sizes.status().at(path);
  pdf.sizes_ = *std::move(sizes);
  return pdf;
}

Status Pdf::about(int page, const Status& status) const {
  return status.at(path_ + ", page " + std::to_string(page));
}

PdfPageSize Pdf::page_size(int page) const {
  if (page < 1 || page > page_count()) return {};
  return sizes_[static_cast<std::size_t>(page) - 1];
}

Result<double> Pdf::page_dpi(int page) const {
  if (page < 1 || page > page_count()) {
    return about(page, not_found("the PDF has " + std::to_string(page_count()) + " pages"));
  }
  const auto [width, height] = page_size(page);
  if (!(width > 0) || !(height > 0)) {
    return about(page, invalid("the page has no size, or the PDF's page tree does not lead to it"));
  }
  const double longer = std::max(width, height) / kPointsPerInch;
  const double area = width / kPointsPerInch * (height / kPointsPerInch);
  // One pixel a side less, because Poppler rounds up.
  const double side = static_cast<double>(options_.picture.max_side - 1) / longer;
  const double pixels = static_cast<double>(options_.picture.max_pixels);
  const double dpi = std::min({options_.dpi, side, 0.999 * std::sqrt(pixels / area)});
  if (dpi < std::min(kMinPdfDpi, options_.dpi)) {
    return about(page, over_limit("the page is " + decimal(width / kPointsPerInch) + " x " +
                                  decimal(height / kPointsPerInch) +
                                  " inches, too large to be rendered so that it can be read"));
  }
  return dpi;
}

Result<PdfPage> Pdf::page(int page) const {
  const Result<double> dpi = page_dpi(page);
  QUIRE_TRY(dpi);
  ChildLimits limits;
  limits.seconds = options_.page_seconds;
  const std::string number = std::to_string(page);
  PpmReader reader(options_.picture);
  const auto done = run_poppler(
      "pdftoppm", {"-cropbox", "-f", number, "-l", number, "-r", std::to_string(*dpi)}, absolute_,
      {}, limits, [&](std::string_view piece) { return reader.push(piece); });
  Result<Image> image = reader.finish();
  if (!done) return about(page, done.status());
  if (!image) return about(page, invalid("the page cannot be rendered: the PDF is damaged"));
  return PdfPage{*std::move(image), *dpi, done->damaged};
}

Result<double> Pdf::picture_share(int page) const {
  const auto [width, height] = page_size(page);
  if (!(width > 0) || !(height > 0)) return 0.0;
  ChildLimits limits;
  limits.seconds = options_.page_seconds;
  limits.output_bytes = kMaxText;
  const std::string number = std::to_string(page);
  std::string list;
  const auto done = run_poppler("pdfimages", {"-list", "-f", number, "-l", number}, absolute_, {},
                                limits, [&](std::string_view piece) {
                                  list += piece;
                                  return true;
                                });
  if (!done) return about(page, done.status());
  double covered = 0;
  std::istringstream lines(list);
  for (std::string line; std::getline(lines, line);) covered += picture_area(line);
  return std::min(covered / (width * height), 1.0);
}

Result<std::string> Pdf::text(int page) const {
  ChildLimits limits;
  limits.seconds = options_.page_seconds;
  limits.output_bytes = kMaxText;
  const std::string number = std::to_string(page);
  const std::string to_stdout[] = {"-"};
  std::string text;
  const auto done = run_poppler(
      "pdftotext", {"-f", number, "-l", number, "-enc", "UTF-8", "-eol", "unix", "-nopgbrk"},
      absolute_, to_stdout, limits, [&](std::string_view piece) {
        text += piece;
        return true;
      });
  if (!done) return about(page, done.status());
  return repair_utf8(text);
}

}  // namespace quire
