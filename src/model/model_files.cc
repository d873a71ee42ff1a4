#include "model/model_files.h"

#include <map>
#include <optional>
#include <utility>

#include "base/file.h"
#include "format/checkpoint.h"
#include "format/gguf_pair.h"
#include "model/gguf_config.h"
#include "model/gguf_layout.h"

namespace quire {
namespace {

// Experts of all layers together that a pair may claim to have: each costs a few names before any
// of them is looked for. The official model has 704.
constexpr std::size_t kMostExperts = std::size_t{1} << 17;

// A pair's tensors by their official names.
class PairTensors {
 public:
  PairTensors(GgufPair pair, const Config& config)
      : pair_(std::move(pair)), layout_(gguf_layout(config)) {
    for (const GgufTensor& tensor : layout_) {
      const bool here = file(tensor).contains(tensor.name);
      if (here) known_.emplace(tensor.name, &tensor);
      for (std::size_t i = 0; i < tensor.official.size(); ++i) {
        // What is not there is remembered only to be named.
        if (here || !tensor.alternative) {
          Place& place = places_[tensor.official[i]];
          if (here || place.tensor == nullptr) place = {&tensor, i};
        }
      }
    }
  }

  // Tensors that no model of this kind has come under their own names, for someone to wonder at.
  std::vector<std::string> names() const {
    std::vector<std::string> names;
    for (const GgufTensor& tensor : layout_) {
      if (!file(tensor).contains(tensor.name)) continue;
      names.insert(names.end(), tensor.official.begin(), tensor.official.end());
    }
    for (const GgufFile* half : {&pair_.language, &pair_.vision}) {
      for (const std::string& name : half->names()) {
        if (!known_.contains(name)) names.push_back(name);
      }
    }
    return names;
  }

  Result<TensorView> find(std::string_view official) const {
    const auto found = places_.find(official);
    if (found == places_.end()) {
      return not_found(origin() + ": this kind of file has no tensor \"" + std::string(official) +
                       "\"");
    }
    const GgufTensor& tensor = *found->second.tensor;
    Result<TensorView> whole = file(tensor).find(tensor.name);
    const std::string& path = tensor.vision ? pair_.paths.vision : pair_.paths.language;
    if (!whole) return whole.status().at(path + ": " + std::string(official));
    if (tensor.official.size() == 1) {
      // Programs that write a file again drop the first size when it is 1; one tensor has it.
      if (official.ends_with("pos_embed") && whole->shape.size() == 3) {
        whole->shape.insert(whole->shape.begin(), 1);
      }
      return whole;
    }
    auto part = part_of(*whole, found->second.part, tensor.official.size());
    if (part) return *std::move(part);
    return invalid(path + ": tensor \"" + tensor.name + "\" has the shape " +
                   to_string(whole->shape) + ", in which " +
                   std::to_string(tensor.official.size()) + " matrices are not stacked");
  }

  std::string origin() const { return pair_.paths.language + " and " + pair_.paths.vision; }

 private:
  struct Place {
    const GgufTensor* tensor = nullptr;
    std::size_t part = 0;  // of tensor->official
  };

  const GgufFile& file(const GgufTensor& tensor) const {
    return tensor.vision ? pair_.vision : pair_.language;
  }

  // The index-th of `count` matrices stacked in a tensor of three axes.
  static std::optional<TensorView> part_of(const TensorView& whole, std::size_t index,
                                           std::size_t count) {
    const auto parts = static_cast<std::int64_t>(count);
    if (whole.shape.size() != 3 || parts % whole.shape[0] != 0) return std::nullopt;
    const std::int64_t rows = whole.shape[0] * whole.shape[1];
    if (rows % parts != 0) return std::nullopt;
    TensorView view = whole;
    view.shape = {rows / parts, whole.shape[2]};
    const std::size_t bytes = whole.bytes.size() / count;
    view.bytes = whole.bytes.subspan(index * bytes, bytes);
    return view;
  }

  GgufPair pair_;
  std::vector<GgufTensor> layout_;
  std::map<std::string, const GgufTensor*, std::less<>> known_;
  std::map<std::string, Place, std::less<>> places_;
};

Result<ModelFiles> open_pair(const std::string& path) {
  Result<GgufPair> pair = GgufPair::open(path);
  QUIRE_TRY(pair);
  ModelFiles files;
  Result<std::string> json = config_json_of(*pair);
  QUIRE_TRY(json);
  files.config_json = *std::move(json);
  Result<Config> config = Config::parse(files.config_json);
  if (!config) return config.status().at(pair->paths.language + ", read as a config.json");
  files.config = *std::move(config);
  if (files.config.text.layers * files.config.text.experts > kMostExperts) {
    return over_limit(pair->paths.language + ": claims " +
                      std::to_string(files.config.text.experts) + " experts in each of " +
                      std::to_string(files.config.text.layers) + " layers; the limit is " +
                      std::to_string(kMostExperts) + " in all");
  }
  const auto tensors = std::make_shared<const PairTensors>(*std::move(pair), files.config);
  files.tensors = {tensors->origin(), tensors->names(),
                   [&from = *tensors](std::string_view name) { return from.find(name); }, true};
  files.storage = tensors;
  return files;
}

Result<ModelFiles> open_directory(const std::string& directory) {
  ModelFiles files;
  Result<Config> config = Config::load(directory);
  QUIRE_TRY(config);
  files.config = *std::move(config);
  Result<std::string> json = read_file(directory + "/config.json");
  QUIRE_TRY(json);
  files.config_json = *std::move(json);
  Result<Checkpoint> opened = Checkpoint::open(directory);
  QUIRE_TRY(opened);
  const auto checkpoint = std::make_shared<const Checkpoint>(*std::move(opened));
  files.tensors = {directory, checkpoint->names(),
                   [&from = *checkpoint](std::string_view name) { return from.find(name); }, true};
  files.storage = checkpoint;
  return files;
}

}  // namespace

Result<ModelFiles> ModelFiles::open(const std::string& path) {
  return is_gguf_model(path) ? open_pair(path) : open_directory(path);
}

}  // namespace quire
