#include "op/resize_table.h"

#include <gtest/gtest.h>

#include <vector>

namespace quire {
namespace {

// 6 rows of 5; the expected values are Pillow's for an image of mode F (float32, BICUBIC).
std::vector<float> small_table() {
  std::vector<float> table;
  for (int y = 0; y < 6; ++y) {
    for (int x = 0; x < 5; ++x) table.push_back(static_cast<float>((y * 7 + x * 3) % 11 - 5));
  }
  return table;
}

void expect_near(const std::vector<float>& got, const std::vector<float>& expected) {
  ASSERT_EQ(got.size(), expected.size());
  for (std::size_t i = 0; i < got.size(); ++i) EXPECT_NEAR(got[i], expected[i], 1e-5) << i;
}

TEST(ResizeTable, ShrinksWithAntialias) {
  std::vector<float> out(4 * 3);
  resize_table_bicubic(small_table().data(), 6, 5, 1, 4, 3, out.data());
  expect_near(out, {-1.23194F, 0.580567F, 0.415658F, 1.07492F, 0.809537F, -1.02933F, 1.68696F,
                    -0.481427F, -0.847756F, -0.160368F, -0.224054F, -1.91245F});
}

TEST(ResizeTable, Enlarges) {
  std::vector<float> out(8 * 7);
  resize_table_bicubic(small_table().data(), 6, 5, 1, 8, 7, out.data());
  expect_near(
      out,
      {-5.54043F, -3.92465F,  -1.36948F,  1.20896F,   4.2122F,  0.631765F,  -4.86516F,  -0.506843F,
       1.65679F,  1.64751F,   -1.99813F,  0.805477F,  1.53737F, 0.603504F,  0.619349F,  3.10403F,
       3.38643F,  -0.697266F, -2.13065F,  -0.179815F, 2.55551F, -1.69273F,  -0.695951F, 1.66381F,
       4.02637F,  -1.77733F,  -3.20029F,  -1.45863F,  5.01904F, 0.0826805F, -2.76731F,  0.575195F,
       2.75109F,  -0.639286F, -5.46923F,  3.05832F,   2.59634F, 0.267857F,  -3.30566F,  -0.106596F,
       0.702075F, -0.377655F, -0.993334F, 1.6471F,    2.17617F, -1.66791F,  -2.917F,    -1.18589F,
       1.21784F,  -3.38371F,  -1.76793F,  1.12469F,   3.36567F, -3.24849F,  -4.45768F,  -2.0342F});
}

TEST(ResizeTable, ChannelsDoNotMix) {
  const std::vector<float> table = small_table();
  std::vector<float> wide, one(4 * 3), two(4 * 3 * 2);
  for (const float v : table) wide.insert(wide.end(), {v, -2 * v});
  resize_table_bicubic(table.data(), 6, 5, 1, 4, 3, one.data());
  resize_table_bicubic(wide.data(), 6, 5, 2, 4, 3, two.data());
  for (std::size_t i = 0; i < one.size(); ++i) {
    EXPECT_FLOAT_EQ(two[2 * i], one[i]);
    EXPECT_FLOAT_EQ(two[2 * i + 1], -2 * one[i]);
  }
}

TEST(ResizeTable, TheSameSizeIsTheSameTable) {
  const std::vector<float> table = small_table();
  std::vector<float> out(table.size());
  resize_table_bicubic(table.data(), 6, 5, 1, 6, 5, out.data());
  EXPECT_EQ(out, table);
  resize_rows_linear(table.data(), 6, 5, 6, out.data());
  EXPECT_EQ(out, table);
}

TEST(ResizeRows, IsLinearBetweenPixelCentres) {
  const std::vector<float> rows = {0, 1, 10, 3, 20, 5};  // (3, 2)
  std::vector<float> out(5 * 2);
  resize_rows_linear(rows.data(), 3, 2, 5, out.data());
  expect_near(out, {0, 1, 4, 1.8F, 10, 3, 16, 4.2F, 20, 5});
  out.resize(2 * 2);
  resize_rows_linear(rows.data(), 3, 2, 2, out.data());  // centres at 0.25 and 1.75, no antialias
  expect_near(out, {2.5F, 1.5F, 17.5F, 4.5F});
}

}  // namespace
}  // namespace quire
