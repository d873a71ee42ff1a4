#include "infer/verify.h"

#include <algorithm>
#include <cmath>
#include <functional>
#include <map>
#include <span>
#include <utility>

#include "format/checksum.h"
#include "infer/golden_case.h"
#include "model/model.h"
#include "text/tokenizer.h"

namespace quire {
namespace {

// A reference whose choice of experts hung on less than this may be decided either way by rounding.
constexpr double kRouterGap = 1e-6;

// The bytes of every view against the checksum that the reference noted.
void compare_views(const GoldenCase& golden, VerifyReport& report) {
  if (!golden.input.views) return;
  const Views& views = *golden.input.views;
  for (std::size_t i = 0; i < std::min(1 + views.tiles.size(), golden.view_sums.size()); ++i) {
    if (golden.view_sums[i].empty()) continue;
    const Image& view = i == 0 ? views.global : views.tiles[i - 1];
    VerifyRow row;
    row.tensor = i == 0 ? "view_global" : "view_tile_" + std::to_string(i - 1);
    row.exact = true;
    row.pass = golden.view_sums[i] == sha256_hex(view.rgb);
    row.error = row.pass ? 0 : 1;
    if (!row.pass) row.note = "the bytes differ from the reference's (SHA-256)";
    report.rows.push_back(std::move(row));
  }
}

VerifyRow failed(std::string tensor, std::string note) {
  VerifyRow row;
  row.tensor = std::move(tensor);
  row.error = INFINITY;
  row.note = std::move(note);
  return row;
}

const Tensor* find(const std::vector<NamedTensor>& tensors, const std::string& name) {
  const auto found = std::find_if(tensors.begin(), tensors.end(),
                                  [&](const NamedTensor& tensor) { return tensor.name == name; });
  return found == tensors.end() ? nullptr : &found->values;
}

// How many greedy steps can be compared: all, unless the ids part where the reference's best two
// scores lie closer together than `tolerance` (of the scores' root mean square) lets scores move.
// Behind that step two right engines write different texts.
std::size_t comparable_steps(const GoldenCase& golden, const std::vector<NamedTensor>& computed,
                             double tolerance) {
  const Result<TensorView> scores_view = golden.tensors.find("greedy_logits");
  const Result<TensorView> ids_view = golden.tensors.find("greedy_ids");
  const Tensor* ids = find(computed, "greedy_ids");
  if (!scores_view || !ids_view || !ids) return SIZE_MAX;
  std::vector<float> scores(static_cast<std::size_t>(scores_view->elements()));
  std::vector<float> want(static_cast<std::size_t>(ids_view->elements()));
  to_float(*scores_view, scores.data());
  to_float(*ids_view, want.data());
  const std::size_t steps = std::min(want.size(), ids->size());
  const std::size_t step = static_cast<std::size_t>(
      std::mismatch(want.begin(), want.begin() + static_cast<std::ptrdiff_t>(steps),
                    ids->values.begin())
          .first -
      want.begin());
  if (step == steps || scores.size() % want.size() != 0) return SIZE_MAX;
  const std::size_t vocabulary = scores.size() / want.size();
  std::span<float> row(scores.data() + step * vocabulary, vocabulary);
  double squares = 0;
  for (const float score : row) squares += static_cast<double>(score) * score;
  std::nth_element(row.begin(), row.begin() + 1, row.end(), std::greater<>());
  return row[0] - row[1] < tolerance * std::sqrt(squares / static_cast<double>(vocabulary))
             ? step
             : SIZE_MAX;
}

VerifyRow compare(const std::string& name, const TensorView& golden, const Tensor& computed,
                  std::size_t stride, std::size_t steps, double tolerance) {
  const auto count = static_cast<std::size_t>(golden.elements());
  if ((computed.size() + stride - 1) / stride != count) {
    return failed(name, "the case has " + std::to_string(count) + " values, every " +
                            std::to_string(stride) + "th, which does not fit " +
                            to_string(computed.shape) + " here");
  }
  std::vector<float> want(count);
  to_float(golden, want.data());
  double difference = 0, norm = 0;
  std::size_t unequal = 0;
  // One row a step; steps beyond those that can be compared are left out.
  const auto rows = static_cast<std::size_t>(golden.shape.empty() ? 1 : golden.shape[0]);
  const std::size_t compared = count / std::max<std::size_t>(1, rows) * std::min(rows, steps);
  for (std::size_t i = 0; i < compared; ++i) {
    const double w = want[i], g = computed.values[i * stride];
    difference += (g - w) * (g - w);
    norm += w * w;
    unequal += g != w;
  }
  VerifyRow row;
  row.tensor = name;
  row.exact = golden.dtype == DType::kI32 || golden.dtype == DType::kI64;
  if (row.exact) {
    row.error = static_cast<double>(unequal) / static_cast<double>(std::max<std::size_t>(1, count));
    row.pass = unequal == 0;
  } else {
    row.error = std::sqrt(norm > 0 ? difference / norm : difference);
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
  const Result<GoldenCase> golden = GoldenCase::open(case_directory);
  QUIRE_TRY(golden);
  const auto computed = compute_case(model, tokenizer, golden->input);
  if (!computed) return computed.status().at(case_directory);

  VerifyReport report;
  compare_views(*golden, report);
  // A tensor that is stored in part may have "_sub" behind its name.
  std::map<std::string, std::string> stored;
  for (const std::string& name : golden->tensors.names()) {
    stored[name.ends_with("_sub") ? name.substr(0, name.size() - 4) : name] = name;
  }
  const std::size_t steps = comparable_steps(*golden, *computed, tolerance);
  for (const NamedTensor& tensor : *computed) {
    const auto found = stored.find(tensor.name);
    if (found == stored.end()) continue;
    const Result<TensorView> view = golden->tensors.find(found->second);
    QUIRE_TRY(view);
    const auto stride = golden->strides.find(tensor.name);
    const bool greedy = tensor.name.starts_with("greedy_");
    VerifyRow row = compare(tensor.name, *view, tensor.values,
                            stride == golden->strides.end() ? 1 : stride->second,
                            greedy ? steps : SIZE_MAX, tolerance);
    if (greedy && steps != SIZE_MAX) {
      row.note = "compared for " + std::to_string(steps) +
                 " steps: at the next the reference's choice hung on less than the tolerance";
    }
    if (!row.pass && tensor.name == "router_topk_idx" && golden->router_gap < kRouterGap) {
      row.pass = true;
      row.note = "the reference's own choice hung on less than a rounding error";
    }
    report.rows.push_back(std::move(row));
    stored.erase(found);
  }
  for (const auto& [name, in_file] : stored) {
    report.rows.push_back(failed(name, "this build computes no tensor of that name"));
  }
  return report;
}

Result<VerifyReport> run_case(const std::string& model_path, const std::string& case_directory,
                              double tolerance, bool int8) {
  Result<Model> model = Model::open(model_path);
  QUIRE_TRY(model);
  if (int8) {
    model->use_int8();
    QUIRE_TRY(model->use_cache(DType::kF16));
  }
  const Result<Tokenizer> tokenizer = Tokenizer::of_model(model_path);
  QUIRE_TRY(tokenizer);
  return run_case(*model, *tokenizer, case_directory, tolerance);
}

}  // namespace quire
