// Tensors by name out of any kind of checkpoint, each checked against the shape the config asks
// for.
//
// Loading code reads like a list of the tensors; the first error is kept and everything after it
// comes back empty, so it is looked at once, in finish(), which also refuses tensors that nobody
// asked for: they mean that the config describes another model.
#pragma once

#include <functional>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "base/status.h"
#include "op/norm.h"
#include "op/weight.h"
#include "tensor/tensor.h"

namespace quire {

// Where tensors come from: safetensors shards, a GGUF pair, a test.
struct TensorSet {
  std::string origin;  // for errors: the directory or file
  std::vector<std::string> names;
  std::function<Result<TensorView>(std::string_view)> find;
  bool mapped = false;  // the bytes lie in mapped files
};

class TensorReader {
 public:
  explicit TensorReader(const TensorSet& set) : set_(set) {}

  // An axis of -1 in `shape` fits any size. On error the view is empty.
  TensorView view(const std::string& name, const Shape& shape);

  Weight weight(const std::string& name, std::size_t rows, std::size_t cols);  // used in place
  Tensor tensor(const std::string& name, const Shape& shape);                  // float32 copy
  std::vector<float> vector(const std::string& name, std::size_t size);        // float32 copy
  Norm layer_norm(const std::string& name, std::size_t size, float eps);  // NAME.weight, NAME.bias
  Norm rms_norm(const std::string& name, std::size_t size, float eps);    // NAME.weight

  // A tensor of official checkpoints that no computation uses.
  void ignore(const std::string& name) { asked_.insert(name); }

  void fail(Status status);
  bool ok() const { return status_.ok(); }
  Status finish() const;

 private:
  const TensorSet& set_;
  std::set<std::string, std::less<>> asked_;
  Status status_;
};

}  // namespace quire
