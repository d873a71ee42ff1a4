#include "serve/access.h"

#include <gtest/gtest.h>

namespace quire {
namespace {

HttpRequest request_with(std::vector<HttpHeader> headers) {
  HttpRequest request;
  request.headers = std::move(headers);
  return request;
}

int refused(const Access& access, std::vector<HttpHeader> headers, bool open = false) {
  const auto refusal = access.refusal(request_with(std::move(headers)), open);
  return refusal ? refusal->status : 0;
}

TEST(AccessTest, TheKey) {
  const Access access{"secret", {}};
  EXPECT_EQ(refused(access, {{"Host", "localhost"}}), 401);
  EXPECT_EQ(refused(access, {{"Host", "localhost"}}, true), 0);
  EXPECT_EQ(refused(access, {{"host", "localhost"}, {"authorization", "bearer secret"}}), 0);
  for (const char* wrong : {"Bearer", "Bearer ", "Bearer secre", "Bearer secrets", "Bearer SECRET",
                            "Basic secret", "secret", "Bearer  secret"}) {
    EXPECT_EQ(refused(access, {{"Host", "localhost"}, {"Authorization", wrong}}), 401) << wrong;
  }
}

TEST(AccessTest, NamesThatAreNotOurs) {
  const Access access{"", {"quire.example"}};
  for (const char* ours : {"localhost", "localhost:8080", "127.0.0.1:8080", "[::1]:8080",
                           "10.0.0.3", "quire.example", "QUIRE.example:80"}) {
    EXPECT_EQ(refused(access, {{"Host", ours}}), 0) << ours;
  }
  for (const char* other :
       {"evil.example", "localhost.evil.example:80", "", ":80", "[", "127.0.0.1."}) {
    EXPECT_EQ(refused(access, {{"Host", other}}), 421) << other;
  }
  EXPECT_EQ(refused({"", {"*"}}, {{"Host", "anything"}}), 0);
}

TEST(AccessTest, PagesFromElsewhere) {
  const Access access;
  EXPECT_EQ(refused(access, {{"Host", "localhost:8080"}, {"Origin", "http://localhost:8080"}}), 0);
  for (const char* other : {"http://evil.example", "null", "http://localhost:9090",
                            "http://localhost:8080.evil.example"}) {
    EXPECT_EQ(refused(access, {{"Host", "localhost:8080"}, {"Origin", other}}), 403) << other;
  }
}

TEST(AccessTest, SecretsAreComparedWhole) {
  EXPECT_TRUE(same_secret("", ""));
  EXPECT_TRUE(same_secret("abc", "abc"));
  EXPECT_FALSE(same_secret("abc", ""));
  EXPECT_FALSE(same_secret("", "abc"));
  EXPECT_FALSE(same_secret("abcabc", "abc"));
  EXPECT_FALSE(same_secret("abd", "abc"));
}

}  // namespace
}  // namespace quire
