#pragma once

#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include <openssl/cmp.h>

#include "base/secret.h"
#include "daemon/ca/cmp.h"
#include "daemon/ca/openssl.h"

namespace jpkid::ca {

// Who we are to the authority, and whom we take for it. A store of trusted authorities alone would
// not do: with it every citizen's certificate signs as the server. So the server's certificate is
// pinned or its name expected.
class CmpCredentials {
 public:
  static absl::StatusOr<CmpCredentials> Load(const CmpOptions& options);

  // Sets up a new context. Certificates are judged as of `now`.
  absl::Status Apply(OSSL_CMP_CTX* context, absl::Time now) const;

 private:
  absl::Status LoadOurs(const CmpOptions& options);
  absl::Status LoadTheirs(const CmpOptions& options);

  CertificatePtr certificate_;  // Ours, with its key; or the secret.
  KeyPtr key_;
  Secret secret_;
  std::string reference_;
  CertificatePtr server_;  // Pinned; or who is expected, under whom.
  NamePtr expected_;
  std::vector<CertificatePtr> trusted_;
  NamePtr recipient_;
};

}  // namespace jpkid::ca
