#include "format/safetensors_writer.h"

#include <algorithm>
#include <cstring>
#include <nlohmann/json.hpp>
#include <set>

#include "base/file.h"
#include "format/json.h"

namespace quire {
namespace {

// In the order of their bytes in the file.
std::vector<const TensorSource*> in_file_order(const std::vector<TensorSource>& tensors) {
  std::vector<const TensorSource*> order;
  for (const TensorSource& tensor : tensors) order.push_back(&tensor);
  std::stable_sort(order.begin(), order.end(), [](const TensorSource* a, const TensorSource* b) {
    return dtype_info(a->dtype).block_bytes > dtype_info(b->dtype).block_bytes;
  });
  return order;
}

// The length field and the header, padded with spaces so that the data begins at a multiple of 8.
Result<std::string> header_bytes(const std::vector<const TensorSource*>& order,
                                 const std::map<std::string, std::string>& metadata) {
  Json header = Json::object();
  if (!metadata.empty()) header["__metadata__"] = metadata;
  std::size_t position = 0;
  for (const TensorSource* tensor : order) {
    const std::string where = "tensor \"" + tensor->name + "\"";
    if (header.contains(tensor->name) || tensor->name == "__metadata__") {
      return invalid(where + ": the name stands twice or is reserved");
    }
    const DTypeInfo& info = dtype_info(tensor->dtype);
    if (info.block_elements != 1) {
      return unsupported(where + ": safetensors has no type " + std::string(info.name));
    }
    const Result<std::size_t> size = byte_size(tensor->dtype, tensor->shape);
    if (!size) return size.status().at(where);
    header[tensor->name] = {{"dtype", std::string(info.name)},
                            {"shape", tensor->shape},
                            {"data_offsets", {position, position + *size}}};
    position += *size;
  }
  std::string text = header.dump(-1, ' ', false, Json::error_handler_t::replace);
  const Result<Json> back = parse_json(text);
  if (!back || *back != header) return invalid("a tensor name or a metadata text is not UTF-8");
  text.append((8 - text.size() % 8) % 8, ' ');
  const std::uint64_t length = text.size();
  std::string bytes(sizeof length, '\0');
  std::memcpy(bytes.data(), &length, sizeof length);
  return bytes + text;
}

}  // namespace

Status write_safetensors(const std::string& path, const std::vector<TensorSource>& tensors,
                         const std::map<std::string, std::string>& metadata) {
  const auto order = in_file_order(tensors);
  const Result<std::string> header = header_bytes(order, metadata);
  if (!header) return header.status().at(path);
  Result<FileWriter> writer = FileWriter::create(path);
  if (!writer) return writer.status();
  QUIRE_TRY(writer->append(*header));
  for (const TensorSource* tensor : order) {
    const Status status = append_tensor(*writer, *tensor);
    if (!status.ok()) return status.at(path);
  }
  return writer->commit();
}

}  // namespace quire
