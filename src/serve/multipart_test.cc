#include "serve/multipart.h"

#include <gtest/gtest.h>

namespace quire {
namespace {

constexpr std::string_view kType = "multipart/form-data; boundary=----WebKitFormBoundaryABC";

// As Chromium sends it.
TEST(MultipartTest, AFileAndAField) {
  const std::string body =
      "------WebKitFormBoundaryABC\r\n"
      "Content-Disposition: form-data; name=\"file\"; filename=\"a \\\"b\\\"; c.png\"\r\n"
      "Content-Type: image/png\r\n\r\n" +
      std::string("\x89PNG\r\n\0--\r\n", 11) +
      "\r\n------WebKitFormBoundaryABC\r\n"
      "Content-Disposition: form-data; name=\"task\"\r\n\r\n"
      "markdown\r\n"
      "------WebKitFormBoundaryABC\r\n"
      "content-disposition:form-data;name=empty\r\n\r\n"
      "\r\n"
      "------WebKitFormBoundaryABC--\r\n";
  const auto parts = parse_multipart(kType, body);
  ASSERT_TRUE(parts) << parts.status().message();
  ASSERT_EQ(parts->size(), 3u);
  EXPECT_EQ((*parts)[0].name, "file");
  EXPECT_EQ((*parts)[0].filename, "a \"b\"; c.png");
  EXPECT_EQ((*parts)[0].bytes, std::string_view("\x89PNG\r\n\0--\r\n", 11));
  EXPECT_EQ((*parts)[1].name, "task");
  EXPECT_EQ((*parts)[1].filename, "");
  EXPECT_EQ((*parts)[1].bytes, "markdown");
  EXPECT_EQ((*parts)[2].name, "empty");
  EXPECT_EQ((*parts)[2].bytes, "");
}

TEST(MultipartTest, WhatIsNoForm) {
  const std::string part =
      "--b\r\nContent-Disposition: form-data; name=\"x\"\r\n\r\nwords\r\n--b--\r\n";
  ASSERT_TRUE(parse_multipart("multipart/form-data; boundary=b", part));
  ASSERT_TRUE(parse_multipart("multipart/form-data; charset=x; boundary=\"b\"", part));
  for (const char* type : {"", "multipart/form-data", "multipart/form-data; boundary=",
                           "multipart/form-data; boundary", "multipart/form-data; boundary=c"}) {
    EXPECT_FALSE(parse_multipart(type, part)) << type;
  }
  // Cut anywhere it is no form, and never more than one.
  for (std::size_t length = 0; length + 4 < part.size(); ++length) {
    EXPECT_FALSE(parse_multipart("x; boundary=b", std::string_view(part).substr(0, length)))
        << length;
  }
  EXPECT_FALSE(parse_multipart("x; boundary=b", "--b\r\n\r\nwords\r\n--b--"));
  EXPECT_FALSE(parse_multipart("x; boundary=b", "--b\r\nX: y\r\n\r\nwords\r\n--b--"));
  std::string many;
  for (int i = 0; i < 100; ++i) many += part.substr(0, part.size() - 7);
  EXPECT_FALSE(parse_multipart("x; boundary=b", many + "--b--"));
}

}  // namespace
}  // namespace quire
