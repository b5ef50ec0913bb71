#include "tests/faults/faulty_authority.h"

#include <algorithm>
#include <variant>

#include "base/status.h"
#include "daemon/ca/certificate.h"

namespace jpkid::faults {
namespace {

absl::Status Unavailable() {
  return Fail(Reason::kCaUnavailable, {{"detail", "the message or its answer is lost"}});
}

// Later than it may keep the card; what is no request can only be put off.
constexpr absl::Duration kPollAfter = absl::Milliseconds(400);

template <typename Result>
Result Later() {
  return Unavailable();
}
template <>
absl::StatusOr<ca::Answer> Later() {
  return ca::Waiting{.poll_after = kPollAfter};
}

template <typename Result>
Result Refusal() {
  return Fail(Reason::kCaRejected, {{"detail", "told to"}});
}
// What stands in the book is read from a list: there nobody is asked who could refuse.
template <>
absl::StatusOr<ca::BookEntry> Refusal() {
  return Unavailable();
}

}  // namespace

template <typename Result, typename Act>
Result FaultyAuthority::Through(Act act) {
  const Trap::Fate fate = trap_.Strike(Site::kAuthority);
  if (fate == Trap::Fate::kKillBefore || fate == Trap::Fate::kFailBefore) return Unavailable();
  if (fate == Trap::Fate::kRefuse) return Refusal<Result>();
  if (fate == Trap::Fate::kWait) return Later<Result>();
  Result result = act();
  if (fate == Trap::Fate::kKillAfter) trap_.Kill();
  if (fate == Trap::Fate::kPass) return result;
  if (fate == Trap::Fate::kGarble) return Fail(Reason::kCaProtectionInvalid);
  return Unavailable();
}

absl::StatusOr<ca::Answer> FaultyAuthority::Submit(const ca::IssueRequest& request) {
  return Through<absl::StatusOr<ca::Answer>>([&] {
    absl::StatusOr<ca::Answer> answer = authority_.Submit(request);
    Remember(request.kind, answer);
    return answer;
  });
}

absl::StatusOr<ca::Answer> FaultyAuthority::Poll(absl::string_view transaction_id) {
  return Through<absl::StatusOr<ca::Answer>>([&] { return authority_.Poll(transaction_id); });
}

absl::Status FaultyAuthority::Confirm(absl::string_view transaction_id) {
  return Through<absl::Status>([&] { return authority_.Confirm(transaction_id); });
}

absl::Status FaultyAuthority::Revoke(certs::Kind kind, absl::string_view serial,
                                     ca::RevocationReason reason) {
  return Through<absl::Status>([&] { return authority_.Revoke(kind, serial, reason); });
}

absl::StatusOr<ca::BookEntry> FaultyAuthority::StatusOf(certs::Kind kind,
                                                        absl::string_view serial) {
  return Through<absl::StatusOr<ca::BookEntry>>([&] { return authority_.StatusOf(kind, serial); });
}

void FaultyAuthority::Remember(certs::Kind kind, const absl::StatusOr<ca::Answer>& answer) {
  if (!answer.ok() || !std::holds_alternative<ca::Issued>(*answer)) return;
  const absl::StatusOr<ca::Certificate> certificate =
      ca::ReadCertificate(std::get<ca::Issued>(*answer).certificate);
  if (!certificate.ok()) return;
  const MutexLock lock(mutex_);
  const bool known = std::any_of(issued_.begin(), issued_.end(), [&](const Issued& one) {
    return one.serial == certificate->serial;
  });
  if (!known) issued_.push_back({.kind = kind, .serial = certificate->serial});
}

std::vector<FaultyAuthority::Issued> FaultyAuthority::issued() const {
  const MutexLock lock(mutex_);
  return issued_;
}

}  // namespace jpkid::faults
