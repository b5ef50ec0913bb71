#pragma once

#include <string>
#include <vector>

#include "base/mutex.h"
#include "daemon/ca/ca.h"
#include "tests/faults/trap.h"

namespace jpkid::faults {

// The authority behind a trap: each message that may change its book is an act.
class FaultyAuthority final : public ca::CertificateAuthority {
 public:
  // Both outlive it.
  FaultyAuthority(ca::CertificateAuthority& authority, Trap& trap)
      : authority_(authority), trap_(trap) {}

  absl::StatusOr<ca::Answer> Submit(const ca::IssueRequest& request) override;
  absl::StatusOr<ca::Answer> Poll(absl::string_view transaction_id) override;
  absl::Status Confirm(absl::string_view transaction_id) override;
  absl::Status Revoke(certs::Kind kind, absl::string_view serial,
                      ca::RevocationReason reason) override;
  absl::StatusOr<ca::BookEntry> StatusOf(certs::Kind kind, absl::string_view serial) override;
  absl::StatusOr<Bytes> Crl(certs::Kind kind) override { return authority_.Crl(kind); }
  bool training() const override { return authority_.training(); }
  std::string name() const override { return authority_.name(); }

  // Every certificate that it ever issued, whether or not its answer arrived.
  struct Issued {
    certs::Kind kind;
    std::string serial;
  };
  std::vector<Issued> issued() const;

 private:
  template <typename Result, typename Act>
  Result Through(Act act);
  void Remember(certs::Kind kind, const absl::StatusOr<ca::Answer>& answer);

  ca::CertificateAuthority& authority_;
  Trap& trap_;
  mutable Mutex mutex_;
  std::vector<Issued> issued_ ABSL_GUARDED_BY(mutex_);
};

}  // namespace jpkid::faults
