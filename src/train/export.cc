#include "train/export.h"

#include <filesystem>
#include <list>
#include <nlohmann/json.hpp>

#include "base/file.h"
#include "format/safetensors_writer.h"

namespace quire::train {

Status export_twin(const Twin& twin, const Alphabet& alphabet, PassShape pass,
                   const std::string& directory) {
  std::error_code error;
  std::filesystem::create_directories(directory, error);
  if (error) return io_error(directory + ": cannot make this folder: " + error.message());

  std::list<torch::Tensor> kept;  // the bytes must live until the file is written
  std::vector<TensorSource> sources;
  for (const auto& [name, weight] : twin.weights()) {
    kept.push_back(weight.detach().cpu().to(torch::kBFloat16).contiguous());
    const torch::Tensor& bf16 = kept.back();
    TensorView view;
    view.dtype = DType::kBF16;
    view.shape.assign(bf16.sizes().begin(), bf16.sizes().end());
    view.bytes = {static_cast<const std::uint8_t*>(bf16.data_ptr()), bf16.nbytes()};
    sources.push_back(TensorSource::borrow(name, view));
  }
  const nlohmann::json processor = {{"image_mean", {0.5, 0.5, 0.5}},
                                    {"image_std", {0.5, 0.5, 0.5}},
                                    {"normalize", true},
                                    {"image_token", "<image>"},
                                    {"patch_size", 16},
                                    {"downsample_ratio", 4}};
  QUIRE_TRY(write_file(directory + "/config.json",
                       twin.config().config_json(Alphabet::kImageToken, pass)));
  QUIRE_TRY(write_file(directory + "/processor_config.json", processor.dump(2)));
  QUIRE_TRY(write_file(directory + "/tokenizer.json", alphabet.tokenizer_json()));
  return write_safetensors(directory + "/model.safetensors", sources);
}

}  // namespace quire::train
