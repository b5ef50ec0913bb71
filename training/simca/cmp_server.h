#pragma once

#include <array>
#include <memory>
#include <string>

#include "absl/status/statusor.h"
#include <openssl/cmp.h>

#include "base/bytes.h"
#include "base/clock.h"
#include "base/mutex.h"
#include "base/secret.h"
#include "daemon/ca/ca.h"
#include "training/simca/certificates.h"
#include "training/simca/cmp_book.h"
#include "training/simca/faults.h"

namespace jpkid::simca {

// CMP (RFC 4210) in front of the training authority. Each message gets a server context of its own,
// which is led through its transaction's request as the books have it: so two transactions never
// meet in one context, and a restart changes nothing. A repeated message gets its answer again.
// Thread-safe.
class CmpServer {
 public:
  struct Options {
    std::string ca_dir;
    std::string mac_secret_file = {};  // Empty: registration authorities sign.
    std::string mac_reference = {};
  };
  // `clock` outlives it. Makes what the directory lacks.
  static absl::StatusOr<std::unique_ptr<CmpServer>> Open(const Options& options,
                                                         const Clock& clock);

  // The answer to a message, both DER. INVALID_ARGUMENT for octets that are none; a failure of the
  // books otherwise.
  absl::StatusOr<Bytes> Answer(ByteView message, const Faults::Fate& fate, Faults::Polls polls);

  // "p10cr", "pollReq", "certConf", "rr" or "other".
  static std::string TypeOf(ByteView message);

  ca::CertificateAuthority& authority() { return *authority_; }

 private:
  // What the callbacks of one message need.
  struct Call;
  using ServerPtr = std::unique_ptr<OSSL_CMP_SRV_CTX, Free<OSSL_CMP_SRV_CTX_free>>;

  CmpServer() = default;
  absl::StatusOr<ServerPtr> Context(Call& call);
  absl::Status Lead(OSSL_CMP_SRV_CTX* server, Call& call, const Bytes& id);
  absl::Status Identify(OSSL_CMP_CTX* context, const Faults::Fate& fate) const;
  absl::Status Trust(OSSL_CMP_CTX* context) const;

  static OSSL_CMP_PKISI* OnRequest(OSSL_CMP_SRV_CTX* server, const OSSL_CMP_MSG* message, int id,
                                   const OSSL_CRMF_MSG* crmf, const X509_REQ* request, X509** made,
                                   STACK_OF(X509) * *chain, STACK_OF(X509) * *authorities);
  static int OnPoll(OSSL_CMP_SRV_CTX* server, const OSSL_CMP_MSG* message, int id,
                    OSSL_CMP_MSG** request, int64_t* check_after);
  static int OnConfirm(OSSL_CMP_SRV_CTX* server, const OSSL_CMP_MSG* message, int id,
                       const ASN1_OCTET_STRING* hash, const OSSL_CMP_PKISI* status);
  static OSSL_CMP_PKISI* OnRevoke(OSSL_CMP_SRV_CTX* server, const OSSL_CMP_MSG* message,
                                  const X509_NAME* issuer, const ASN1_INTEGER* serial);
  static void OnError(OSSL_CMP_SRV_CTX*, const OSSL_CMP_MSG*, const OSSL_CMP_PKISI*,
                      const ASN1_INTEGER*, const OSSL_CMP_PKIFREETEXT*) {}
  static int OnGeneral(OSSL_CMP_SRV_CTX*, const OSSL_CMP_MSG*, const STACK_OF(OSSL_CMP_ITAV) *,
                       STACK_OF(OSSL_CMP_ITAV) **) {
    return 0;
  }

  Options options_;
  const Clock* clock_ = nullptr;
  std::unique_ptr<ca::CertificateAuthority> authority_;
  std::unique_ptr<CmpBook> book_;
  Pair server_;
  Pair auth_issuer_;
  Pair signature_issuer_;
  Secret secret_;
  std::array<Mutex, 32> locks_;  // By transaction.
};

}  // namespace jpkid::simca
