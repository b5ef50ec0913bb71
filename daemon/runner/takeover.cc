#include "daemon/runner/takeover.h"

#include <memory>
#include <utility>

#include "absl/algorithm/container.h"

#include "base/log.h"
#include "base/status.h"
#include "base/steady_time.h"
#include "daemon/card/card.h"

namespace jpkid::runner {
namespace {

// A reader in use is looked at another time.
constexpr absl::Duration kTurnWait = absl::Seconds(2);

// After an outage of the store every daemon seems to be gone until it has signed again: what no
// card holds back is left alone for so many looks.
constexpr int kPatientLooks = 3;

}  // namespace

absl::Status Takeover::Look(std::vector<store::Claimed>& taken) {
  JPKID_ASSIGN_OR_RETURN(const std::vector<store::OperationRecord> expired,
                         store_.ExpiredOperations());
  JPKID_RETURN_IF_ERROR(TakeCardless(expired, taken));
  if (expired.empty()) return absl::OkStatus();
  for (const session::ReaderStatus& reader : sessions_.List().readers) {
    const std::optional<std::string> serial = SerialOn(reader);
    const bool wanted = serial.has_value() && absl::c_any_of(expired, [&](const auto& record) {
                          return record.card_serial() == *serial;
                        });
    if (!wanted) continue;
    JPKID_ASSIGN_OR_RETURN(std::vector<store::Claimed> claimed, store_.ClaimExpired(*serial));
    for (store::Claimed& one : claimed) {
      one.record.set_reader(reader.alias);
      taken.push_back(std::move(one));
    }
  }
  return absl::OkStatus();
}

absl::Status Takeover::TakeCardless(const std::vector<store::OperationRecord>& expired,
                                    std::vector<store::Claimed>& taken) {
  const bool some = absl::c_any_of(
      expired, [](const store::OperationRecord& record) { return record.card_serial().empty(); });
  cardless_looks_ = some ? cardless_looks_ + 1 : 0;
  if (cardless_looks_ < kPatientLooks) return absl::OkStatus();
  JPKID_ASSIGN_OR_RETURN(taken, store_.ClaimExpired(""));
  return absl::OkStatus();
}

// The serial of the card on `reader`; nothing where there is none or it is in use.
std::optional<std::string> Takeover::SerialOn(const session::ReaderStatus& reader) {
  if (reader.hardware.presence != hal::Presence::kPresent) return std::nullopt;
  Seen& seen = seen_[reader.alias];
  if (seen.insertion == reader.hardware.insertion) {
    return seen.serial.empty() ? std::nullopt : std::optional(seen.serial);
  }
  auto lease = sessions_.Acquire({.reader = reader.alias,
                                  .client = "takeover",
                                  .priority = session::Priority::kBatch,
                                  .deadline = SteadyNow() + kTurnWait},
                                 [](int) {});
  if (!lease.ok()) return std::nullopt;
  auto identity = std::make_shared<card::Identity>();
  const absl::Status status =
      (*lease)->Run(SteadyNow() + card_job_, [identity](hal::Card& card) -> absl::Status {
        JPKID_ASSIGN_OR_RETURN(*identity, card::Identify(card));
        return absl::OkStatus();
      });
  if (!status.ok() && !FailedFor(status, Reason::kCardNotJpki)) {
    LogInfo("reader %s: its card is not known: %s", reader.alias, std::string(status.message()));
    return std::nullopt;
  }
  seen = {.insertion = (*lease)->insertion(), .serial = identity->serial};
  return seen.serial.empty() ? std::nullopt : std::optional(seen.serial);
}

}  // namespace jpkid::runner
