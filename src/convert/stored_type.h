// Which type a tensor is stored in, and its bytes in that type.
#pragma once

#include <cstdint>
#include <functional>
#include <string>
#include <vector>

#include "format/tensor_source.h"
#include "model/gguf_layout.h"
#include "tensor/tensor.h"

namespace quire {

// The type in a pair of which `wanted` is asked. Embeddings, output, projector and encoder never
// fall below Q8_0: quantised further, they change what is read. A row that is no whole number of
// blocks takes the next type that it is (Q4_K: Q5_0, Q5_K: Q5_1, Q6_K: Q8_0), and else F16, as
// llama.cpp's converter has it.
DType stored_type(DType wanted, Precision precision, std::size_t row_elements);

// `parts` (of one shape, or one alone) end to end as one tensor of `dtype`. Bytes of a part that
// has the type already are copied. `wrote` is told how many bytes went out. The views must live
// until the file is written; their pages are released as they are read.
TensorSource cast_source(std::string name, DType dtype, Shape shape, std::vector<TensorView> parts,
                         std::function<void(std::size_t)> wrote);

}  // namespace quire
