// What the vocabularies share. Included inside the anonymous namespace of each vector file, before
// its vocabulary.

// How far ahead what is read once is called into the cache: the time that memory takes to answer.
constexpr std::size_t kBytesAhead = 4096;

inline std::int32_t load_four(const std::int8_t* p) {
  std::int32_t four;
  __builtin_memcpy(&four, p, 4);
  return four;
}
