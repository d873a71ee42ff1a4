// The packing of int8.h, the same for every table: it moves bits, four bytes at a time. Included
// inside the anonymous namespace of each of them.

inline std::uint32_t load_word(const std::uint8_t* p) {
  std::uint32_t word;
  __builtin_memcpy(&word, p, 4);
  return word;
}
inline void store_word(std::uint8_t* p, std::uint32_t word) { __builtin_memcpy(p, &word, 4); }

constexpr std::size_t kRowWords = 4 * kPanelRows;  // bytes of four values of all rows

// The float16 at `from` to its place among those of all rows.
inline void pack_half(const std::uint8_t* from, std::size_t r, std::uint8_t* to) {
  to[2 * r] = from[0];
  to[2 * r + 1] = from[1];
}

// One block of row r of a panel into its group.
template <PanelType type>
void pack_block(const std::uint8_t* block, std::size_t r, std::uint8_t* group);

template <>
void pack_block<kPanelQ8_0>(const std::uint8_t* block, std::size_t r, std::uint8_t* group) {
  pack_half(block, r, group);
  std::uint8_t* const values = group + kPanelLayouts[kPanelQ8_0].header_bytes + 4 * r;
  for (std::size_t g = 0; g < 8; ++g)
    store_word(values + g * kRowWords, load_word(block + 2 + 4 * g) ^ 0x80808080u);  // adds 128
}

template <>
void pack_block<kPanelQ4_0>(const std::uint8_t* block, std::size_t r, std::uint8_t* group) {
  pack_half(block, r, group);
  std::uint8_t* const values = group + kPanelLayouts[kPanelQ4_0].header_bytes + 4 * r;
  for (std::size_t g = 0; g < 4; ++g)
    store_word(values + g * kRowWords, load_word(block + 2 + 4 * g));
}

template <>
void pack_block<kPanelQ5_0>(const std::uint8_t* block, std::size_t r, std::uint8_t* group) {
  pack_half(block, r, group);
  std::uint8_t* const values = group + kPanelLayouts[kPanelQ5_0].header_bytes + 4 * r;
  for (std::size_t g = 0; g < 4; ++g)
    store_word(values + g * kRowWords, load_word(block + 6 + 4 * g));
  const std::uint32_t high = load_word(block + 2);  // bit i is the fifth of value i
  std::uint32_t fifth = 0;
  for (std::uint32_t i = 0; i < kQ8Block; ++i) fifth |= (high >> i & 1) << (i % 4 * 8 + i / 4);
  store_word(values + 4 * kRowWords, fifth);
}

// Eight words of 4-bit values, one a byte, as nibbles.
inline void pack_nibbles(const std::uint32_t (&values)[8], std::uint8_t* to) {
  for (std::size_t g = 0; g < 4; ++g)
    store_word(to + g * kRowWords, values[g] | values[g + 4] << 4);
}

// Q4_K and Q5_K (tensor/codec_block256.cc has the layout of the file's blocks).
template <PanelType type>
void pack_scaled_with_minimums(const std::uint8_t* block, std::size_t r, std::uint8_t* group) {
  constexpr bool five = type == kPanelQ5_K;
  pack_half(block, r, group);
  pack_half(block + 2, r, group + 2 * kPanelRows);
  const std::uint8_t* const six = block + 4;  // 8 scales and 8 minimums of 6 bits
  for (std::size_t b = 0; b < 8; ++b) {
    std::uint8_t* const to = group + 4 * kPanelRows + b * 2 * kPanelRows + r;
    to[0] =
        static_cast<std::uint8_t>(b < 4 ? six[b] & 63 : (six[b + 4] & 15) | six[b - 4] >> 6 << 4);
    to[kPanelRows] =
        static_cast<std::uint8_t>(b < 4 ? six[b + 4] & 63 : six[b + 4] >> 4 | six[b] >> 6 << 4);
  }
  const std::uint8_t* const high = block + 16;
  for (std::size_t b = 0; b < 8; ++b) {
    const std::uint8_t* const nibbles = block + (five ? 48 : 16) + b / 2 * 32;
    std::uint8_t* const to =
        group + kPanelLayouts[type].header_bytes + b * kPanelLayouts[type].block_bytes + 4 * r;
    std::uint32_t values[8], fifth = 0;
    for (std::size_t g = 0; g < 8; ++g) {
      values[g] = load_word(nibbles + 4 * g) >> (b % 2 * 4) & 0x0f0f0f0fu;
      if (five) fifth |= (load_word(high + 4 * g) >> b & 0x01010101u) << g;
    }
    pack_nibbles(values, to);
    if (five) store_word(to + 4 * kRowWords, fifth);
  }
}
template <>
void pack_block<kPanelQ4_K>(const std::uint8_t* block, std::size_t r, std::uint8_t* group) {
  pack_scaled_with_minimums<kPanelQ4_K>(block, r, group);
}
template <>
void pack_block<kPanelQ5_K>(const std::uint8_t* block, std::size_t r, std::uint8_t* group) {
  pack_scaled_with_minimums<kPanelQ5_K>(block, r, group);
}

template <>
void pack_block<kPanelQ6_K>(const std::uint8_t* block, std::size_t r, std::uint8_t* group) {
  pack_half(block + 208, r, group);
  for (std::size_t sixteen = 0; sixteen < 16; ++sixteen)
    group[2 * kPanelRows + sixteen * kPanelRows + r] = block[192 + sixteen];
  for (std::size_t b = 0; b < 8; ++b) {
    const std::size_t quarter = b % 4;
    const std::uint8_t* const nibbles = block + b / 4 * 64 + quarter % 2 * 32;
    const std::uint8_t* const high = block + 128 + b / 4 * 32;
    std::uint8_t* const to = group + kPanelLayouts[kPanelQ6_K].header_bytes +
                             b * kPanelLayouts[kPanelQ6_K].block_bytes + 4 * r;
    std::uint32_t values[8], top[2] = {};
    for (std::size_t g = 0; g < 8; ++g) {
      values[g] = load_word(nibbles + 4 * g) >> (quarter / 2 * 4) & 0x0f0f0f0fu;
      top[g / 4] |= (load_word(high + 4 * g) >> (2 * quarter) & 0x03030303u) << g % 4 * 2;
    }
    pack_nibbles(values, to);
    for (std::size_t half = 0; half < 2; ++half) store_word(to + (4 + half) * kRowWords, top[half]);
  }
}

template <PanelType type>
void pack_int8(const void* w, std::size_t stride_bytes, std::size_t n, std::size_t k,
               std::uint8_t* packed) {
  constexpr PanelLayout layout = kPanelLayouts[type];
  constexpr std::uint8_t zero[kPanelLayouts[type].file_bytes] = {};
  const auto* const rows = static_cast<const std::uint8_t*>(w);
  for (std::size_t j = 0; j < n; j += kPanelRows) {
    for (std::size_t at = 0; at < k / layout.group; ++at, packed += layout.group_bytes()) {
      for (std::size_t r = 0; r < kPanelRows; ++r) {
        const std::uint8_t* const block = rows + (j + r) * stride_bytes + at * layout.file_bytes;
        pack_block<type>(j + r < n ? block : zero, r, packed);
      }
    }
  }
}
