#pragma once

#include <string>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "absl/time/time.h"
#include <openssl/ssl.h>

#include "base/bytes.h"
#include "daemon/ca/openssl.h"

namespace jpkid::ca {

// Where something is to be had over HTTP.
struct Url {
  bool tls = false;
  std::string host;
  std::string port;
  std::string path;  // With its '/', and the query.
};

// ARGUMENT_INVALID for anything but http://… and https://… without a user.
absl::StatusOr<Url> ParseUrl(const std::string& text);

// HTTP by OpenSSL, one connection for each exchange: a connection that lay idle may be gone, and
// nobody knows whether what was written to it was read. Thread-safe.
class Http {
 public:
  struct Options {
    std::string proxy;         // "http://HOST:PORT"; empty: none, whatever the environment says.
    std::string trusted_file;  // PEM; who may sign the server's TLS certificate. For https only.
  };
  // ARGUMENT_INVALID for a proxy that is none, CA_UNAVAILABLE for a file that holds no certificate.
  static absl::StatusOr<Http> Create(const Options& options);

  // Posts `body`, which is DER, and returns the answer's body, DER as well. CA_UNAVAILABLE for
  // everything that is not an answer with status 200: whether `body` arrived is not known.
  absl::StatusOr<Bytes> Post(const Url& url, const char* content_type, ByteView body,
                             absl::Duration timeout) const;

  // The DER under `url`, at most `limit` octets.
  absl::StatusOr<Bytes> Get(const Url& url, std::size_t limit, absl::Duration timeout) const;

 private:
  using TlsPtr = OpensslPtr<SSL_CTX, SSL_CTX_free>;
  struct Exchange;

  absl::StatusOr<BioPtr> Connect(const Url& url, absl::Time deadline) const;
  absl::StatusOr<BioPtr> AddTls(BioPtr connection, const Url& url, absl::Time deadline) const;
  absl::StatusOr<Bytes> Perform(const Url& url, const Exchange& exchange) const;

  Url proxy_;  // No host: none.
  TlsPtr tls_;
};

}  // namespace jpkid::ca
