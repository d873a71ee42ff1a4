#include "format/safetensors.h"

#include <algorithm>
#include <cstring>
#include <limits>
#include <nlohmann/json.hpp>
#include <utility>

#include "base/bytes.h"
#include "format/json.h"

namespace quire {
namespace {

constexpr std::size_t kLengthBytes = 8;
constexpr std::size_t kMaxHeader = 100'000'000;  // the limit of the format's own library

// The types of the format that Quire computes with; the names are the same as ours.
constexpr DType kKnown[] = {DType::kF32, DType::kF16, DType::kBF16,
                            DType::kI32, DType::kI64, DType::kU8};

Result<DType> parse_dtype(const std::string& name) {
  for (const DType dtype : kKnown) {
    if (dtype_info(dtype).name == name) return dtype;
  }
  return unsupported("the type \"" + name.substr(0, 20) +
                     "\" is not one that Quire reads (F32, F16, BF16, I32, I64, U8)");
}

// A tensor as the header describes it, its own numbers checked, its place in the file not yet.
struct Entry {
  std::string name;
  DType dtype;
  Shape shape;
  std::uint64_t begin, end;
};

Result<Entry> parse_entry(const std::string& name, const Json& json) {
  if (!json.is_object()) return invalid("its entry in the header is not an object");
  const Result<std::string> dtype_name = get_string(json, "dtype");
  if (!dtype_name) return dtype_name.status();
  const Result<DType> dtype = parse_dtype(*dtype_name);
  if (!dtype) return dtype.status();
  constexpr IntRange kAny{0, std::numeric_limits<std::int64_t>::max()};
  const auto shape = get_ints(json, "shape", {}, kAny);
  if (!shape) return shape.status();
  const auto offsets = get_ints(json, "data_offsets", {}, kAny);
  if (!offsets) return offsets.status();
  if (offsets->size() != 2 || (*offsets)[0] > (*offsets)[1]) {
    return invalid("\"data_offsets\" must be a begin and an end that is not before it");
  }
  const auto begin = static_cast<std::uint64_t>((*offsets)[0]);
  const auto end = static_cast<std::uint64_t>((*offsets)[1]);
  const Result<std::size_t> size = byte_size(*dtype, *shape);
  if (!size) return size.status();
  if (*size != end - begin) {
    return invalid("the shape " + to_string(*shape) + " of " + *dtype_name + " takes " +
                   std::to_string(*size) + " bytes, but " + std::to_string(end - begin) +
                   " are set aside for it");
  }
  return Entry{name, *dtype, *shape, begin, end};
}

Result<std::map<std::string, std::string>> parse_metadata(const Json& json) {
  std::map<std::string, std::string> metadata;
  if (!json.is_object()) return invalid("\"__metadata__\" is not an object");
  for (const auto& [key, value] : json.items()) {
    if (!value.is_string()) return invalid("\"__metadata__\" may hold only strings");
    metadata[key] = value.get<std::string>();
  }
  return metadata;
}

Result<std::string_view> header_of(std::span<const std::uint8_t> bytes) {
  if (bytes.size() < kLengthBytes) {
    return invalid("only " + std::to_string(bytes.size()) +
                   " bytes, too short for a safetensors file; it may be cut short");
  }
  std::uint64_t length = 0;
  std::memcpy(&length, bytes.data(), kLengthBytes);
  if (length > kMaxHeader) {
    return invalid("the header claims " + std::to_string(length) +
                   " bytes, more than the format allows; this is probably not a safetensors file");
  }
  if (length > bytes.size() - kLengthBytes) {
    return invalid("the header claims " + std::to_string(length) + " bytes, but only " +
                   std::to_string(bytes.size() - kLengthBytes) +
                   " follow; the file is cut short, fetch it again");
  }
  return as_text(bytes.subspan(kLengthBytes, static_cast<std::size_t>(length)));
}

}  // namespace

Result<SafetensorsFile> SafetensorsFile::parse(std::span<const std::uint8_t> bytes) {
  const Result<std::string_view> header = header_of(bytes);
  if (!header) return header.status();
  const Result<Json> json = parse_json(*header);
  if (!json) return json.status().at("in the header");
  if (!json->is_object()) return invalid("the header is not a JSON object");

  SafetensorsFile file;
  std::vector<Entry> entries;
  for (const auto& [name, value] : json->items()) {
    if (name == "__metadata__") {
      auto metadata = parse_metadata(value);
      if (!metadata) return metadata.status();
      file.metadata_ = *std::move(metadata);
      continue;
    }
    Result<Entry> entry = parse_entry(name, value);
    if (!entry) return entry.status().at("tensor \"" + name + "\"");
    entries.push_back(*std::move(entry));
  }

  std::sort(entries.begin(), entries.end(), [](const Entry& a, const Entry& b) {
    return std::tie(a.begin, a.end, a.name) < std::tie(b.begin, b.end, b.name);
  });
  const auto data = bytes.subspan(kLengthBytes + header->size());
  std::uint64_t position = 0;
  for (Entry& entry : entries) {
    if (entry.begin != position) {
      return invalid("tensor \"" + entry.name + "\": begins at byte " +
                     std::to_string(entry.begin) +
                     " of the data, but the tensor before it ends at " + std::to_string(position));
    }
    if (entry.end > data.size()) {
      return invalid("tensor \"" + entry.name + "\": ends at byte " + std::to_string(entry.end) +
                     " of the data, but there are only " + std::to_string(data.size()) +
                     "; the file is cut short, fetch it again");
    }
    position = entry.end;
    const auto view = data.subspan(static_cast<std::size_t>(entry.begin),
                                   static_cast<std::size_t>(entry.end - entry.begin));
    file.tensors_[entry.name] = TensorView{entry.dtype, std::move(entry.shape), view};
    file.names_.push_back(std::move(entry.name));
  }
  if (position != data.size()) {
    return invalid(std::to_string(data.size() - position) +
                   " bytes at the end of the file belong to no tensor");
  }
  return file;
}

Result<SafetensorsFile> SafetensorsFile::open(const std::string& path) {
  Result<MappedFile> mapped = MappedFile::open(path);
  if (!mapped) return mapped.status();
  Result<SafetensorsFile> file = parse(mapped->bytes());
  if (!file) return file.status().at(path);
  file->file_ = *std::move(mapped);
  return file;
}

Result<TensorView> SafetensorsFile::find(std::string_view name) const {
  const auto found = tensors_.find(name);
  if (found == tensors_.end()) return not_found("there is no tensor \"" + std::string(name) + "\"");
  return found->second;
}

}  // namespace quire
