#include "text/base64.h"

#include <gtest/gtest.h>

namespace quire {
namespace {

std::vector<std::uint8_t> bytes(std::string_view text) { return {text.begin(), text.end()}; }

// RFC 4648, section 10.
TEST(Base64Test, TheVectorsOfTheStandard) {
  const std::pair<std::string_view, std::string_view> rows[] = {{"", ""},
                                                                {"f", "Zg=="},
                                                                {"fo", "Zm8="},
                                                                {"foo", "Zm9v"},
                                                                {"foob", "Zm9vYg=="},
                                                                {"fooba", "Zm9vYmE="},
                                                                {"foobar", "Zm9vYmFy"}};
  for (const auto& [plain, coded] : rows) {
    EXPECT_EQ(encode_base64(bytes(plain)), coded);
    const auto back = decode_base64(coded);
    ASSERT_TRUE(back) << back.status().message();
    EXPECT_EQ(*back, bytes(plain));
  }
}

TEST(Base64Test, EveryByteComesBack) {
  std::vector<std::uint8_t> all;
  for (int i = 0; i < 256; ++i) all.push_back(static_cast<std::uint8_t>(i));
  for (std::size_t length = 0; length <= all.size(); ++length) {
    const std::vector<std::uint8_t> some(all.begin(), all.begin() + static_cast<long>(length));
    const auto back = decode_base64(encode_base64(some));
    ASSERT_TRUE(back);
    EXPECT_EQ(*back, some);
  }
}

TEST(Base64Test, WhatIsNotBase64SaysWhere) {
  for (const std::string_view wrong : {"Zg=", "Z", "Zg", "====", "Z===", "Zm9v=m9v", "Zm 9", "Zm9-",
                                       "Zm9\n", "Zh==", "Zm9=", "Zg==Zg=="}) {
    EXPECT_FALSE(decode_base64(wrong)) << wrong;
  }
  EXPECT_NE(decode_base64("Zm9vYm9\x80").status().message().find("offset 7"), std::string::npos);
}

}  // namespace
}  // namespace quire
