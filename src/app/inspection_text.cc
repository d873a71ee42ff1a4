// An inspection as a table and as JSON.
#include <cstdio>
#include <map>

#include "app/inspection.h"
#include "kernel/kernels.h"

namespace quire {
namespace {

// 20123456 as "20,123,456".
std::string grouped(std::uint64_t n) {
  std::string digits = std::to_string(n);
  for (std::size_t at = digits.size(); at > 3; at -= 3) digits.insert(at - 3, ",");
  return digits;
}

// "6.7 GB".
std::string size_text(std::uint64_t bytes) {
  char text[32];
  const auto size = static_cast<double>(bytes);
  if (size < 1e9) {
    std::snprintf(text, sizeof text, "%.1f MB", size / 1e6);
  } else {
    std::snprintf(text, sizeof text, "%.2f GB", size / 1e9);
  }
  return text;
}

struct Sum {
  std::uint64_t parameters = 0, bytes = 0;
};

// In the order in which they first come.
template <typename Key>
std::vector<std::pair<std::string, Sum>> sums(const Inspection& inspection, const Key& key) {
  std::vector<std::pair<std::string, Sum>> found;
  std::map<std::string, std::size_t, std::less<>> place;
  for (const InspectedTensor& tensor : inspection.tensors) {
    const std::string name(key(tensor));
    const auto [entry, fresh] = place.emplace(name, found.size());
    if (fresh) found.emplace_back(name, Sum());
    Sum& sum = found[entry->second].second;
    sum.parameters += static_cast<std::uint64_t>(element_count(tensor.shape));
    sum.bytes += tensor.bytes;
  }
  return found;
}
std::vector<std::pair<std::string, Sum>> parts(const Inspection& inspection) {
  return sums(inspection, [](const InspectedTensor& tensor) { return tensor.part; });
}
// Of one part, or of all.
std::vector<std::pair<std::string, Sum>> types(const Inspection& inspection,
                                               std::string_view part = {}) {
  const auto key = [&](const InspectedTensor& tensor) {
    return part.empty() || tensor.part == part ? dtype_info(tensor.dtype).name : std::string_view();
  };
  auto found = sums(inspection, key);
  std::erase_if(found, [](const auto& entry) { return entry.first.empty(); });
  return found;
}

// A row for each part: its parameters, its bytes, the types it is stored in.
void append_weights(const Inspection& inspection, std::string& out) {
  const auto row = [&out](const std::string& name, const Sum& sum, const std::string& end) {
    char line[160];
    std::snprintf(line, sizeof line, "    %-10s %16s  %10s  ", name.c_str(),
                  grouped(sum.parameters).c_str(), size_text(sum.bytes).c_str());
    out += line + end + "\n";
  };
  Sum all{inspection.parameters(), 0};
  for (const InspectedTensor& tensor : inspection.tensors) all.bytes += tensor.bytes;
  out += "  parts\n";
  for (const auto& [part, sum] : parts(inspection)) {
    std::string stored;
    for (const auto& [type, ignored] : types(inspection, part)) {
      stored += (stored.empty() ? "" : ", ") + type;
    }
    row(part, sum, stored);
  }
  row("all", all, std::to_string(inspection.tensors.size()) + " tensors");
  out += "  types\n";
  for (const auto& [type, sum] : types(inspection)) row(type, sum, "");
}

// Objects as indented lines, "key  value".
void append_config(const nlohmann::ordered_json& json, const std::string& indent,
                   std::string& out) {
  for (const auto& [key, value] : json.items()) {
    if (value.is_object()) {
      out += indent + key + "\n";
      append_config(value, indent + "  ", out);
    } else {
      out += indent + key + "  " +
             value.dump(-1, ' ', false, nlohmann::ordered_json::error_handler_t::replace) + "\n";
    }
  }
}

void append_pages(const nlohmann::ordered_json& pages, std::string& out) {
  for (std::size_t i = 0; i < pages.size(); ++i) {
    out += "  page " + std::to_string(i + 1) + "  ";
    std::string separator;
    for (const auto& [key, value] : pages[i].items()) {
      out += separator + key + " " + (value.is_string() ? value.get<std::string>() : value.dump());
      separator = ", ";
    }
    out += "\n";
  }
}

}  // namespace

std::string inspection_text(const Inspection& inspection, bool list_tensors) {
  std::string text = inspection.kind + "\n";
  for (const std::string& file : inspection.files) text += "  " + file + "\n";
  if (!inspection.note.empty()) text += "  note  " + inspection.note + "\n";
  if (!inspection.tensors.empty()) append_weights(inspection, text);
  if (!inspection.modes.empty()) {
    text += "  modes\n";
    for (const Mode& mode : inspection.modes) {
      const int side = mode.view_side;
      text += "    " + std::string(mode.name) + ": " + std::to_string(side) + " pixels, " +
              std::to_string(side_tokens(side) * side_tokens(side)) + " tokens" +
              (mode.tile_side > 0 ? ", and tiles of " + std::to_string(mode.tile_side) : "") + "\n";
    }
  }
  text += "  config\n";
  append_config(inspection.config, "    ", text);
  append_pages(inspection.pages, text);
  text += std::string("  isa  ") + kernel::isa_name() + "\n";
  if (!list_tensors) return text;
  for (const InspectedTensor& tensor : inspection.tensors) {
    text += "  " + tensor.name + "  " + std::string(dtype_info(tensor.dtype).name) + "  " +
            to_string(tensor.shape) + "\n";
  }
  return text;
}

nlohmann::ordered_json inspection_json(const Inspection& inspection) {
  using Json = nlohmann::ordered_json;
  const auto sums_json = [](const std::vector<std::pair<std::string, Sum>>& list) {
    Json json = Json::object();
    for (const auto& [name, sum] : list) {
      json[name] = {{"parameters", sum.parameters}, {"bytes", sum.bytes}};
    }
    return json;
  };
  Json tensors = Json::array(), modes = Json::array();
  for (const InspectedTensor& tensor : inspection.tensors) {
    tensors.push_back({{"name", tensor.name},
                       {"part", tensor.part},
                       {"type", dtype_info(tensor.dtype).name},
                       {"shape", tensor.shape},
                       {"bytes", tensor.bytes}});
  }
  for (const Mode& mode : inspection.modes) {
    const int across = side_tokens(mode.view_side);
    modes.push_back({{"name", mode.name},
                     {"view_side", mode.view_side},
                     {"tile_side", mode.tile_side},
                     {"vision_tokens", across * across},
                     {"sequence_tokens", across * across + across + 1}});
  }
  Json json = {{"kind", inspection.kind},
               {"files", inspection.files},
               {"parameters", inspection.parameters()},
               {"parts", sums_json(parts(inspection))},
               {"types", sums_json(types(inspection))},
               {"tensors", std::move(tensors)},
               {"modes", std::move(modes)},
               {"config", inspection.config},
               {"isa", kernel::isa_name()}};
  if (!inspection.pages.is_null()) json["pages"] = inspection.pages;
  if (!inspection.note.empty()) json["note"] = inspection.note;
  if (!inspection.problem.empty()) json["problem"] = inspection.problem;
  return json;
}

}  // namespace quire
