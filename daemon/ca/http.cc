#include "daemon/ca/http.h"

#include <poll.h>

#include <algorithm>
#include <cerrno>
#include <cstdint>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include <openssl/err.h>
#include <openssl/http.h>
#include <openssl/x509v3.h>

#include "base/status.h"
#include "base/steady_time.h"

namespace jpkid::ca {
namespace {

using ExchangePtr = OpensslPtr<OSSL_HTTP_REQ_CTX, OSSL_HTTP_REQ_CTX_free>;
using AnyPtr = OpensslPtr<ASN1_TYPE, ASN1_TYPE_free>;

constexpr absl::Duration kNap =
    absl::Milliseconds(20);  // Where there is no descriptor to wait for.

absl::Status Invalid(absl::string_view field, absl::string_view detail) {
  return Fail(Reason::kArgumentInvalid,
              {{"field", std::string(field)}, {"detail", std::string(detail)}});
}

// CA_UNAVAILABLE with the last thing OpenSSL complained of, such as "code=503, …".
absl::Status Unavailable(absl::string_view what) {
  const char* data = nullptr;
  int flags = 0;
  const unsigned long error = ERR_peek_last_error_data(&data, &flags);
  std::string detail(what);
  if (const char* reason = error == 0 ? nullptr : ERR_reason_error_string(error)) {
    absl::StrAppend(&detail, ": ", reason);
  }
  if ((flags & ERR_TXT_STRING) != 0 && data != nullptr && *data != '\0') {
    absl::StrAppend(&detail, " (", data, ")");
  }
  ERR_clear_error();
  return Fail(Reason::kCaUnavailable, {{"detail", detail}});
}

// For OpenSSL, which counts in whole seconds and takes 0 for no limit.
int SecondsTo(absl::Time deadline) {
  const absl::Duration left = absl::Ceil(deadline - SteadyNow(), absl::Seconds(1));
  return static_cast<int>(std::max<std::int64_t>(1, absl::ToInt64Seconds(left)));
}

// Waits until `bio` can go on with what it could not do at once; false when it is too late. Not
// BIO_wait: that one waits for a time of day, and the clock may be set.
bool AwaitDescriptor(BIO* bio, absl::Time deadline) {
  const absl::Duration left = deadline - SteadyNow();
  if (left <= absl::ZeroDuration()) return false;
  pollfd descriptor = {.fd = -1, .events = 0, .revents = 0};
  const bool known = BIO_get_fd(bio, &descriptor.fd) >= 0;
  const bool reads = BIO_should_read(bio) != 0;
  descriptor.events = reads ? POLLIN : POLLOUT;
  const absl::Duration nap = known ? left : std::min(left, kNap);
  const auto milliseconds = absl::ToInt64Milliseconds(absl::Ceil(nap, absl::Milliseconds(1)));
  const int most = static_cast<int>(std::min<std::int64_t>(milliseconds, 1'000'000));
  const int ready = poll(&descriptor, known ? 1 : 0, most);
  return ready > 0 || (ready == 0 && SteadyNow() < deadline) || (ready < 0 && errno == EINTR);
}

// Calls `step`, which does a part of its work each time, until it has done all.
template <typename Step>
bool Persist(BIO* bio, absl::Time deadline, Step step) {
  while (step(bio) <= 0) {
    if (!BIO_should_retry(bio) || !AwaitDescriptor(bio, deadline)) return false;
  }
  return true;
}

// The answer's body, or nullptr.
BIO* Converse(OSSL_HTTP_REQ_CTX* http, BIO* connection, absl::Time deadline) {
  while (true) {
    const int done = OSSL_HTTP_REQ_CTX_nbio(http);
    if (done == 1) return OSSL_HTTP_REQ_CTX_get0_mem_bio(http);
    if (done == 0 || !AwaitDescriptor(connection, deadline)) return nullptr;
  }
}

std::string Taken(char* text) {
  std::string taken(text == nullptr ? "" : text);
  OPENSSL_free(text);
  return taken;
}

}  // namespace

struct Http::Exchange {
  const char* content_type;  // Null: nothing is sent, a GET.
  ByteView body;
  std::size_t limit;
  absl::Time deadline;
};

absl::StatusOr<Url> ParseUrl(const std::string& text) {
  int tls = 0;
  char* user = nullptr;
  char* host = nullptr;
  char* port = nullptr;
  char* path = nullptr;
  char* query = nullptr;
  char* fragment = nullptr;
  const bool read = (absl::StartsWith(text, "http://") || absl::StartsWith(text, "https://")) &&
                    OSSL_HTTP_parse_url(text.c_str(), &tls, &user, &host, &port, nullptr, &path,
                                        &query, &fragment) == 1;
  Url url = {.tls = tls != 0, .host = Taken(host), .port = Taken(port), .path = Taken(path)};
  const bool has_user = !Taken(user).empty();
  const std::string query_text = Taken(query);
  OPENSSL_free(fragment);
  ERR_clear_error();
  if (!read || url.host.empty() || has_user) return Invalid("url", "http://HOST:PORT/PATH");
  if (!query_text.empty()) absl::StrAppend(&url.path, "?", query_text);
  return url;
}

absl::StatusOr<Http> Http::Create(const Options& options) {
  Http http;
  if (!options.proxy.empty()) {
    JPKID_ASSIGN_OR_RETURN(http.proxy_, ParseUrl(options.proxy));
    if (http.proxy_.tls) return Invalid("proxy", "a proxy is spoken to in plain HTTP");
  }
  if (options.trusted_file.empty()) return http;
  http.tls_.reset(SSL_CTX_new(TLS_client_method()));
  if (http.tls_ == nullptr || SSL_CTX_set_min_proto_version(http.tls_.get(), TLS1_2_VERSION) != 1 ||
      SSL_CTX_load_verify_file(http.tls_.get(), options.trusted_file.c_str()) != 1) {
    return Unavailable(absl::StrCat(options.trusted_file, " holds no certificates"));
  }
  SSL_CTX_set_verify(http.tls_.get(), SSL_VERIFY_PEER, nullptr);
  return http;
}

absl::StatusOr<BioPtr> Http::Connect(const Url& url, absl::Time deadline) const {
  const Url& peer = proxy_.host.empty() ? url : proxy_;
  BioPtr connection(BIO_new(BIO_s_connect()));
  if (connection == nullptr ||
      BIO_set_conn_hostname(connection.get(), const_cast<char*>(peer.host.c_str())) != 1 ||
      BIO_set_conn_port(connection.get(), const_cast<char*>(peer.port.c_str())) != 1) {
    return OpensslFailure("cannot make a connection");
  }
  BIO_set_nbio(connection.get(), 1);
  // Not BIO_do_connect_retry: it tries a refused connection again and again until the time is up.
  if (!Persist(connection.get(), deadline, [](BIO* bio) { return BIO_do_connect(bio); })) {
    return Unavailable(absl::StrCat("no connection to ", peer.host, ":", peer.port));
  }
  if (!url.tls) return connection;
  if (!proxy_.host.empty() &&
      OSSL_HTTP_proxy_connect(connection.get(), url.host.c_str(), url.port.c_str(), nullptr,
                              nullptr, SecondsTo(deadline), nullptr, nullptr) != 1) {
    return Unavailable("the proxy does not connect");
  }
  return AddTls(std::move(connection), url, deadline);
}

absl::StatusOr<BioPtr> Http::AddTls(BioPtr connection, const Url& url, absl::Time deadline) const {
  if (tls_ == nullptr) return Invalid("url", "https needs the certificates to trust");
  BioPtr secured(BIO_new_ssl(tls_.get(), 1));
  SSL* ssl = nullptr;
  if (secured == nullptr || BIO_get_ssl(secured.get(), &ssl) != 1) {
    return OpensslFailure("cannot make a connection");
  }
  const bool address = X509_VERIFY_PARAM_set1_ip_asc(SSL_get0_param(ssl), url.host.c_str()) == 1;
  ERR_clear_error();
  if (!address && (SSL_set1_host(ssl, url.host.c_str()) != 1 ||
                   SSL_set_tlsext_host_name(ssl, url.host.c_str()) != 1)) {
    return OpensslFailure("cannot name the server");
  }
  BIO_push(secured.get(), connection.release());
  if (!Persist(secured.get(), deadline, [](BIO* bio) { return BIO_do_handshake(bio); })) {
    return Unavailable(absl::StrCat("no TLS with ", url.host));
  }
  return secured;
}

absl::StatusOr<Bytes> Http::Perform(const Url& url, const Exchange& exchange) const {
  ERR_clear_error();
  JPKID_ASSIGN_OR_RETURN(const BioPtr connection, Connect(url, exchange.deadline));
  const ExchangePtr http(OSSL_HTTP_REQ_CTX_new(connection.get(), connection.get(), 0));
  const bool absolute = !proxy_.host.empty() && !url.tls;
  const int post = exchange.content_type == nullptr ? 0 : 1;
  const std::string host = absl::StrCat(url.host, ":", url.port);
  if (http == nullptr ||
      OSSL_HTTP_REQ_CTX_set_request_line(http.get(), post, absolute ? url.host.c_str() : nullptr,
                                         url.port.c_str(), url.path.c_str()) != 1 ||
      OSSL_HTTP_REQ_CTX_add1_header(http.get(), "Host", host.c_str()) != 1 ||
      OSSL_HTTP_REQ_CTX_add1_header(http.get(), "Pragma", "no-cache") != 1 ||
      OSSL_HTTP_REQ_CTX_set_expected(http.get(), exchange.content_type, 1, 0, 0) != 1) {
    return OpensslFailure("cannot make a request");
  }
  OSSL_HTTP_REQ_CTX_set_max_response_length(http.get(), exchange.limit);
  if (post == 1) {
    const unsigned char* place = exchange.body.data();
    const AnyPtr any(d2i_ASN1_TYPE(nullptr, &place, static_cast<long>(exchange.body.size())));
    if (any == nullptr ||
        OSSL_HTTP_REQ_CTX_set1_req(http.get(), exchange.content_type, ASN1_ITEM_rptr(ASN1_ANY),
                                   reinterpret_cast<const ASN1_VALUE*>(any.get())) != 1) {
      return OpensslFailure("cannot make a request");
    }
  }
  BIO* answer = Converse(http.get(), connection.get(), exchange.deadline);
  if (answer == nullptr) return Unavailable("no answer");
  char* data = nullptr;
  const long size = BIO_get_mem_data(answer, &data);
  Bytes body = ToBytes(AsBytes(absl::string_view(data, static_cast<std::size_t>(size))));
  ERR_clear_error();
  return body;
}

absl::StatusOr<Bytes> Http::Post(const Url& url, const char* content_type, ByteView body,
                                 absl::Duration timeout) const {
  return Perform(url, {.content_type = content_type,
                       .body = body,
                       .limit = OSSL_HTTP_DEFAULT_MAX_RESP_LEN,
                       .deadline = SteadyNow() + timeout});
}

absl::StatusOr<Bytes> Http::Get(const Url& url, std::size_t limit, absl::Duration timeout) const {
  return Perform(
      url,
      {.content_type = nullptr, .body = {}, .limit = limit, .deadline = SteadyNow() + timeout});
}

}  // namespace jpkid::ca
