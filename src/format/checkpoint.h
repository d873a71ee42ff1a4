// The tensors of a model directory, wherever they lie: one model.safetensors, or the shards that
// model.safetensors.index.json names. Every shard is mapped and checked at once; a tensor that the
// index promises and its shard does not have is an error here, not later.
//
// Errors name the file and the tensor and say what to do.
#pragma once

#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "base/status.h"
#include "format/safetensors.h"
#include "tensor/tensor.h"

namespace quire {

class Checkpoint {
 public:
  static Result<Checkpoint> open(const std::string& directory);

  // The view lives as long as this object (moving it is fine). An absent name is an error that
  // offers the nearest name there is.
  Result<TensorView> find(std::string_view name) const;
  bool contains(std::string_view name) const { return tensors_.find(name) != tensors_.end(); }

  // Shard by shard, each in the order of its bytes.
  const std::vector<std::string>& names() const { return names_; }
  const std::string& directory() const { return directory_; }

 private:
  Status add(const std::string& shard);

  std::string directory_;
  std::vector<SafetensorsFile> shards_;
  std::vector<std::string> names_;
  std::map<std::string, TensorView, std::less<>> tensors_;
};

}  // namespace quire
