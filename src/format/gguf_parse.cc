#include <algorithm>
#include <bit>
#include <utility>

#include "base/bytes.h"
#include "format/gguf.h"
#include "format/gguf_cursor.h"
#include "format/gguf_types.h"

namespace quire {
namespace {

// The least bytes one item can take, to hold counts against what is left of the file.
constexpr std::size_t kLeastEntry = 8 + 4 + 1;           // empty key, type, one byte
constexpr std::size_t kLeastTensor = 8 + 4 + 8 + 4 + 8;  // empty name, one size, type, offset
constexpr std::size_t kMaxKey = 65'535;                  // the limit of the format

bool is_plain_ascii(std::string_view text) {
  return std::all_of(text.begin(), text.end(), [](char c) { return c >= ' ' && c <= '~'; });
}

Result<DType> tensor_dtype(std::uint32_t id) {
  for (const GgufTensorType& row : kGgufTensorTypes) {
    if (row.id == id) return row.dtype;
  }
  return unsupported("its type number " + std::to_string(id) + " is not one that Quire reads");
}

// A tensor as the file describes it; `offset` is within the data.
struct Entry {
  std::string name;
  DType dtype;
  Shape shape;
  std::uint64_t offset;
  std::size_t size;
};

// All but the name, which the caller puts in front of errors.
Result<Entry> take_tensor(GgufCursor& cursor) {
  Entry entry{};
  const auto dims = cursor.take<std::uint32_t>();
  if (!cursor.ok()) return gguf_cut_short();
  if (dims < 1 || dims > kGgufMaxDims) {
    return invalid("it claims " + std::to_string(dims) + " dimensions; the format has 1 to " +
                   std::to_string(kGgufMaxDims));
  }
  for (std::uint32_t i = 0; i < dims; ++i) {
    const auto size = cursor.take<std::uint64_t>();
    if (!cursor.ok()) return gguf_cut_short();
    if (size == 0 || !std::in_range<std::int64_t>(size)) {
      return invalid("it claims a size of " + std::to_string(size));
    }
    entry.shape.insert(entry.shape.begin(), static_cast<std::int64_t>(size));
  }
  const auto id = cursor.take<std::uint32_t>();
  entry.offset = cursor.take<std::uint64_t>();
  if (!cursor.ok()) return gguf_cut_short();
  const Result<DType> dtype = tensor_dtype(id);
  if (!dtype) return dtype.status();
  entry.dtype = *dtype;
  const Result<std::size_t> size = byte_size(entry.dtype, entry.shape);
  if (!size) return size.status();
  entry.size = *size;
  return entry;
}

}  // namespace

// Builds a GgufFile section by section.
class GgufParser {
 public:
  explicit GgufParser(std::span<const std::uint8_t> bytes) : bytes_(bytes), cursor_(bytes) {}

  Result<GgufFile> parse() {
    QUIRE_TRY(header());
    for (std::uint64_t i = 0; i < entry_count_; ++i) QUIRE_TRY(entry());
    std::vector<Entry> tensors;
    for (std::uint64_t i = 0; i < tensor_count_; ++i) {
      Result<Entry> tensor = this->tensor();
      if (!tensor) return tensor.status();
      tensors.push_back(*std::move(tensor));
    }
    QUIRE_TRY(place(std::move(tensors)));
    return std::move(file_);
  }

 private:
  Status header() {
    const std::string_view text = as_text(bytes_);
    if (!text.starts_with(kGgufMagic)) return invalid("this is not a GGUF file");
    cursor_.take<std::uint32_t>();
    const auto version = cursor_.take<std::uint32_t>();
    tensor_count_ = cursor_.take<std::uint64_t>();
    entry_count_ = cursor_.take<std::uint64_t>();
    if (!cursor_.ok()) return gguf_cut_short();
    if (version != 0 && (version & 0xffff) == 0) {
      return unsupported("this GGUF file is big-endian; Quire reads little-endian ones");
    }
    if (version != 2 && version != kGgufVersion) {
      return unsupported("this is GGUF version " + std::to_string(version) +
                         "; Quire reads versions 2 and 3");
    }
    if (!cursor_.can_hold(entry_count_, kLeastEntry)) {
      return invalid("the header claims " + std::to_string(entry_count_) +
                     " metadata entries, more than the file holds");
    }
    if (!cursor_.can_hold(tensor_count_, kLeastTensor)) {
      return invalid("the header claims " + std::to_string(tensor_count_) +
                     " tensors, more than the file holds");
    }
    return {};
  }

  Status entry() {
    std::string key = cursor_.take_string();
    if (!cursor_.ok()) return gguf_cut_short();
    if (key.empty() || key.size() > kMaxKey || !is_plain_ascii(key)) {
      return invalid("metadata entry " + std::to_string(file_.metadata_.size()) +
                     " has a key that is empty, too long or not plain text");
    }
    Result<GgufValue> value = take_gguf_value(cursor_);
    if (!value) return value.status().at("key \"" + key + "\"");
    if (!file_.keys_.emplace(key, file_.metadata_.size()).second) {
      return invalid("the key \"" + key + "\" stands twice");
    }
    file_.metadata_.push_back({std::move(key), *std::move(value)});
    return {};
  }

  Result<Entry> tensor() {
    const std::string name = cursor_.take_string();
    if (!cursor_.ok()) return gguf_cut_short();
    if (name.empty() || name.size() > kMaxKey || !is_plain_ascii(name)) {
      return invalid("a tensor has a name that is empty, too long or not plain text");
    }
    Result<Entry> entry = take_tensor(cursor_);
    if (!entry) return entry.status().at("tensor \"" + name + "\"");
    entry->name = name;
    return entry;
  }

  // Checks where the tensors lie, one after the other in the order of the list, and makes the
  // views.
  Status place(std::vector<Entry> tensors) {
    constexpr IntRange kAlignments{1, 1 << 20};
    const auto alignment = file_.get_int("general.alignment", kGgufAlignment, kAlignments);
    if (!alignment) return alignment.status();
    if (!std::has_single_bit(static_cast<std::uint64_t>(*alignment))) {
      return invalid("\"general.alignment\" must be a power of two");
    }
    const auto align = static_cast<std::size_t>(*alignment);
    const std::size_t start = std::min(gguf_align(cursor_.position(), align), bytes_.size());
    const auto data = bytes_.subspan(start);

    std::size_t end = 0;
    for (Entry& entry : tensors) {
      const std::string where = "tensor \"" + entry.name + "\": ";
      if (entry.offset != gguf_align(end, align)) {
        return invalid(where + "begins at byte " + std::to_string(entry.offset) +
                       " of the data, but the tensor before it ends at " + std::to_string(end));
      }
      if (entry.offset > data.size() || entry.size > data.size() - entry.offset) {
        return invalid(where + "its " + std::to_string(entry.size) +
                       " bytes end outside the file; the file is cut short, fetch it again");
      }
      const auto bytes = data.subspan(static_cast<std::size_t>(entry.offset), entry.size);
      end = static_cast<std::size_t>(entry.offset) + entry.size;
      TensorView view{entry.dtype, std::move(entry.shape), bytes};
      if (!file_.tensors_.emplace(entry.name, std::move(view)).second) {
        return invalid("the tensor name \"" + entry.name + "\" stands twice");
      }
      file_.names_.push_back(std::move(entry.name));
    }
    return {};
  }

  std::span<const std::uint8_t> bytes_;
  GgufCursor cursor_;
  std::uint64_t tensor_count_ = 0, entry_count_ = 0;
  GgufFile file_;
};

Result<GgufFile> GgufFile::parse(std::span<const std::uint8_t> bytes) {
  return GgufParser(bytes).parse();
}

Result<GgufFile> GgufFile::open(const std::string& path) {
  Result<MappedFile> mapped = MappedFile::open(path);
  if (!mapped) return mapped.status();
  Result<GgufFile> file = parse(mapped->bytes());
  if (!file) return file.status().at(path);
  file->file_ = *std::move(mapped);
  return file;
}

}  // namespace quire
