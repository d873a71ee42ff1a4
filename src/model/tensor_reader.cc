#include "model/tensor_reader.h"

#include <algorithm>
#include <utility>

namespace quire {
namespace {

bool fits(const Shape& found, const Shape& wanted) {
  return std::equal(found.begin(), found.end(), wanted.begin(), wanted.end(),
                    [](std::int64_t f, std::int64_t w) { return f == w || (w == -1 && f > 0); });
}

std::string wanted_text(const Shape& wanted) {
  std::string text;
  for (std::int64_t axis : wanted) {
    text += (text.empty() ? "(" : ", ") + (axis == -1 ? std::string("any") : std::to_string(axis));
  }
  return text + ")";
}

}  // namespace

void TensorReader::fail(Status status) {
  if (status_.ok()) status_ = std::move(status);
}

TensorView TensorReader::view(const std::string& name, const Shape& shape) {
  asked_.insert(name);
  if (!ok()) return {};
  const Result<TensorView> found = set_.find(name);
  if (!found) {
    fail(found.status());
    return {};
  }
  if (!fits(found->shape, shape)) {
    fail(invalid(set_.origin + ": tensor " + name + " has the shape " + to_string(found->shape) +
                 ", but the model's config asks for " + wanted_text(shape)));
    return {};
  }
  return *found;
}

Weight TensorReader::weight(const std::string& name, std::size_t rows, std::size_t cols) {
  const TensorView found =
      view(name, {static_cast<std::int64_t>(rows), static_cast<std::int64_t>(cols)});
  if (!ok()) return {};
  Weight weight = Weight::view(found);
  weight.mapped = set_.mapped;
  return weight;
}

Tensor TensorReader::tensor(const std::string& name, const Shape& shape) {
  const TensorView found = view(name, shape);
  if (!ok()) return {};
  Tensor values(found.shape);
  to_float(found, values.data());
  return values;
}

std::vector<float> TensorReader::vector(const std::string& name, std::size_t size) {
  const Values values = tensor(name, {static_cast<std::int64_t>(size)}).values;
  return {values.begin(), values.end()};
}

Norm TensorReader::layer_norm(const std::string& name, std::size_t size, float eps) {
  return {vector(name + ".weight", size), vector(name + ".bias", size), eps};
}

Norm TensorReader::rms_norm(const std::string& name, std::size_t size, float eps) {
  return {vector(name + ".weight", size), {}, eps};
}

Status TensorReader::finish() const {
  if (!ok()) return status_;
  std::vector<std::string> strangers;
  for (const std::string& name : set_.names) {
    if (!asked_.contains(name)) strangers.push_back(name);
  }
  if (strangers.empty()) return {};
  std::string list;
  for (std::size_t i = 0; i < std::min<std::size_t>(3, strangers.size()); ++i) {
    list += (i ? ", " : "") + strangers[i];
  }
  return invalid(set_.origin + ": the config describes a model without " +
                 std::to_string(strangers.size()) + " of the tensors that are here: " + list +
                 (strangers.size() > 3 ? ", ..." : ""));
}

}  // namespace quire
