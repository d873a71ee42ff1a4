#include "format/checksum.h"

#include <gtest/gtest.h>

#include "format/test_support.h"

namespace quire {
namespace {

TEST(Checksum, Crc32OfTheUsualCheckText) {
  EXPECT_EQ(crc32(as_bytes("123456789")), 0xcbf43926u);
  EXPECT_EQ(crc32({}), 0u);
}

// The examples of FIPS 180-4 and the NIST validation suite.
TEST(Checksum, Sha256OfPublishedExamples) {
  EXPECT_EQ(sha256_hex({}), "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855");
  EXPECT_EQ(sha256_hex(as_bytes("abc")),
            "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
  EXPECT_EQ(sha256_hex(as_bytes("abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq")),
            "248d6a61d20638b8e5c026930c3e6039a33ce45964ff2167f6ecedd419db06c1");
  EXPECT_EQ(
      sha256_hex(as_bytes(
          "abcdefghbcdefghicdefghijdefghijkefghijklfghijklmghijklmnhijklmnoijklmnopjklmnopqklmnopqr"
          "lmnopqrsmnopqrstnopqrstu")),
      "cf5b16a778af8380036ce59e7b0492370b249b11e8f07a51afac45037afee9d1");
  EXPECT_EQ(sha256_hex(as_bytes(std::string(1'000'000, 'a'))),
            "cdc76e5c9914fb9281a1c7e284d73e67f1809a48a497200e046d39ccc7112cd0");
}

TEST(Checksum, PartsGiveTheSameAsTheWhole) {
  const std::string text(300, 'q');
  for (std::size_t cut = 0; cut <= text.size(); ++cut) {
    Sha256 hash;
    hash.update(as_bytes(text).first(cut));
    hash.update(as_bytes(text).subspan(cut));
    ASSERT_EQ(hash.hex(), sha256_hex(as_bytes(text))) << cut;
  }
}

// Around 56 and 64 bytes the padding goes into the same block or a new one.
TEST(Checksum, EveryLengthPads) {
  std::string previous;
  for (std::size_t size = 0; size < 200; ++size) {
    const std::string digest = sha256_hex(as_bytes(std::string(size, 'x')));
    EXPECT_EQ(digest.size(), 64u);
    EXPECT_NE(digest, previous);
    previous = digest;
  }
}

}  // namespace
}  // namespace quire
