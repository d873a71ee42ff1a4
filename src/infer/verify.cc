#include "infer/verify.h"

#include <algorithm>
#include <cmath>
#include <filesystem>
#include <map>
#include <nlohmann/json.hpp>
#include <optional>
#include <utility>

#include "format/image_file.h"
#include "format/json.h"
#include "format/safetensors.h"
#include "infer/computed.h"
#include "model/model.h"
#include "text/tokenizer.h"

namespace quire {
namespace {

// A reference whose choice of experts hung on less than this may be decided either way by rounding.
constexpr double kRouterGap = 1e-6;

Result<CaseInput> read_input(const std::string& directory, const Json& meta,
                             const SafetensorsFile& golden) {
  CaseInput input;
  Result<std::string> prompt = get_string(meta, "prompt");
  if (!prompt) return prompt.status();
  input.prompt = *std::move(prompt);
  if (const Result<TensorView> ids = golden.find("greedy_ids"))
    input.steps = static_cast<std::size_t>(ids->elements());

  const auto add_view = [&](const std::string& name) -> Status {
    Result<DecodedImage> view = read_image(directory + "/" + name);
    if (!view) return view.status();
    input.views.push_back(std::move(view->image));
    return {};
  };
  if (!std::filesystem::exists(directory + "/view_global.png")) return input;
  QUIRE_TRY(add_view("view_global.png"));
  const Result<std::vector<std::int64_t>> grid = get_ints(meta, "grid", {{1, 1}}, {1, 1000});
  if (!grid) return grid.status();
  if (grid->size() != 2) return invalid("\"grid\" must be two numbers, columns and rows");
  const auto tiles = static_cast<std::size_t>((*grid)[0] * (*grid)[1]);
  if (tiles == 1) return input;  // small pictures have no tiles
  input.columns = static_cast<std::size_t>((*grid)[0]);
  input.rows = static_cast<std::size_t>((*grid)[1]);
  for (std::size_t i = 0; i < tiles; ++i)
    QUIRE_TRY(add_view("view_tile_" + std::to_string(i) + ".png"));
  return input;
}

// How far apart the stored values stand in the whole tensor; 1 when all are stored.
std::size_t stride_of(const Json& meta, const std::string& tensor) {
  const Json* entry = nullptr;
  if (tensor.starts_with("tap.")) {
    if (const Json* taps = find_key(meta, "taps")) entry = find_key(*taps, tensor.substr(4));
  } else if (tensor.starts_with("pixels_tile_")) {
    const Json* tiles = find_key(meta, "pixels_tiles");
    const std::size_t index = std::strtoul(tensor.c_str() + 12, nullptr, 10);
    if (tiles && tiles->is_array() && index < tiles->size()) entry = &(*tiles)[index];
  } else if (tensor == "pixels_global") {
    entry = find_key(meta, "pixels_global");
  }
  if (!entry) return 1;
  const Result<std::int64_t> stride = get_int(*entry, "sub_stride", 1, {1, 1 << 30});
  return stride ? static_cast<std::size_t>(*stride) : 1;
}

VerifyRow compare(const std::string& name, const TensorView& golden, const Tensor* computed,
                  std::size_t stride, double tolerance, bool experts_may_flip) {
  VerifyRow row;
  row.tensor = name;
  row.exact = golden.dtype == DType::kI32 || golden.dtype == DType::kI64;
  if (!computed) {
    row.note = "this build computes no tensor of that name";
    row.error = INFINITY;
    return row;
  }
  const auto count = static_cast<std::size_t>(golden.elements());
  if ((computed->size() + stride - 1) / stride != count) {
    row.note = "golden has " + std::to_string(count) + " values, this build " +
               std::to_string((computed->size() + stride - 1) / stride) + " of " +
               to_string(computed->shape);
    row.error = INFINITY;
    return row;
  }
  std::vector<float> want(count);
  to_float(golden, want.data());
  double difference = 0, norm = 0;
  std::size_t unequal = 0;
  for (std::size_t i = 0; i < count; ++i) {
    const double w = want[i], g = computed->values[i * stride];
    difference += (g - w) * (g - w);
    norm += w * w;
    unequal += g != w;
  }
  if (row.exact) {
    row.error = count ? static_cast<double>(unequal) / static_cast<double>(count) : 0;
    row.pass = unequal == 0 || (name == "router_topk_idx" && experts_may_flip);
    if (unequal != 0 && row.pass) row.note = "the reference's choice hung on a rounding error";
  } else {
    row.error = norm > 0 ? std::sqrt(difference / norm) : std::sqrt(difference);
    row.pass = row.error < tolerance;
  }
  return row;
}

}  // namespace

bool VerifyReport::pass() const {
  return std::all_of(rows.begin(), rows.end(), [](const VerifyRow& row) { return row.pass; });
}

double VerifyReport::worst_error() const {
  double worst = 0;
  for (const VerifyRow& row : rows) {
    if (!row.exact) worst = std::max(worst, row.error);
  }
  return worst;
}

Result<VerifyReport> run_case(const Model& model, const Tokenizer& tokenizer,
                              const std::string& case_directory, double tolerance) {
  const Result<Json> meta = read_json(case_directory + "/meta.json");
  if (!meta) return meta.status();
  const Result<SafetensorsFile> golden =
      SafetensorsFile::open(case_directory + "/golden.safetensors");
  if (!golden) return golden.status();
  const Result<CaseInput> input = read_input(case_directory, *meta, *golden);
  if (!input) return input.status().at(case_directory);
  const auto tensors = compute_case(model, tokenizer, *input);
  if (!tensors) return tensors.status().at(case_directory);

  std::map<std::string, const Tensor*> computed;
  for (const NamedTensor& tensor : *tensors) computed[tensor.name] = &tensor.values;
  const Result<double> gap = get_number(*meta, "router_min_gap_prefill", 1.0);
  VerifyReport report;
  const auto add = [&](const std::string& stored) -> Status {
    // A part of a tensor may be stored under the whole's name with "_sub".
    const std::string name =
        stored.ends_with("_sub") ? stored.substr(0, stored.size() - 4) : stored;
    const Result<TensorView> view = golden->find(stored);
    if (!view) return view.status();
    const auto found = computed.find(name);
    report.rows.push_back(compare(name, *view, found == computed.end() ? nullptr : found->second,
                                  stride_of(*meta, name), tolerance, gap && *gap < kRouterGap));
    return {};
  };
  // In the order of the computation; what is left are names this build does not know.
  std::vector<std::string> left = golden->names();
  for (const NamedTensor& tensor : *tensors) {
    const auto stored = std::find_if(left.begin(), left.end(), [&](const std::string& name) {
      return name == tensor.name || name == tensor.name + "_sub";
    });
    if (stored == left.end()) continue;
    QUIRE_TRY(add(*stored));
    left.erase(stored);
  }
  for (const std::string& stored : left) QUIRE_TRY(add(stored));
  return report;
}

Result<VerifyReport> run_case(const std::string& model_directory, const std::string& case_directory,
                              double tolerance) {
  const Result<Model> model = Model::open(model_directory);
  if (!model) return model.status();
  const Result<Tokenizer> tokenizer = Tokenizer::load(model_directory + "/tokenizer.json");
  if (!tokenizer) return tokenizer.status();
  return run_case(*model, *tokenizer, case_directory, tolerance);
}

}  // namespace quire
