// What a step needs before it is taken: the card on its reader, its PINs.

#include <algorithm>
#include <utility>

#include "absl/algorithm/container.h"
#include "absl/strings/str_cat.h"
#include <openssl/rand.h>

#include "base/ids.h"
#include "base/status.h"
#include "base/steady_time.h"
#include "daemon/runner/operation.h"

namespace jpkid::runner {
namespace {

using events::AwaitedInput;
using events::Event;

// A random PIN of digits as long as `rule` wants.
absl::StatusOr<Secret> RandomDigits(const certs::PinRule& rule) {
  WipedBytes digits(rule.shortest);
  for (std::uint8_t& digit : digits) {
    std::uint8_t number = 0;
    do {
      if (RAND_priv_bytes(&number, 1) != 1) {
        return Fail(Reason::kInternal, {{"detail", "no random numbers"}});
      }
    } while (number >= 250);  // So that each digit is as likely.
    digit = static_cast<std::uint8_t>('0' + number % 10);
  }
  return Secret(ByteView(digits));
}

}  // namespace

absl::Status Operation::Prepare(workflow::Needs needs) {
  if (needs == workflow::Needs::kNothing) return absl::OkStatus();
  JPKID_RETURN_IF_ERROR(BeginTurn());
  return needs == workflow::Needs::kOpenCard ? Unlock() : absl::OkStatus();
}

absl::Status Operation::BeginTurn() {
  absl::Status told;
  const absl::Status begun = turn_.Begin(
      journal_.record().card_serial(), SteadyNow() + limits_.turn_wait,
      [this](std::function<void()> withdraw) {
        return inbox_.OnEnd(std::move(withdraw), MayCancel());
      },
      [&](int position) {
        (*journal_.Note(Event::QUEUED).mutable_values())["position"] = absl::StrCat(position);
        // What could not be written may be there all the same: nothing is written after it.
        if (told.ok()) told = journal_.Write();
      });
  return told.ok() ? begun : told;
}

// Until the PINs are verified in this turn. They are asked for while the card is free: a person
// typing never holds it.
absl::Status Operation::Unlock() {
  while (true) {
    JPKID_ASSIGN_OR_RETURN(std::vector<AwaitedInput> needed, PinsToAskFor());
    if (needed.empty()) return absl::OkStatus();
    if (journal_.record().pinless_card()) JPKID_RETURN_IF_ERROR(MakePins(needed));
    const bool given = std::all_of(needed.begin(), needed.end(), [&](const AwaitedInput& one) {
      return std::any_of(pins_.begin(), pins_.end(), [&](const PinGiven& pin) {
        return certs::Name(pin.kind) == one.pin_kind();
      });
    });
    if (given) return TryPins(needed);
    turn_.End();
    JPKID_RETURN_IF_ERROR(WaitForPins(std::move(needed)));
    JPKID_RETURN_IF_ERROR(BeginTurn());
  }
}

// A PIN-less card has a PIN for as long as its new key is proved, which nobody ever knows.
absl::Status Operation::MakePins(const std::vector<AwaitedInput>& needed) {
  asked_ = needed;
  pins_.clear();
  const certs::CardProfile& profile = certs::ProfileOfCard(journal_.record().card_profile());
  for (const AwaitedInput& one : needed) {
    JPKID_ASSIGN_OR_RETURN(const certs::Kind kind, certs::ParseKind(one.pin_kind()));
    JPKID_ASSIGN_OR_RETURN(Secret pin, RandomDigits(profile.pin(kind)));
    pins_.push_back({.kind = kind, .card_serial = one.card_serial(), .pin = std::move(pin)});
  }
  return absl::OkStatus();
}

// The PINs of the certificates still to be proved, as far as this turn has not verified them.
absl::StatusOr<std::vector<AwaitedInput>> Operation::PinsToAskFor() {
  std::vector<AwaitedInput> needed;
  for (int i = journal_.position().kind_index; i < journal_.kinds(); ++i) {
    JPKID_ASSIGN_OR_RETURN(const certs::Kind kind, certs::ParseKind(journal_.record().kinds(i)));
    if (turn_.Unlocked(kind)) continue;
    JPKID_ASSIGN_OR_RETURN(const card::PinStatus status,
                           turn_.Ask<card::PinStatus>([kind](hal::Card& card, auto&) {
                             return card::JpkiCard(card).GetPinStatus(kind);
                           }));
    const bool sets = SetsPin(kind, status);
    if (status.state == card::PinStatus::State::kBlocked && !sets) {
      return Fail(Reason::kPinBlocked, {{"pin", std::string(certs::Name(kind))}});
    }
    AwaitedInput& one = needed.emplace_back();
    one.set_input_id(NewId());
    one.set_pin_kind(std::string(certs::Name(kind)));
    one.set_card_serial(journal_.record().card_serial());
    one.set_sets_pin(sets);
    one.set_tries_left(status.tries_left);
  }
  return needed;
}

// Whether the PIN becomes the card's instead of being compared: never set, or to be reset.
bool Operation::SetsPin(certs::Kind kind, const card::PinStatus& status) const {
  const store::OperationRecord& record = journal_.record();
  if (record.pinless_card()) return true;
  if (absl::c_linear_search(record.reset_pins(), certs::Name(kind))) return true;
  // A card tells no difference between a PIN never set and a locked one; with no certificate it
  // never had a use.
  return status.state == card::PinStatus::State::kNotSet ||
         (status.state == card::PinStatus::State::kBlocked && !turn_.identity().present(kind));
}

// Each PIN once: whatever the card answers, it is wiped.
absl::Status Operation::TryPins(const std::vector<AwaitedInput>& needed) {
  std::vector<PinGiven> pins = std::exchange(pins_, {});
  for (const AwaitedInput& one : needed) {
    const auto asked = std::find_if(asked_.begin(), asked_.end(), [&](const AwaitedInput& input) {
      return input.pin_kind() == one.pin_kind();
    });
    if (asked == asked_.end() || asked->sets_pin() != one.sets_pin()) {
      // Somebody set it meanwhile: what was typed as a new PIN is no guess at the present one.
      return Fail(Reason::kPinNotVerified, {{"command", "VERIFY"}});
    }
    const auto given = std::find_if(pins.begin(), pins.end(), [&](const PinGiven& pin) {
      return certs::Name(pin.kind) == one.pin_kind();
    });
    JPKID_RETURN_IF_ERROR(TryPin(one, std::move(*given)));
    turn_.MarkUnlocked(given->kind);
  }
  why_pins_ = absl::OkStatus();
  return absl::OkStatus();
}

absl::Status Operation::TryPin(const AwaitedInput& needed, PinGiven given) {
  JPKID_ASSIGN_OR_RETURN(const certs::Kind kind, certs::ParseKind(needed.pin_kind()));
  store::OperationRecord& record = journal_.record();
  if (needed.sets_pin() && !absl::c_linear_search(record.pins_set(), needed.pin_kind())) {
    record.add_pins_set(needed.pin_kind());
    JPKID_RETURN_IF_ERROR(journal_.Write());
  }
  const absl::Status verified =
      turn_.Do([kind, set = needed.sets_pin(), pin = std::move(given.pin)](
                   hal::Card& card, CardTurn::AtReader& at) -> absl::Status {
        if (set) JPKID_RETURN_IF_ERROR(at.personalisation->SetPin(kind, pin));
        return card::JpkiCard(card).VerifyPin(kind, pin);
      });
  JPKID_RETURN_IF_ERROR(parts_.sessions.wrong_pins()->Note(given.giver, record.reader(), verified));
  // From now on it is compared: the holder knows it.
  auto& reset = *record.mutable_reset_pins();
  reset.erase(std::remove(reset.begin(), reset.end(), needed.pin_kind()), reset.end());
  Event& event = journal_.Note(Event::PIN_VERIFIED, needed.pin_kind());
  // Staff opened the holder's envelope: that has its own mark.
  if (record.pins_from_form()) (*event.mutable_values())["source"] = "reply-form";
  return absl::OkStatus();
}

}  // namespace jpkid::runner
