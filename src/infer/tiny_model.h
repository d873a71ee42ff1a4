// For tests only: a reader of the golden test model, opened once for a test program.
#pragma once

#include "format/test_support.h"
#include "infer/reader.h"

namespace quire {

inline const Reader& tiny_model() {
  static const Result<Reader> reader = Reader::open(golden_path("tiny-model").string());
  EXPECT_TRUE(reader) << reader.status().message();
  return *reader;
}

}  // namespace quire
