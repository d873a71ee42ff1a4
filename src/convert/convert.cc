#include "convert/convert.h"

#include <algorithm>
#include <cctype>
#include <filesystem>
#include <map>
#include <nlohmann/json.hpp>
#include <set>
#include <utility>

#include "base/file.h"
#include "convert/gguf_keys.h"
#include "convert/output_folder.h"
#include "convert/stored_type.h"
#include "format/gguf_pair.h"
#include "format/gguf_writer.h"
#include "format/safetensors_writer.h"
#include "model/gguf_layout.h"
#include "model/model_files.h"
#include "model/weights.h"
#include "text/vocabulary.h"

namespace quire {
namespace {

namespace fs = std::filesystem;

constexpr const char* kShard = "model-00001-of-000001.safetensors";
// Files of a model directory that say nothing about its weights and are taken along.
constexpr const char* kCompanions[] = {"processor_config.json", "tokenizer_config.json",
                                       "special_tokens_map.json", "generation_config.json"};

bool is_plain(DType type) {
  return type == DType::kF32 || type == DType::kF16 || type == DType::kBF16;
}
bool is_four_bits(DType type) {
  return type == DType::kQ4_0 || type == DType::kQ4_1 || type == DType::kQ4_K;
}

struct Source {
  std::string path;
  ModelFiles files;
  Vocabulary vocabulary;

  static Result<Source> open(const std::string& path) {
    Source source;
    source.path = path;
    Result<ModelFiles> files = ModelFiles::open(path);
    QUIRE_TRY(files);
    source.files = *std::move(files);
    // A tensor that is missing, or nobody's, is found before anything is written.
    QUIRE_TRY(load_weights(source.files.config, source.files.tensors));
    Result<Vocabulary> vocabulary = load_vocabulary(path);
    QUIRE_TRY(vocabulary);
    source.vocabulary = *std::move(vocabulary);
    return source;
  }
};

// What most elements are stored in.
Result<DType> main_type(const TensorSet& tensors) {
  std::map<DType, std::int64_t> elements;
  for (const std::string& name : tensors.names) {
    const auto view = tensors.find(name);
    QUIRE_TRY(view);
    elements[view->dtype] += view->elements();
  }
  const auto most =
      std::max_element(elements.begin(), elements.end(),
                       [](const auto& a, const auto& b) { return a.second < b.second; });
  return most == elements.end() ? DType::kBF16 : most->first;
}

Result<DType> choose_type(const Source& source, bool to_pair, const ConvertOptions& options) {
  if (!options.type) {
    const auto most = main_type(source.files.tensors);
    QUIRE_TRY(most);
    if (is_plain(*most)) return *most;
    return to_pair ? DType::kQ8_0 : DType::kBF16;
  }
  const std::string name(dtype_info(*options.type).name);
  if (dtype_info(*options.type).encode == nullptr) {
    return unsupported("Quire reads " + name + " but does not write it; take q8_0");
  }
  if (!to_pair && !is_plain(*options.type)) {
    return unsupported("a model directory can not hold " + name +
                       "; take f32, f16 or bf16, or an OUT that ends in .gguf");
  }
  if (is_four_bits(*options.type) && !options.force) {
    return unsupported(
        "four bits without calibration make this kind of model misread dense pages and loop; take "
        "q8_0, or q5_1 if it must be smaller, or insist with --force");
  }
  return *options.type;
}

// Adds up what goes out and tells whoever wants to know.
class Meter {
 public:
  Meter(const std::vector<const std::vector<TensorSource>*>& lists,
        const std::function<void(std::uint64_t, std::uint64_t)>& tell)
      : tell_(tell) {
    for (const auto* list : lists) {
      for (const TensorSource& source : *list) {
        total_ +=
            byte_size(source.dtype, source.shape).ok() ? *byte_size(source.dtype, source.shape) : 0;
      }
    }
  }
  void add(std::size_t bytes) {
    done_ += bytes;
    if (tell_) tell_(done_, total_);
  }
  std::uint64_t total() const { return total_; }

 private:
  const std::function<void(std::uint64_t, std::uint64_t)>& tell_;
  std::uint64_t done_ = 0, total_ = 0;
};

// A pair's general.name when nobody gave one: OUT's, without the type at its end.
std::string model_name(const std::string& out, DType type) {
  const std::string stem = fs::path(out).stem().string();
  std::string suffix = "-" + std::string(dtype_info(type).name), lower = stem;
  const auto fold = [](unsigned char c) { return static_cast<char>(std::tolower(c)); };
  std::transform(suffix.begin(), suffix.end(), suffix.begin(), fold);
  std::transform(lower.begin(), lower.end(), lower.begin(), fold);
  return lower.ends_with(suffix) && lower.size() > suffix.size()
             ? stem.substr(0, stem.size() - suffix.size())
             : stem;
}

struct PairTensors {
  std::vector<TensorSource> language, vision;
};

Result<PairTensors> pair_tensors(const Source& source, DType type,
                                 const std::function<void(std::size_t)>& wrote) {
  const TensorSet& set = source.files.tensors;
  const std::set<std::string_view> present(set.names.begin(), set.names.end());
  PairTensors tensors;
  for (GgufTensor& row : gguf_layout(source.files.config)) {
    // What may be absent; the rest was asked for when the source was opened.
    if (row.alternative || !present.contains(row.official.front())) continue;
    std::vector<TensorView> parts;
    for (const std::string& official : row.official) {
      const auto part = set.find(official);
      QUIRE_TRY(part);
      parts.push_back(*part);
    }
    Shape shape = parts.front().shape;
    if (parts.size() > 1) shape.insert(shape.begin(), std::ssize(parts));
    const DType stored = stored_type(type, row.precision, static_cast<std::size_t>(shape.back()));
    (row.vision ? tensors.vision : tensors.language)
        .push_back(cast_source(row.name, stored, std::move(shape), std::move(parts), wrote));
  }
  return tensors;
}

Result<Converted> write_pair(const Source& source, const std::string& out, DType type,
                             const ConvertOptions& options) {
  const std::string name = options.name.empty() ? model_name(out, type) : options.name;
  const auto keys = pair_keys(source.files.config, source.vocabulary, name, type);
  if (!keys) return keys.status().at(source.path);

  std::function<void(std::size_t)> wrote;
  const auto tensors = pair_tensors(source, type, [&](std::size_t bytes) { wrote(bytes); });
  QUIRE_TRY(tensors);
  Meter meter({&tensors->vision, &tensors->language}, options.on_bytes);
  wrote = [&](std::size_t bytes) { meter.add(bytes); };

  const auto folder = OutputFolder::beside(out);
  QUIRE_TRY(folder);
  const std::string language = fs::path(out).filename().string();
  const std::string vision = vision_path_beside(language), vision_out = vision_path_beside(out);
  QUIRE_TRY(write_gguf(folder->path(vision), keys->vision, tensors->vision));
  QUIRE_TRY(write_gguf(folder->path(language), keys->language, tensors->language));

  const auto back = ModelFiles::open(folder->path(language));
  QUIRE_TRY(back);
  if (back->config != source.files.config) {
    return unsupported(source.path +
                       ": a GGUF pair can not describe this model; read back, its sizes would "
                       "be others than its config says");
  }
  QUIRE_TRY(folder->move_file(vision, vision_out));
  QUIRE_TRY(folder->move_file(language, out));
  return Converted{
      {out, vision_out}, type, tensors->language.size() + tensors->vision.size(), meter.total()};
}

std::string index_json(const std::vector<TensorSource>& tensors, std::uint64_t bytes) {
  nlohmann::ordered_json index = {{"metadata", {{"total_size", bytes}}}};
  nlohmann::json names = nlohmann::json::object();
  for (const TensorSource& tensor : tensors) names[tensor.name] = kShard;
  index["weight_map"] = names;
  return index.dump(1) + "\n";
}

std::string with_type(const std::string& config_json, DType type) {
  const char* name = type == DType::kF32 ? "float32" : type == DType::kF16 ? "float16" : "bfloat16";
  auto config = nlohmann::ordered_json::parse(config_json, nullptr, false);
  config["torch_dtype"] = name;
  for (const char* part : {"language_config", "text_config"}) {
    if (config.contains(part) && config[part].is_object()) config[part]["torch_dtype"] = name;
  }
  return config.dump(1) + "\n";
}

// Everything but the weights.
Status write_companions(const Source& source, DType type, const OutputFolder& folder) {
  QUIRE_TRY(write_file(folder.path("config.json"), with_type(source.files.config_json, type)));
  if (is_gguf_model(source.path)) {
    const nlohmann::ordered_json processor = {{"image_mean", {0.5, 0.5, 0.5}},
                                              {"image_std", {0.5, 0.5, 0.5}},
                                              {"normalize", true},
                                              {"image_token", "<image>"},
                                              {"patch_size", 16},
                                              {"downsample_ratio", 4},
                                              {"pad_token", "<\uFF5C\u2581pad\u2581\uFF5C>"},
                                              {"sft_format", "deepseek"},
                                              {"processor_class", "DeepseekVLV2Processor"},
                                              {"candidate_resolutions", {{1024, 1024}}},
                                              {"ignore_id", -100},
                                              {"mask_prompt", false},
                                              {"add_special_token", false}};
    QUIRE_TRY(write_file(folder.path("processor_config.json"), processor.dump(1) + "\n"));
    return write_file(folder.path("tokenizer.json"), tokenizer_json(source.vocabulary));
  }
  const auto copy = [&](const std::string& name) -> Status {
    const auto bytes = read_file(source.path + "/" + name);
    QUIRE_TRY(bytes);
    return write_file(folder.path(name), *bytes);
  };
  QUIRE_TRY(copy("tokenizer.json"));
  for (const char* name : kCompanions) {
    if (fs::exists(fs::path(source.path) / name)) QUIRE_TRY(copy(name));
  }
  return {};
}

Result<Converted> write_directory(const Source& source, const std::string& out, DType type,
                                  const ConvertOptions& options) {
  std::error_code error;
  if (fs::exists(out, error) && !fs::is_empty(out, error)) {
    return invalid(out +
                   ": exists already; a model directory is written as a whole, to a new name");
  }
  std::function<void(std::size_t)> wrote;
  std::vector<TensorSource> tensors;
  for (const std::string& name : source.files.tensors.names) {
    const auto view = source.files.tensors.find(name);
    QUIRE_TRY(view);
    const bool whole_numbers =
        view->dtype == DType::kI32 || view->dtype == DType::kI64 || view->dtype == DType::kU8;
    tensors.push_back(cast_source(name, whole_numbers ? view->dtype : type, view->shape, {*view},
                                  [&](std::size_t bytes) { wrote(bytes); }));
  }
  Meter meter({&tensors}, options.on_bytes);
  wrote = [&](std::size_t bytes) { meter.add(bytes); };

  auto folder = OutputFolder::beside(out);
  QUIRE_TRY(folder);
  QUIRE_TRY(write_companions(source, type, *folder));
  QUIRE_TRY(write_safetensors(folder->path(kShard), tensors, {{"format", "pt"}}));
  QUIRE_TRY(
      write_file(folder->path("model.safetensors.index.json"), index_json(tensors, meter.total())));
  const auto back = ModelFiles::open(folder->folder());
  QUIRE_TRY(back);
  QUIRE_TRY(load_vocabulary(folder->folder()));
  if (back->config != source.files.config) {
    return internal(out + ": read back, the model would have other sizes than " + source.path);
  }
  QUIRE_TRY(folder->become(out));
  return Converted{{out}, type, tensors.size(), meter.total()};
}

}  // namespace

Result<Converted> convert(const std::string& in, const std::string& out,
                          const ConvertOptions& options) {
  const bool to_pair = out.ends_with(".gguf");
  Result<Source> source = Source::open(in);
  QUIRE_TRY(source);
  const Result<DType> type = choose_type(*source, to_pair, options);
  QUIRE_TRY(type);
  return to_pair ? write_pair(*source, out, *type, options)
                 : write_directory(*source, out, *type, options);
}

}  // namespace quire
