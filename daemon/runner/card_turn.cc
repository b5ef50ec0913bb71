#include "daemon/runner/card_turn.h"

#include "base/status.h"
#include "base/steady_time.h"

namespace jpkid::runner {

absl::Status CardTurn::Begin(const std::string& serial, absl::Time deadline,
                             session::LeaseRequest::OnWithdrawn on_withdrawn,
                             absl::FunctionRef<void(int)> on_position) {
  if (begun()) return absl::OkStatus();
  JPKID_ASSIGN_OR_RETURN(lease_, parts_.sessions.Acquire({.reader = reader_,
                                                          .client = client_,
                                                          .deadline = deadline,
                                                          .on_withdrawn = std::move(on_withdrawn)},
                                                         on_position));
  auto at_reader = std::make_shared<AtReader>();
  const absl::Status status = lease_->Run(
      SteadyNow() + limits_.card_job,
      [at_reader, serial, keys = &parts_.issuer_keys](hal::Card& card) -> absl::Status {
        JPKID_ASSIGN_OR_RETURN(at_reader->identity, card::Identify(card));
        if (!serial.empty() && at_reader->identity.serial != serial) {
          return Fail(Reason::kCardWrong,
                      {{"found", at_reader->identity.serial}, {"expected", serial}});
        }
        JPKID_ASSIGN_OR_RETURN(at_reader->personalisation,
                               card::OpenPersonalisation(card, at_reader->identity, *keys));
        return absl::OkStatus();
      });
  if (!status.ok()) {
    End();
    return status;
  }
  at_reader_ = std::move(at_reader);
  return absl::OkStatus();
}

void CardTurn::End() {
  unlocked_.clear();
  at_reader_ = nullptr;
  lease_ = nullptr;
}

absl::Status CardTurn::Do(absl::AnyInvocable<absl::Status(hal::Card&, AtReader&) &&> work) {
  if (!begun()) return Fail(Reason::kInternal, {{"detail", "no turn at the card"}});
  return lease_->Run(SteadyNow() + limits_.card_job,
                     [at = at_reader_, work = std::move(work)](hal::Card& card) mutable {
                       return std::move(work)(card, *at);
                     });
}

}  // namespace jpkid::runner
