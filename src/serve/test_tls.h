// For tests only: a certificate made on the spot, and TLS in front of a server that has none.
#pragma once

#include <gtest/gtest.h>
#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/x509v3.h>
#include <stdlib.h>

#include <array>
#include <boost/asio/as_tuple.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/ssl/context.hpp>
#include <boost/asio/ssl/stream.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <boost/asio/write.hpp>
#include <cstdint>
#include <memory>
#include <string>
#include <thread>

#include "base/scratch_file.h"

namespace quire {

// Signed by itself, for a name like "DNS:localhost" or "IP:127.0.0.1".
class TestCertificate {
 public:
  explicit TestCertificate(const std::string& name) {
    const std::unique_ptr<EVP_PKEY, decltype(&EVP_PKEY_free)> key(EVP_EC_gen("P-256"),
                                                                  EVP_PKEY_free);
    const std::unique_ptr<X509, decltype(&X509_free)> paper(X509_new(), X509_free);
    X509_set_version(paper.get(), 2);
    ASN1_INTEGER_set(X509_get_serialNumber(paper.get()), 1);
    X509_gmtime_adj(X509_getm_notBefore(paper.get()), -3600);
    X509_gmtime_adj(X509_getm_notAfter(paper.get()), 3600);
    X509_set_pubkey(paper.get(), key.get());
    X509_NAME* subject = X509_get_subject_name(paper.get());
    X509_NAME_add_entry_by_txt(subject, "CN", MBSTRING_ASC,
                               reinterpret_cast<const unsigned char*>("test"), -1, -1, 0);
    X509_set_issuer_name(paper.get(), subject);
    const std::unique_ptr<X509_EXTENSION, decltype(&X509_EXTENSION_free)> names(
        X509V3_EXT_conf_nid(nullptr, nullptr, NID_subject_alt_name, name.c_str()),
        X509_EXTENSION_free);
    X509_add_ext(paper.get(), names.get(), -1);
    EXPECT_GT(X509_sign(paper.get(), key.get(), EVP_sha256()), 0);
    certificate_ = pem([&](BIO* out) { PEM_write_bio_X509(out, paper.get()); });
    key_ = pem([&](BIO* out) {
      PEM_write_bio_PrivateKey(out, key.get(), nullptr, nullptr, 0, nullptr, nullptr);
    });
  }

  const std::string& certificate() const { return certificate_; }
  const std::string& key() const { return key_; }

 private:
  template <typename Write>
  static std::string pem(Write write) {
    const std::unique_ptr<BIO, decltype(&BIO_free)> out(BIO_new(BIO_s_mem()), BIO_free);
    write(out.get());
    char* bytes = nullptr;
    const long size = BIO_get_mem_data(out.get(), &bytes);
    return {bytes, static_cast<std::size_t>(size)};
  }

  std::string certificate_, key_;
};

// While it lives, this process trusts that certificate.
class Trusted {
 public:
  explicit Trusted(const TestCertificate& certificate)
      : file_(*ScratchFile::with(certificate.certificate())) {
    ::setenv("SSL_CERT_FILE", file_.path().c_str(), 1);
  }
  ~Trusted() { ::unsetenv("SSL_CERT_FILE"); }

 private:
  ScratchFile file_;
};

// Speaks TLS on a port of its own and hands on what is said to another port of this machine.
class TlsFront {
 public:
  TlsFront(const TestCertificate& certificate, std::uint16_t behind)
      : identity_(boost::asio::ssl::context::tls_server),
        acceptor_(io_, {boost::asio::ip::address_v4::loopback(), 0}),
        behind_(behind) {
    identity_.use_certificate(boost::asio::buffer(certificate.certificate()),
                              boost::asio::ssl::context::pem);
    identity_.use_private_key(boost::asio::buffer(certificate.key()),
                              boost::asio::ssl::context::pem);
    boost::asio::co_spawn(io_, accept(), boost::asio::detached);
    thread_ = std::thread([this] { io_.run(); });
  }
  ~TlsFront() {
    io_.stop();
    thread_.join();
  }
  std::uint16_t port() const { return acceptor_.local_endpoint().port(); }

 private:
  using Tcp = boost::asio::ip::tcp;
  using Secure = boost::asio::ssl::stream<Tcp::socket>;
  static constexpr auto kAwait = boost::asio::as_tuple(boost::asio::use_awaitable);

  struct Pair {
    Secure outside;
    Tcp::socket inside;
  };

  boost::asio::awaitable<void> accept() {
    for (;;) {
      auto [error, socket] = co_await acceptor_.async_accept(kAwait);
      if (error) co_return;
      const auto pair =
          std::make_shared<Pair>(Pair{Secure(std::move(socket), identity_), Tcp::socket(io_)});
      boost::asio::co_spawn(io_, serve(pair), boost::asio::detached);
    }
  }

  boost::asio::awaitable<void> serve(std::shared_ptr<Pair> pair) {
    const auto [error] = co_await pair->outside.async_handshake(Secure::server, kAwait);
    if (error) co_return;
    const Tcp::endpoint behind(boost::asio::ip::address_v4::loopback(), behind_);
    const auto [missing] = co_await pair->inside.async_connect(behind, kAwait);
    if (missing) co_return;
    boost::asio::co_spawn(io_, hand_on(pair, pair->outside, pair->inside), boost::asio::detached);
    boost::asio::co_spawn(io_, hand_on(pair, pair->inside, pair->outside), boost::asio::detached);
  }

  template <typename From, typename To>
  static boost::asio::awaitable<void> hand_on(std::shared_ptr<Pair> pair, From& from, To& to) {
    std::array<char, 4096> piece;
    for (;;) {
      const auto [ended, size] = co_await from.async_read_some(boost::asio::buffer(piece), kAwait);
      if (ended) break;
      const auto [gone, written] =
          co_await boost::asio::async_write(to, boost::asio::buffer(piece.data(), size), kAwait);
      if (gone) break;
    }
    boost::system::error_code ignored;
    pair->inside.close(ignored);
    pair->outside.next_layer().close(ignored);
  }

  boost::asio::io_context io_;
  boost::asio::ssl::context identity_;
  Tcp::acceptor acceptor_;
  const std::uint16_t behind_;
  std::thread thread_;
};

}  // namespace quire
