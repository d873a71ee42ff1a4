#include "format/gguf_writer.h"

#include <algorithm>
#include <cstring>
#include <set>

#include "base/file.h"
#include "format/gguf_types.h"

namespace quire {
namespace {

template <typename T>
void put(std::string& out, T value) {
  char bytes[sizeof value];
  std::memcpy(bytes, &value, sizeof value);
  out.append(bytes, sizeof value);
}

void put_string(std::string& out, std::string_view text) {
  put(out, std::uint64_t{text.size()});
  out += text;
}

// Little-endian: a narrow integer is the first bytes of a wide one.
void put_element(std::string& out, GgufType type, std::int64_t value) {
  const std::size_t bytes = gguf_type_info(static_cast<std::uint32_t>(type))->bytes;
  std::string wide;
  put(wide, value);
  out.append(wide, 0, bytes);
}

void put_element(std::string& out, GgufType type, double value) {
  if (type == GgufType::kF32)
    put(out, static_cast<float>(value));
  else
    put(out, value);
}

void put_element(std::string& out, GgufType, const std::string& value) { put_string(out, value); }

void put_value(std::string& out, const GgufValue& value) {
  const auto type = static_cast<std::uint32_t>(value.type);
  if (value.is_array()) put(out, static_cast<std::uint32_t>(GgufType::kArray));
  put(out, type);
  std::visit(
      [&](const auto& data) {
        using Data = std::decay_t<decltype(data)>;
        if constexpr (std::is_same_v<Data, bool>) {
          put(out, static_cast<std::uint8_t>(data));
        } else if constexpr (requires { data.begin(); } && !std::is_same_v<Data, std::string>) {
          put(out, std::uint64_t{data.size()});
          for (const auto& element : data) put_element(out, value.type, element);
        } else {
          put_element(out, value.type, data);
        }
      },
      value.data);
}

Status put_tensor(std::string& out, const TensorSource& tensor, std::size_t offset) {
  const auto* type = std::find_if(std::begin(kGgufTensorTypes), std::end(kGgufTensorTypes),
                                  [&](const auto& row) { return row.dtype == tensor.dtype; });
  if (type == std::end(kGgufTensorTypes)) {
    return unsupported("GGUF has no type " + std::string(dtype_info(tensor.dtype).name));
  }
  if (tensor.name.empty() || tensor.name.size() > kGgufMaxName) {
    return invalid("the name must have 1 to " + std::to_string(kGgufMaxName) + " characters");
  }
  if (tensor.shape.empty() || tensor.shape.size() > kGgufMaxDims) {
    return unsupported("GGUF holds 1 to 4 dimensions, this has " + to_string(tensor.shape));
  }
  put_string(out, tensor.name);
  put(out, static_cast<std::uint32_t>(tensor.shape.size()));
  for (auto size = tensor.shape.rbegin(); size != tensor.shape.rend(); ++size) {
    if (*size < 1) return invalid("a dimension is empty: " + to_string(tensor.shape));
    put(out, static_cast<std::uint64_t>(*size));
  }
  put(out, type->id);
  put(out, std::uint64_t{offset});
  return {};
}

std::string padding(std::size_t position) {
  return std::string(gguf_align(position, kGgufAlignment) - position, '\0');
}

// Everything in front of the tensors' bytes.
Result<std::string> header_bytes(const std::vector<GgufEntry>& metadata,
                                 const std::vector<TensorSource>& tensors) {
  std::string out(kGgufMagic);
  put(out, kGgufVersion);
  put(out, std::uint64_t{tensors.size()});
  put(out, std::uint64_t{metadata.size()});
  std::set<std::string_view> keys, names;
  for (const GgufEntry& entry : metadata) {
    if (entry.key.empty() || !keys.insert(entry.key).second || entry.key == "general.alignment") {
      return invalid("key \"" + entry.key + "\": empty, standing twice, or reserved");
    }
    put_string(out, entry.key);
    put_value(out, entry.value);
  }
  std::size_t end = 0;
  for (const TensorSource& tensor : tensors) {
    const std::string where = "tensor \"" + tensor.name + "\"";
    if (!names.insert(tensor.name).second) return invalid(where + ": the name stands twice");
    const Result<std::size_t> size = byte_size(tensor.dtype, tensor.shape);
    if (!size) return size.status().at(where);
    const std::size_t offset = gguf_align(end, kGgufAlignment);
    const Status status = put_tensor(out, tensor, offset);
    if (!status.ok()) return status.at(where);
    end = offset + *size;
  }
  return out + padding(out.size());
}

}  // namespace

Status write_gguf(const std::string& path, const std::vector<GgufEntry>& metadata,
                  const std::vector<TensorSource>& tensors) {
  const Result<std::string> header = header_bytes(metadata, tensors);
  if (!header) return header.status().at(path);
  Result<FileWriter> writer = FileWriter::create(path);
  if (!writer) return writer.status();
  QUIRE_TRY(writer->append(*header));
  for (const TensorSource& tensor : tensors) {
    const Status status = append_tensor(*writer, tensor);
    if (!status.ok()) return status.at(path);
    QUIRE_TRY(writer->append(padding(*byte_size(tensor.dtype, tensor.shape))));
  }
  return writer->commit();
}

}  // namespace quire
