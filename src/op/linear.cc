#include "op/linear.h"

#include <algorithm>
#include <vector>

#include "base/scratch_bytes.h"
#include "base/thread_pool.h"
#include "kernel/kernels.h"
#include "op/products.h"
#include "op/split.h"
#include "op/strassen.h"

namespace quire {
namespace {

// Columns multiplied at a time: a slab of their panels takes half a second-level cache of 1 MiB and
// leaves the other half to the rows streaming past it.
constexpr std::size_t kColumns = 16 * kernel::kPanel;
// Rows prepared and multiplied at a time: whole tiles of all sets, 28 KiB of each slab.
constexpr std::size_t kRows = 112;
// What packing a weight costs, in multiply-adds.
constexpr std::size_t kPacking = 8;

template <typename Products>
using Words = Scratch<typename Products::Word>;

// Panels [begin, end).
template <typename Products>
void pack_panels(const Weight& w, std::size_t begin, std::size_t end, Words<Products>& packed) {
  std::vector<float> decoded;
  // A panel at a time: what must be decoded first is still near when it is packed.
  for (std::size_t panel = begin; panel < end; ++panel) {
    const std::size_t j = panel * kernel::kPanel, n = std::min(kernel::kPanel, w.rows - j);
    const KernelRows rows = w.kernel_rows(j, n, decoded);
    Products::pack(rows.type)(rows.data, rows.stride_bytes, n, w.cols,
                              packed.data() + Products::packed(j, w.cols));
  }
}

// Columns [begin, end) of y, where panels begin; x is prepared.
template <typename Products>
void multiply(ConstRows x, const Words<Products>& prepared, const Weight& w,
              const Words<Products>& packed, const LinearOptions& options, Rows y,
              std::size_t begin, std::size_t end) {
  const auto start = options.accumulate ? kernel::Start::kExists : kernel::Start::kZero;
  for (std::size_t j = begin; j < end; j += kColumns) {
    const std::size_t n = std::min(kColumns, end - j);
    Products::gemm()(x.rows, n, w.cols, prepared.data(),
                     packed.data() + Products::packed(j, w.cols), y.data + j, y.stride,
                     options.bias ? options.bias + j : nullptr, start);
    if (options.activation == Activation::kNone) continue;
    for (std::size_t i = 0; i < x.rows; ++i) activate(options.activation, y.row(i) + j, n);
  }
}

// All weights are packed once, then whoever is free takes some rows and prepares them once. A few
// rows alone are shared out by columns instead.
template <typename Products>
void linear_in(ConstRows x, const Weight& w, const LinearOptions& options, Rows y) {
  const std::size_t panels = (w.rows + kernel::kPanel - 1) / kernel::kPanel;
  Words<Products> packed(Products::packed(w.rows, w.cols));
  split(
      panels, kPacking * kernel::kPanel * w.cols,
      [&](std::size_t begin, std::size_t end) { pack_panels<Products>(w, begin, end, packed); },
      kPartsPerThread);

  const auto threads = static_cast<std::size_t>(default_pool().threads());
  const std::size_t all = (x.rows + kRows - 1) / kRows;
  const std::size_t row_parts =
      all < threads ? all : std::max(all, std::min(2 * threads, x.rows / 16));
  const std::size_t column_parts =
      row_parts < threads ? std::min(panels, (2 * threads + row_parts - 1) / row_parts) : 1;
  split(
      row_parts * column_parts, x.rows * w.rows * w.cols / (row_parts * column_parts),
      [&](std::size_t begin, std::size_t end) {
        for (std::size_t part = begin; part < end; ++part) {
          const std::size_t r = part / column_parts, c = part % column_parts;
          const std::size_t row = r * x.rows / row_parts, m = (r + 1) * x.rows / row_parts - row;
          const std::size_t first = c * panels / column_parts * kernel::kPanel;
          const std::size_t last =
              std::min(w.rows, (c + 1) * panels / column_parts * kernel::kPanel);
          const ConstRows rows = x.slice(row, m);
          const Words<Products> prepared(Products::prepared(m, w.cols));
          Products::prepare()(m, w.cols, rows.data, rows.stride, prepared.data());
          multiply<Products>(rows, prepared, w, packed, options, y.slice(row, m), first, last);
        }
      },
      row_parts * column_parts);
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
  if (x.rows == 0 || w.rows == 0) return;
  if (w.products == Products::kFloat32 && strassen_pays(x.rows, w))
    return linear_strassen(x, w, options, y);
  with_products(w.products,
                [&](auto products) { linear_in<decltype(products)>(x, w, options, y); });
}

}  // namespace quire
