#include "app/inspection.h"

#include <algorithm>
#include <filesystem>

#include "base/file.h"
#include "fold/quire_file.h"
#include "format/checkpoint.h"
#include "format/gguf_pair.h"
#include "format/json.h"
#include "format/safetensors.h"
#include "model/model.h"

namespace quire {
namespace {

namespace fs = std::filesystem;

struct PartPrefix {
  std::string_view prefix, part;
};

// The first prefix that fits decides. Official names, then those of a GGUF pair.
constexpr PartPrefix kParts[] = {
    {"model.sam_model.net_", "compressor"},
    {"model.sam_model.", "sam"},
    {"model.vision_model.", "clip"},
    {"model.projector.", "projector"},
    {"model.image_newline", "projector"},
    {"model.view_seperator", "projector"},
    {"model.embed_tokens.", "embedding"},
    {"lm_head.", "output"},
    {"model.layers.", "decoder"},
    {"model.norm.", "decoder"},
    {"v.sam.net_", "compressor"},
    {"v.sam.", "sam"},
    {"v.image_newline", "projector"},
    {"v.view_seperator", "projector"},
    {"v.", "clip"},
    {"mm.", "projector"},
    {"token_embd.", "embedding"},
    {"output.", "output"},
    {"output_norm.", "decoder"},
    {"blk.", "decoder"},
};

// Checkpoint, SafetensorsFile or GgufFile.
template <typename Container>
Result<std::vector<InspectedTensor>> list_tensors(const Container& container) {
  std::vector<InspectedTensor> tensors;
  for (const std::string& name : container.names()) {
    const auto view = container.find(name);
    QUIRE_TRY(view);
    tensors.push_back({name, part_of(name), view->dtype, view->shape, view->bytes.size()});
  }
  return tensors;
}

// What the model can be asked, or why it can not be opened.
void add_modes(const std::string& path, Inspection& found) {
  const auto model = Model::open(path);
  if (!model) {
    found.problem = model.status().message();
    return;
  }
  for (const Mode& mode : kModes) {
    const bool fits =
        model->check_side(static_cast<std::size_t>(mode.view_side)).ok() &&
        (mode.tile_side == 0 || model->check_side(static_cast<std::size_t>(mode.tile_side)).ok());
    if (fits) found.modes.push_back(mode);
  }
}

Result<Inspection> inspect_model(const std::string& path) {
  const auto checkpoint = Checkpoint::open(path);
  QUIRE_TRY(checkpoint);
  auto tensors = list_tensors(*checkpoint);
  QUIRE_TRY(tensors);
  Inspection found;
  found.kind = "model";
  found.files = {path};
  found.tensors = *std::move(tensors);
  const auto config = read_json((fs::path(path) / "config.json").string());
  QUIRE_TRY(config);
  found.config = nlohmann::ordered_json(*config);
  add_modes(path, found);
  return found;
}

Result<Inspection> inspect_safetensors(const std::string& path) {
  const auto file = SafetensorsFile::open(path);
  QUIRE_TRY(file);
  auto tensors = list_tensors(*file);
  QUIRE_TRY(tensors);
  Inspection found;
  found.kind = "safetensors";
  found.files = {path};
  found.tensors = *std::move(tensors);
  found.config = nlohmann::ordered_json(file->metadata());
  return found;
}

nlohmann::ordered_json to_json(const GgufValue& value) {
  const auto plain = [](const auto& data) -> nlohmann::ordered_json {
    if constexpr (requires {
                    data.push_back(data.front());
                    data.capacity();
                  } &&
                  !std::is_same_v<std::decay_t<decltype(data)>, std::string>) {
      if (data.size() > 16) return "array of " + std::to_string(data.size());
    }
    return data;
  };
  return std::visit(plain, value.data);
}

Status add_gguf(const std::string& path, const GgufFile& file, Inspection& found) {
  auto tensors = list_tensors(file);
  QUIRE_TRY(tensors);
  found.files.push_back(path);
  found.tensors.insert(found.tensors.end(), tensors->begin(), tensors->end());
  for (const GgufEntry& entry : file.metadata()) {
    // Both halves of a pair say what they are; each keeps its own answer.
    const std::string& key = entry.key;
    found.config[found.config.contains(key) ? "mmproj." + key : key] = to_json(entry.value);
  }
  return {};
}

Result<Inspection> inspect_pair(const std::string& path) {
  Inspection found;
  found.kind = "gguf";
  const auto pair = GgufPair::open(path);
  QUIRE_TRY(pair);
  QUIRE_TRY(add_gguf(pair->paths.language, pair->language, found));
  QUIRE_TRY(add_gguf(pair->paths.vision, pair->vision, found));
  add_modes(path, found);
  return found;
}

// A file that is half of a pair is shown with the other half when that is beside it.
Result<Inspection> inspect_gguf(const std::string& path) {
  const auto file = GgufFile::open(path);
  QUIRE_TRY(file);
  const auto architecture = file->get_string("general.architecture", "");
  QUIRE_TRY(architecture);
  Inspection found;
  found.kind = "gguf";
  if (*architecture == kLanguageArchitecture) {
    const auto paths = find_gguf_pair(path);
    if (paths) return inspect_pair(path);
    found.note = paths.status().message();
  } else if (*architecture == kVisionArchitecture) {
    found.note =
        path + ": the vision half of a pair (mmproj); it is run by its language file's name";
  }
  QUIRE_TRY(add_gguf(path, *file, found));
  return found;
}

Result<Inspection> inspect_quire(const std::string& path) {
  const auto file = QuireFile::open(path);
  QUIRE_TRY(file);
  const QuirePlan& plan = file->plan();
  Inspection found;
  found.kind = "quire";
  found.files = {path};
  found.config = {{"program", plan.program},
                  {"font", plan.font},
                  {"model", plan.model},
                  {"text_tokenizer", plan.text_tokenizer},
                  {"text_bytes", plan.text_bytes},
                  {"text_chars", plan.text_chars},
                  {"text_tokens", plan.text_tokens},
                  {"unknown_chars", plan.unknown_chars},
                  {"exact", plan.exact},
                  {"file_bytes", file->size()}};
  if (plan.expected_accuracy) found.config["expected_accuracy"] = *plan.expected_accuracy;
  found.pages = nlohmann::ordered_json::array();
  for (const QuirePage& page : file->pages()) {
    if (!page.damage.ok()) {
      found.pages.push_back({{"damage", page.damage.message()}});
      found.problem += (found.problem.empty() ? path + ": " : "; ") + page.damage.message();
      continue;
    }
    const PageLayout& layout = page.head.layout;
    found.pages.push_back({{"mode", page.head.mode},
                           {"side", layout.side},
                           {"columns", layout.columns},
                           {"rows_per_token", layout.rows_per_token},
                           {"fixed_pitch", page.head.fixed_pitch},
                           {"chars", page.head.characters},
                           {"picture_bytes", page.picture.size()},
                           {"token_bytes", page.tokens ? page.tokens->values.size() : 0},
                           {"correction_bytes", page.correction ? page.correction->size() : 0}});
    const auto mode = find_mode(page.head.mode);
    const auto same = [&](const Mode& other) { return other.name == page.head.mode; };
    if (mode && std::none_of(found.modes.begin(), found.modes.end(), same)) {
      found.modes.push_back(*mode);
    }
  }
  return found;
}

}  // namespace

std::uint64_t Inspection::parameters() const {
  std::uint64_t sum = 0;
  for (const InspectedTensor& tensor : tensors) {
    sum += static_cast<std::uint64_t>(element_count(tensor.shape));
  }
  return sum;
}

std::string_view part_of(std::string_view tensor) {
  for (const PartPrefix& row : kParts) {
    if (tensor.starts_with(row.prefix)) return row.part;
  }
  return "other";
}

Result<Inspection> inspect(const std::string& path) {
  std::error_code ignored;
  if (fs::is_directory(path, ignored)) {
    return is_gguf_model(path) ? inspect_pair(path) : inspect_model(path);
  }
  const auto file = MappedFile::open(path);
  QUIRE_TRY(file);
  const auto bytes = file->bytes();
  const std::string begin(bytes.begin(),
                          bytes.begin() + std::min<std::ptrdiff_t>(8, std::ssize(bytes)));
  if (begin.starts_with("GGUF")) return inspect_gguf(path);
  if (begin.starts_with("\x89QUIRE")) return inspect_quire(path);
  return inspect_safetensors(path);
}

}  // namespace quire
