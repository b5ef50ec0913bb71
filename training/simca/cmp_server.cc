#include "training/simca/cmp_server.h"

#include <fcntl.h>

#include <cerrno>
#include <cstring>
#include <functional>
#include <utility>

#include "absl/strings/ascii.h"
#include "absl/strings/str_cat.h"
#include <openssl/err.h>
#include <openssl/x509_vfy.h>

#include "base/digest.h"
#include "base/file.h"
#include "base/status.h"
#include "daemon/ca/cmp_message.h"
#include "training/simca/cmp_call.h"

namespace jpkid::simca {
namespace {

using MessagePtr = ca::CmpMessagePtr;
using OctetsPtr = std::unique_ptr<ASN1_OCTET_STRING, Free<ASN1_OCTET_STRING_free>>;
using StorePtr = std::unique_ptr<X509_STORE, Free<X509_STORE_free>>;

// Numbers of PKIBody's choices (RFC 4210, 5.1.2).
constexpr int kP10cr = 4;
constexpr int kRevocationRequest = 11;
constexpr int kError = 23;
constexpr int kCertConf = 24;
constexpr int kPollRequest = 25;

int KeepQuiet(const char*, const char*, int, OSSL_CMP_severity, const char*) { return 1; }

absl::Status Broken(absl::string_view what) {
  ERR_clear_error();
  return absl::InternalError(what);
}

// The pair in `path`, made by whoever comes first.
absl::StatusOr<Pair> EnsureServerPair(const std::string& path, const Pair& issuer, absl::Time now) {
  if (access(path.c_str(), F_OK) != 0) {
    JPKID_ASSIGN_OR_RETURN(const Pair made, MakePair(issuer, "CMP server", Use::kServer, now));
    JPKID_RETURN_IF_ERROR(WritePair(path, made));
  }
  return ReadPair(path);
}

absl::StatusOr<Secret> ReadMacSecret(const std::string& path) {
  const auto failed = [&](absl::string_view why) {
    return absl::InvalidArgumentError(absl::StrCat("no secret in ", path, ": ", why));
  };
  const UniqueFd file(open(path.c_str(), O_RDONLY | O_CLOEXEC));
  if (!file.valid()) return failed(std::strerror(errno));
  absl::StatusOr<Secret> secret = ReadSecretFromFd(file.get());
  if (!secret.ok()) return failed(secret.status().message());
  return secret;
}

}  // namespace

absl::StatusOr<std::unique_ptr<CmpServer>> CmpServer::Open(const Options& options,
                                                           const Clock& clock) {
  std::unique_ptr<CmpServer> server(new CmpServer());
  server->options_ = options;
  server->clock_ = &clock;
  if (!options.mac_secret_file.empty()) {
    // First: the directory is not made for a command line that is wrong.
    JPKID_ASSIGN_OR_RETURN(server->secret_, ReadMacSecret(options.mac_secret_file));
  }
  const std::string& dir = options.ca_dir;
  JPKID_ASSIGN_OR_RETURN(server->authority_, ca::OpenTrainingCa(dir, clock));
  JPKID_ASSIGN_OR_RETURN(server->book_, CmpBook::Open(absl::StrCat(dir, "/cmp.db")));
  JPKID_ASSIGN_OR_RETURN(server->auth_issuer_, ReadPair(IssuerPath(dir, "auth")));
  JPKID_ASSIGN_OR_RETURN(server->signature_issuer_, ReadPair(IssuerPath(dir, "signature")));
  JPKID_ASSIGN_OR_RETURN(server->server_,
                         EnsureServerPair(ServerPath(dir), server->auth_issuer_, clock.Now()));
  return server;
}

std::string CmpServer::TypeOf(ByteView message) {
  const absl::StatusOr<MessagePtr> decoded = ca::DecodeMessage(message);
  switch (decoded.ok() ? OSSL_CMP_MSG_get_bodytype(decoded->get()) : -1) {
    case kP10cr:
      return "p10cr";
    case kPollRequest:
      return "pollReq";
    case kCertConf:
      return "certConf";
    case kRevocationRequest:
      return "rr";
    default:
      return "other";
  }
}

absl::Status CmpServer::Identify(OSSL_CMP_CTX* context, const Faults::Fate& fate) const {
  bool good = OSSL_CMP_CTX_set_log_cb(context, KeepQuiet) == 1;
  if (!secret_.empty()) {
    const std::string& reference = options_.mac_reference;
    good = good &&
           OSSL_CMP_CTX_set1_referenceValue(
               context, reinterpret_cast<const unsigned char*>(reference.data()),
               static_cast<int>(reference.size())) == 1 &&
           OSSL_CMP_CTX_set1_secretValue(context, secret_.view().data(),
                                         static_cast<int>(secret_.size())) == 1;
    return good ? absl::OkStatus() : Broken("cannot prepare an answer");
  }
  Pair impostor;
  if (fate.impostor) {
    JPKID_ASSIGN_OR_RETURN(impostor, ReadPair(absl::StrCat(options_.ca_dir, "/impostor.pem")));
  }
  const Pair& pair = fate.impostor ? impostor : server_;
  good = good && OSSL_CMP_CTX_set1_cert(context, pair.certificate.get()) == 1 &&
         OSSL_CMP_CTX_set1_pkey(context, pair.key.get()) == 1;
  return good ? absl::OkStatus() : Broken("cannot prepare an answer");
}

// The certificates of the registration authorities and nothing else: with the issuers in the store
// every citizen could act as one.
absl::Status CmpServer::Trust(OSSL_CMP_CTX* context) const {
  if (!secret_.empty()) return absl::OkStatus();
  JPKID_ASSIGN_OR_RETURN(const std::vector<CertificatePtr> served,
                         ReadAll(RaPath(options_.ca_dir)));
  StorePtr store(X509_STORE_new());
  bool good = store != nullptr && X509_STORE_set_flags(store.get(), X509_V_FLAG_PARTIAL_CHAIN) == 1;
  for (const CertificatePtr& one : served) {
    good = good && X509_STORE_add_cert(store.get(), one.get()) == 1;
  }
  if (good) {
    X509_VERIFY_PARAM_set_time(X509_STORE_get0_param(store.get()), absl::ToTimeT(clock_->Now()));
  }
  if (!good || OSSL_CMP_CTX_set0_trustedStore(context, store.get()) != 1) {
    return Broken("cannot prepare an answer");
  }
  static_cast<void>(store.release());  // The context's now.
  return absl::OkStatus();
}

absl::StatusOr<CmpServer::ServerPtr> CmpServer::Context(Call& call) {
  ServerPtr server(OSSL_CMP_SRV_CTX_new(nullptr, nullptr));
  if (server == nullptr || OSSL_CMP_SRV_CTX_init(server.get(), &call, OnRequest, OnRevoke,
                                                 OnGeneral, OnError, OnConfirm, OnPoll) != 1) {
    return Broken("cannot prepare an answer");
  }
  OSSL_CMP_CTX* context = OSSL_CMP_SRV_CTX_get0_cmp_ctx(server.get());
  JPKID_RETURN_IF_ERROR(Identify(context, call.fate));
  JPKID_RETURN_IF_ERROR(Trust(context));
  return server;
}

// Brings a new context to where its transaction stands. There is no other way to tell it.
absl::Status CmpServer::Lead(OSSL_CMP_SRV_CTX* server, Call& call, const Bytes& id) {
  OSSL_CMP_CTX* context = OSSL_CMP_SRV_CTX_get0_cmp_ctx(server);
  JPKID_ASSIGN_OR_RETURN(const std::optional<CmpBook::Request> kept,
                         book_->FindRequest(call.transaction));
  if (kept.has_value()) {
    JPKID_ASSIGN_OR_RETURN(const MessagePtr request, ca::DecodeMessage(kept->message));
    const Faults::Fate fate = std::exchange(call.fate, {});
    const MessagePtr unsent(OSSL_CMP_SRV_process_request(server, request.get()));
    call.fate = fate;
    ERR_clear_error();
  }
  // The nonce of the answer just made is nobody's; the signed message itself names its transaction.
  const OctetsPtr octets(ASN1_OCTET_STRING_new());
  if (ASN1_OCTET_STRING_set(octets.get(), id.data(), static_cast<int>(id.size())) != 1 ||
      OSSL_CMP_CTX_set1_transactionID(context, octets.get()) != 1 ||
      OSSL_CMP_CTX_set1_senderNonce(context, nullptr) != 1) {
    return Broken("cannot prepare an answer");
  }
  return absl::OkStatus();
}

absl::StatusOr<Bytes> CmpServer::Answer(ByteView message, const Faults::Fate& fate,
                                        Faults::Polls polls) {
  const absl::StatusOr<MessagePtr> decoded = ca::DecodeMessage(message);
  const absl::StatusOr<Bytes> id = ca::ReadHeader(message, ca::HeaderField::kTransactionId);
  if (!decoded.ok() || !id.ok()) return absl::InvalidArgumentError("not a message of CMP");
  const std::string transaction = absl::AsciiStrToLower(ToHex(*id));
  const MutexLock lock(locks_[std::hash<std::string>()(transaction) % locks_.size()]);
  const Bytes hash = ToBytes(Sha256(message));
  JPKID_ASSIGN_OR_RETURN(const std::optional<Bytes> before, book_->AnswerTo(transaction, hash));
  if (before.has_value() && !fate.impostor) return *before;

  Call call = {.server = *this,
               .transaction = transaction,
               .message = message,
               .fate = fate,
               .polls = polls};
  ERR_clear_error();
  JPKID_ASSIGN_OR_RETURN(const ServerPtr server, Context(call));
  const int type = OSSL_CMP_MSG_get_bodytype(decoded->get());
  if (type == kPollRequest || type == kCertConf) {
    JPKID_RETURN_IF_ERROR(Lead(server.get(), call, *id));
  }
  const MessagePtr answer(OSSL_CMP_SRV_process_request(server.get(), decoded->get()));
  ERR_clear_error();
  if (answer == nullptr) return Broken("no answer could be made");
  JPKID_ASSIGN_OR_RETURN(const Bytes der, ca::EncodeMessage(answer.get()));
  // An error decides nothing: the same message may fare better later.
  if (OSSL_CMP_MSG_get_bodytype(answer.get()) != kError && !fate.not_now && !fate.impostor) {
    JPKID_RETURN_IF_ERROR(book_->KeepAnswer(transaction, hash, der));
  }
  return der;
}

}  // namespace jpkid::simca
