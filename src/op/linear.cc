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

// Columns multiplied at a time: a slab of their panels takes three quarters of a second-level cache
// of 1 MiB and leaves the rest to the rows streaming past it.
constexpr std::size_t kColumns = 16 * kernel::kPanel;
// Rows prepared and multiplied at a time: whole tiles of all sets.
constexpr std::size_t kRows = 112;
// With no more rows than this the weights are the larger factor.
constexpr std::size_t kFewRows = 4 * kRows;
// Panels that a thread packs and multiplies at a time, of a few rows: they stay in its cache.
constexpr std::size_t kMostPanels = 8;
// What packing a weight costs, in multiply-adds.
constexpr std::size_t kPacking = 8;

// One product, x prepared and w packed as a kind of product wants them.
template <typename Products>
struct Linear {
  using Words = Scratch<typename Products::Word>;

  ConstRows x;
  const Weight& w;
  const LinearOptions& options;
  Rows y;
  std::size_t panels = (w.rows + kernel::kPanel - 1) / kernel::kPanel;

  std::size_t packed_size(std::size_t count) const {
    return Products::packed(count * kernel::kPanel, w.cols);
  }
  std::size_t prepared_size(std::size_t rows) const { return Products::prepared(rows, w.cols); }

  // Panels [begin, end), to `packed`, one at a time: what must be decoded first is still near when
  // it is packed.
  void pack(std::size_t begin, std::size_t end, typename Products::Word* packed) const {
    std::vector<float> decoded;
    for (std::size_t panel = begin; panel < end; ++panel, packed += packed_size(1)) {
      const std::size_t j = panel * kernel::kPanel, n = std::min(kernel::kPanel, w.rows - j);
      const KernelRows rows = w.kernel_rows(j, n, decoded);
      Products::pack(rows.type)(rows.data, rows.stride_bytes, n, w.cols, packed);
    }
  }

  // Rows [begin, begin + m), to `prepared`.
  void prepare(std::size_t begin, std::size_t m, typename Products::Word* prepared) const {
    Products::prepare()(m, w.cols, x.row(begin), x.stride, prepared);
  }

  // These rows of y in the columns of panels [first, last).
  void multiply(std::size_t begin, std::size_t m, const typename Products::Word* prepared,
                std::size_t first, std::size_t last, const typename Products::Word* packed) const {
    const auto start = options.accumulate ? kernel::Start::kExists : kernel::Start::kZero;
    const std::size_t end = std::min(w.rows, last * kernel::kPanel);
    for (std::size_t j = first * kernel::kPanel; j < end; j += kColumns) {
      const std::size_t n = std::min(kColumns, end - j);
      Products::gemm()(m, n, w.cols, prepared, packed, y.row(begin) + j, y.stride,
                       options.bias ? options.bias + j : nullptr, start);
      packed += packed_size(kColumns / kernel::kPanel);
      if (options.activation == Activation::kNone) continue;
      for (std::size_t i = begin; i < begin + m; ++i) activate(options.activation, y.row(i) + j, n);
    }
  }
};

// Rows prepared first, then whoever is free packs and multiplies some columns.
template <typename Products>
void few_rows(const Linear<Products>& product) {
  const std::size_t rows = product.x.rows, panels = product.panels, work = rows * product.w.cols;
  const typename Linear<Products>::Words prepared(product.prepared_size(rows));
  product.prepare(0, rows, prepared.data());
  const auto threads = static_cast<std::size_t>(default_pool().threads());
  const std::size_t width = std::clamp<std::size_t>(panels / (4 * threads), 1, kMostPanels);
  const std::size_t parts = (panels + width - 1) / width;
  split(
      parts, width * kernel::kPanel * work,
      [&](std::size_t begin, std::size_t end) {
        const typename Linear<Products>::Words packed(product.packed_size(width));
        for (std::size_t part = begin; part < end; ++part) {
          const std::size_t first = part * width, last = std::min(panels, first + width);
          product.pack(first, last, packed.data());
          product.multiply(0, rows, prepared.data(), first, last, packed.data());
        }
      },
      parts);
}

// All weights packed first, then whoever is free prepares and multiplies some rows, or some columns
// of them where there are more threads than parts.
template <typename Products>
void many_rows(const Linear<Products>& product) {
  const std::size_t rows = product.x.rows, panels = product.panels, cols = product.w.cols;
  const typename Linear<Products>::Words packed(product.packed_size(panels));
  split(
      panels, kPacking * kernel::kPanel * cols,
      [&](std::size_t begin, std::size_t end) {
        product.pack(begin, end, packed.data() + product.packed_size(begin));
      },
      kPartsPerThread);

  const auto threads = static_cast<std::size_t>(default_pool().threads());
  const std::size_t row_parts = (rows + kRows - 1) / kRows;
  const std::size_t column_parts =
      row_parts < 2 * threads ? std::min(panels, (4 * threads + row_parts - 1) / row_parts) : 1;
  split(
      row_parts * column_parts, kRows * product.w.rows * cols / column_parts,
      [&](std::size_t begin, std::size_t end) {
        const typename Linear<Products>::Words prepared(product.prepared_size(kRows));
        for (std::size_t part = begin; part < end; ++part) {
          const std::size_t row = part / column_parts * kRows, m = std::min(kRows, rows - row);
          const std::size_t first = part % column_parts * panels / column_parts;
          const std::size_t last = (part % column_parts + 1) * panels / column_parts;
          product.prepare(row, m, prepared.data());
          product.multiply(row, m, prepared.data(), first, last,
                           packed.data() + product.packed_size(first));
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
  with_products(w.products, [&](auto products) {
    const Linear<decltype(products)> product{x, w, options, y};
    x.rows <= kFewRows ? few_rows(product) : many_rows(product);
  });
}

}  // namespace quire
