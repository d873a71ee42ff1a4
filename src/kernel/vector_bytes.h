// What the vocabularies share. Included inside the anonymous namespace of each vector file, before
// its vocabulary.

inline std::int32_t load_four(const std::int8_t* p) {
  std::int32_t four;
  __builtin_memcpy(&four, p, 4);
  return four;
}
