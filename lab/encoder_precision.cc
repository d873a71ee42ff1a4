// How far the vision tokens of a model are from float32's in the other types, and how long a view
// takes in each: relative L2 error over all tokens, and of the worst one.
//
//   encoder_precision MODEL [SIDE...]
#include <cmath>
#include <cstdio>
#include <cstdlib>
#include <vector>

#include "base/clock.h"
#include "model/model.h"

namespace {

using namespace quire;

// A page of sorts: dark bars of letters' size on paper, a little noise.
Tensor view(std::size_t side) {
  const auto s = static_cast<std::int64_t>(side);
  Tensor pixels({3, s, s});
  std::uint32_t state = 1;
  for (std::size_t y = 0; y < side; ++y) {
    for (std::size_t x = 0; x < side; ++x) {
      const std::uint32_t letter =
          (static_cast<std::uint32_t>(y / 20 * 977 + x / 4) * 2654435761u) >> 28;
      const bool ink = y % 20 < 12 && letter < 6 && (y / 3 + letter) % 3 != 0;
      state = state * 1664525u + 1013904223u;
      const float value = (ink ? -0.9f : 0.95f) + static_cast<float>(state >> 24) / 5120.0f;
      for (std::size_t c = 0; c < 3; ++c) pixels.data()[(c * side + y) * side + x] = value;
    }
  }
  return pixels;
}

struct Error {
  double all = 0, worst = 0;
};
Error error_of(const Tensor& got, const Tensor& want) {
  Error error;
  double off = 0, norm = 0;
  const ConstRows a = rows_of(got), b = rows_of(want);
  for (std::size_t i = 0; i < a.rows; ++i) {
    double row_off = 0, row_norm = 0;
    for (std::size_t j = 0; j < a.cols; ++j) {
      row_off += std::pow(static_cast<double>(a.row(i)[j]) - b.row(i)[j], 2);
      row_norm += std::pow(static_cast<double>(b.row(i)[j]), 2);
    }
    error.worst = std::max(error.worst, std::sqrt(row_off / row_norm));
    off += row_off;
    norm += row_norm;
  }
  error.all = std::sqrt(off / norm);
  return error;
}

}  // namespace

int main(int argc, char** argv) {
  if (argc < 2) return std::fputs("usage: encoder_precision MODEL [SIDE...]\n", stderr), 2;
  auto model = Model::open(argv[1]);
  if (!model) return std::fprintf(stderr, "%s\n", model.status().message().c_str()), 1;
  std::vector<std::size_t> sides;
  for (int i = 2; i < argc; ++i) sides.push_back(std::strtoul(argv[i], nullptr, 10));
  if (sides.empty()) sides = {512, 1024};
  for (const std::size_t side : sides) {
    if (const Status status = model->check_side(side); !status.ok())
      return std::fprintf(stderr, "%s\n", status.message().c_str()), 1;
    const Tensor pixels = view(side);
    Tensor want;
    for (const Products products : {Products::kFloat32, Products::kInt16, Products::kBf16}) {
      model->use_encoder_products(products);
      model->encode(pixels);
      const double start = steady_seconds();
      const Tensor tokens = model->encode(pixels);
      const double seconds = steady_seconds() - start;
      if (products == Products::kFloat32) want = tokens;
      const Error error = error_of(tokens, want);
      with_products(products, [&](auto kind) {
        std::printf("%4zu pixels  %-8s  %7.3f s  error %.1e, of the worst token %.1e\n", side,
                    kind.kName, seconds, error.all, error.worst);
      });
    }
  }
}
