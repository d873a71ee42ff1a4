// Strassen's seven products in place of eight, over pairs of row blocks, pairs of panels and the
// two halves of a slab of k (Strassen, "Gaussian elimination is not optimal", 1969; the sums are
// made where operands are copied anyway, as in Huang et al., "Strassen's algorithm reloaded",
// 2016). Included inside the anonymous namespace of each vector file, after vector_matrix.h.

// Quadrants of a 2 x 2 matrix, row by row.
enum Quadrant : int { k11, k12, k21, k22, kNone };

// Rows of the copies of `a` lie an odd number of cache lines apart, as in gemm().
constexpr std::size_t kStrassenStride = kStrassenDepth + 16;
static_assert((kStrassenRows / 2 + 1) * kStrassenStride <= kStrassenWork);

// (a + a_sign * a_other) (b + b_sign * b_other), added to one or two quadrants of c.
struct StrassenProduct {
  Quadrant a, a_other;
  float a_sign;
  Quadrant b, b_other;
  float b_sign;
  Quadrant c[2];
  float c_sign[2];
  bool first[2];  // nothing was added to that quadrant before
};
constexpr StrassenProduct kStrassen[7] = {
    {k11, k22, 1, k11, k22, 1, {k11, k22}, {1, 1}, {true, true}},
    {k21, k22, 1, k11, kNone, 0, {k21, k22}, {1, -1}, {true, false}},
    {k11, kNone, 0, k12, k22, -1, {k12, k22}, {1, 1}, {true, false}},
    {k22, kNone, 0, k21, k11, -1, {k11, k21}, {1, 1}, {false, false}},
    {k11, k12, 1, k22, kNone, 0, {k11, k12}, {-1, 1}, {false, false}},
    {k21, k11, -1, k11, k12, 1, {k22, kNone}, {1, 0}, {false, false}},
    {k12, k22, -1, k21, k22, 1, {k11, kNone}, {1, 0}, {false, false}},
};

// to = x + sign * y, n values, a multiple of kLanes; null stands for zeros.
inline void combine(const float* x, const float* y, float sign, std::size_t n, float* to) {
  const Vec s = splat(sign);
  for (std::size_t i = 0; i < n; i += kLanes) {
    const Vec v = x ? load(x + i) : zero();
    store(to + i, y ? fma(s, load(y + i), v) : v);
  }
}

void pack_strassen(std::size_t pair, std::size_t n, std::size_t depth, const float* packed,
                   float* seven) {
  const std::size_t size = depth * kPanel;
  const auto quadrant = [&](Quadrant q) {
    return q == kNone ? nullptr : packed + (q % 2 * 2 + q / 2) * size;  // panel, half of k
  };
  seven += pair * size;
  for (const StrassenProduct& product : kStrassen) {
    combine(quadrant(product.b), quadrant(product.b_other), product.b_sign, size, seven);
    seven += n / kStrassenCols * size;
  }
}

// Where a tile of products goes.
struct StrassenTarget {
  float* c;          // null: nowhere
  std::size_t rows;  // of the tile that exist
  float sign;
  bool keep;          // adds to what stands there
  const float* bias;  // or null
};

// One panel of b.
template <std::size_t rows>
void strassen_tile(std::size_t k, const float* a, const float* b,
                   const StrassenTarget (&targets)[2], std::size_t ldc) {
#pragma GCC unroll 2
  for (const StrassenTarget& target : targets) {  // they are far away and needed in the end
    if (target.c == nullptr) continue;
    for (std::size_t i = 0; i < target.rows; ++i) {
      __builtin_prefetch(target.c + i * ldc, 1, 3);
      __builtin_prefetch(target.c + i * ldc + 16, 1, 3);
    }
  }
  for (std::size_t j = 0; j < kPanel; j += kTileCols) {
    Vec sum[rows][2];
#pragma GCC unroll 14
    for (std::size_t i = 0; i < rows; ++i) sum[i][0] = sum[i][1] = zero();
    for (std::size_t l = 0; l < k; ++l) {
      const Vec b0 = load(b + l * kPanel + j), b1 = load(b + l * kPanel + j + kLanes);
#pragma GCC unroll 14
      for (std::size_t i = 0; i < rows; ++i) {
        const Vec x = splat(a[i * kStrassenStride + l]);
        sum[i][0] = fma(x, b0, sum[i][0]);
        sum[i][1] = fma(x, b1, sum[i][1]);
      }
    }
#pragma GCC unroll 2
    for (const StrassenTarget& target : targets) {
      if (target.c == nullptr) continue;
      const Vec sign = splat(target.sign);
      const Vec bias0 = target.bias ? load(target.bias + j) : zero();
      const Vec bias1 = target.bias ? load(target.bias + j + kLanes) : zero();
#pragma GCC unroll 14
      for (std::size_t i = 0; i < rows; ++i) {
        if (i >= target.rows) break;
        float* const to = target.c + i * ldc + j;
        const Vec old0 = target.keep ? add(load(to), bias0) : bias0;
        const Vec old1 = target.keep ? add(load(to + kLanes), bias1) : bias1;
        store(to, fma(sign, sum[i][0], old0));
        store(to + kLanes, fma(sign, sum[i][1], old1));
      }
    }
  }
}

using StrassenTile = void (*)(std::size_t, const float*, const float*, const StrassenTarget (&)[2],
                              std::size_t);
template <std::size_t... rows>
struct StrassenTiles {
  static constexpr StrassenTile of[] = {nullptr, strassen_tile<rows>...};
};
template <std::size_t rows, std::size_t... more>
struct MakeStrassenTiles : MakeStrassenTiles<rows - 1, rows, more...> {};
template <std::size_t... all>
struct MakeStrassenTiles<0, all...> : StrassenTiles<all...> {};

// One operand of `product`, for a group of 2 * height rows at a, of which `rows` exist.
inline void copy_operand(const StrassenProduct& product, std::size_t height, std::size_t rows,
                         const float* a, std::size_t lda, std::size_t depth, float* copies) {
  for (std::size_t i = 0; i < height; ++i) {
    const auto quadrant = [&](Quadrant q) -> const float* {
      const std::size_t row = q / 2 * height + i;
      return q == kNone || row >= rows ? nullptr : a + row * lda + q % 2 * depth;
    };
    combine(quadrant(product.a), quadrant(product.a_other), product.a_sign, depth,
            copies + i * kStrassenStride);
  }
}

void gemm_strassen(std::size_t m, std::size_t n, std::size_t depth, const float* a, std::size_t lda,
                   const float* seven, float* c, std::size_t ldc, const float* bias, Start start,
                   float* work) {
  // Groups of two times at most kGemmRows rows, of nearly equal height; where m is odd, the last
  // one lacks its last row.
  const std::size_t half = (m + 1) / 2, groups = (half + kGemmRows - 1) / kGemmRows;
  const auto begin = [=](std::size_t group) { return 2 * (group * half / groups); };
  const auto copies = [=](std::size_t group) { return work + begin(group) / 2 * kStrassenStride; };

  for (const StrassenProduct& product : kStrassen) {
    for (std::size_t g = 0; g < groups; ++g) {
      const std::size_t row = begin(g);
      copy_operand(product, (begin(g + 1) - row) / 2, m - row, a + row * lda, lda, depth,
                   copies(g));
    }
    for (std::size_t j = 0; j < n; j += kStrassenCols, seven += depth * kPanel) {
      for (std::size_t g = 0; g < groups; ++g) {
        const std::size_t height = (begin(g + 1) - begin(g)) / 2;
        StrassenTarget targets[2];
        for (int t = 0; t < 2; ++t) {
          const Quadrant q = product.c[t];
          const std::size_t row = begin(g) + q / 2 * height, column = j + q % 2 * kPanel;
          const std::size_t left = row < m ? m - row : 0;
          targets[t] = {q == kNone || left == 0 ? nullptr : c + row * ldc + column,
                        left < height ? left : height, product.c_sign[t],
                        !product.first[t] || start == Start::kExists,
                        product.first[t] && bias ? bias + column : nullptr};
        }
        MakeStrassenTiles<kGemmRows>::of[height](depth, copies(g), seven, targets, ldc);
      }
    }
  }
}
