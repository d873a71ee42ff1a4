#include "op/linear.h"

#include <algorithm>
#include <memory>
#include <vector>

#include "base/thread_pool.h"
#include "kernel/kernels.h"
#include "op/split.h"
#include "op/strassen.h"

namespace quire {
namespace {

// What gemm() works through at a time, kSlab values of k of all columns of a packed block, should
// leave half of a second-level cache of 1 MiB to the rows streaming past it. Wide blocks cost less:
// the rows are copied for each block anew.
constexpr std::size_t kBlockFloats = std::size_t{1} << 17, kSlab = 256;
// Columns packed at a time.
constexpr std::size_t kLeastPanels = 4, kMostPanels = 16;
// Rows taken at a time, so that activations find them still in a near cache.
constexpr std::size_t kRowBlock = 512;

// A kind of product: how weights are packed for it and multiplied.
struct Float32Products {
  using Packed = float;
  static std::size_t size(std::size_t n, std::size_t k) { return kernel::packed_size(n, k); }
  static auto pack(kernel::WeightType type) { return kernel::kernels().pack[type]; }
  static auto gemm() { return kernel::kernels().gemm; }
};
struct Bf16Products {
  using Packed = std::uint32_t;
  static std::size_t size(std::size_t n, std::size_t k) { return kernel::packed_pairs(n, k); }
  static auto pack(kernel::WeightType type) { return kernel::kernels().pack_bf16[type]; }
  static auto gemm() { return kernel::kernels().gemm_bf16; }
};

// Columns [begin, end) of y.
template <typename Products>
void linear_columns(ConstRows x, const Weight& w, const LinearOptions& options, Rows y,
                    std::size_t begin, std::size_t end) {
  const std::size_t fitting =
      kBlockFloats / std::clamp<std::size_t>(w.cols, 1, kSlab) / kernel::kPanel * kernel::kPanel;
  const std::size_t width =
      std::clamp<std::size_t>(fitting, kLeastPanels * kernel::kPanel, kMostPanels * kernel::kPanel);
  const auto packed = std::make_unique_for_overwrite<typename Products::Packed[]>(
      Products::size(std::min(width, end - begin), w.cols));
  std::vector<float> decoded;
  const auto start = options.accumulate ? kernel::Start::kExists : kernel::Start::kZero;
  for (std::size_t j = begin; j < end; j += width) {
    const std::size_t n = std::min(width, end - j);
    // A panel at a time: what must be decoded first is still near when it is packed.
    for (std::size_t p = 0; p < n; p += kernel::kPanel) {
      const std::size_t count = std::min(kernel::kPanel, n - p);
      const KernelRows rows = w.kernel_rows(j + p, count, decoded);
      Products::pack(rows.type)(rows.data, rows.stride_bytes, count, w.cols,
                                packed.get() + Products::size(p, w.cols));
    }
    for (std::size_t i = 0; i < x.rows; i += kRowBlock) {
      const std::size_t m = std::min(kRowBlock, x.rows - i);
      Products::gemm()(m, n, w.cols, x.row(i), x.stride, packed.get(), y.row(i) + j, y.stride,
                       options.bias ? options.bias + j : nullptr, start);
      if (options.activation == Activation::kNone) continue;
      for (std::size_t r = i; r < i + m; ++r) activate(options.activation, y.row(r) + j, n);
    }
  }
}

}  // namespace

void activate(Activation activation, float* values, std::size_t n) {
  switch (activation) {
    case Activation::kNone:
      return;
    case Activation::kGelu:
      return kernel::kernels().gelu(values, n);
    case Activation::kQuickGelu:
      return kernel::kernels().quick_gelu(values, n);
  }
}

void linear(ConstRows x, const Weight& w, const LinearOptions& options, Rows y) {
  QUIRE_CHECK(x.cols == w.cols && y.cols == w.rows && x.rows == y.rows);
  const bool bf16 = w.bf16 && kernel::kernels().gemm_bf16 != nullptr;
  if (!bf16 && strassen_pays(x.rows, w)) return linear_strassen(x, w, options, y);
  const auto columns = bf16 ? linear_columns<Bf16Products> : linear_columns<Float32Products>;
  const std::size_t panels = (w.rows + kernel::kPanel - 1) / kernel::kPanel;
  const auto threads = static_cast<std::size_t>(default_pool().threads());
  const std::size_t work = x.rows * w.rows * w.cols;
  // By columns each thread packs only its own weights; by rows all pack all of them, which pays
  // when the panels do not divide well.
  if (panels % threads == 0 || panels >= 4 * threads || x.rows < 64 * threads) {
    split(
        panels, work / std::max<std::size_t>(1, panels),
        [&](std::size_t begin, std::size_t end) {
          columns(x, w, options, y, begin * kernel::kPanel, std::min(w.rows, end * kernel::kPanel));
        },
        std::clamp<std::size_t>(panels / threads / kMostPanels, 1, kPartsPerThread));
  } else {
    split(x.rows, w.rows * w.cols, [&](std::size_t begin, std::size_t end) {
      columns(x.slice(begin, end - begin), w, options, y.slice(begin, end - begin), 0, w.rows);
    });
  }
}

}  // namespace quire
