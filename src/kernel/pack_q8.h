// The packing of q8.h, the same for every table: it moves bytes. Included inside the anonymous
// namespace of each of them.

void pack_q8(const void* w, std::size_t stride_bytes, std::size_t n, std::size_t k,
             std::uint8_t* packed) {
  const auto* const rows = static_cast<const std::uint8_t*>(w);
  for (std::size_t j = 0; j < n; j += kQ8PanelRows) {
    for (std::size_t block = 0; block < k / kQ8Block; ++block, packed += kQ8PanelBlock) {
      for (std::size_t r = 0; r < kQ8PanelRows; ++r) {
        std::uint8_t* const scale = packed + 2 * r;
        std::uint8_t* const values = packed + 2 * kQ8PanelRows + 4 * r;
        if (j + r >= n) {
          scale[0] = scale[1] = 0;
          for (std::size_t i = 0; i < kQ8Block; ++i) values[i / 4 * 64 + i % 4] = 0x80;
          continue;
        }
        const std::uint8_t* const from = rows + (j + r) * stride_bytes + block * kQ8BlockBytes;
        scale[0] = from[0];
        scale[1] = from[1];
        for (std::size_t i = 0; i < kQ8Block; i += 4) {
          std::uint32_t four;
          __builtin_memcpy(&four, from + 2 + i, 4);
          four ^= 0x80808080u;  // adds 128
          __builtin_memcpy(values + i / 4 * 64, &four, 4);
        }
      }
    }
  }
}
