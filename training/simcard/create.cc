#include "training/simcard/create.h"

#include <unistd.h>

#include <iostream>
#include <utility>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_replace.h"
#include "absl/time/civil_time.h"

#include "base/clock.h"
#include "base/default_paths.h"
#include "base/status.h"
#include "daemon/card/card.h"
#include "daemon/certs/certs.h"
#include "daemon/rules/rules.h"
#include "hal/sim/card_store.h"
#include "hal/sim/create.h"
#include "hal/sim/training_card.h"
#include "training/simcard/certify.h"

namespace jpkid::simcard {
namespace {

namespace sim = hal::sim;

void Take(const std::string& told, std::string& value) {
  if (!told.empty()) value = told;
}

absl::Status TakeDate(const char* option, const std::string& told, std::string& value) {
  if (told.empty()) return absl::OkStatus();
  absl::CivilDay day;
  // There and back again: absl would take "1980-2-7" and blanks, too.
  if (!absl::ParseCivilTime(told, &day) || absl::FormatCivilTime(day) != told) {
    return absl::InvalidArgumentError(
        absl::StrCat(option, " is a date, YYYY-MM-DD, not \"", told, "\""));
  }
  value = absl::StrReplaceAll(told, {{"-", ""}});
  return absl::OkStatus();
}

// The same of the holder's birth, which lies behind him.
absl::Status TakeBirthDate(const std::string& told, absl::CivilDay today, std::string& value) {
  JPKID_RETURN_IF_ERROR(TakeDate("--birth-date", told, value));
  absl::CivilDay born;
  if (absl::ParseCivilTime(told, &born) && born > today) {
    return absl::InvalidArgumentError(absl::StrCat("--birth-date ", told, " is yet to come"));
  }
  return absl::OkStatus();
}

// The 10th birthday to come, or the 5th of whoever is under 18 (domain.md, 2). `birth_date` has
// passed TakeDate.
std::string CardExpiry(const std::string& birth_date, absl::CivilDay today) {
  constexpr rules::LeapDayBirthday kLeap = rules::LeapDayBirthday::kFeb28;
  absl::CivilDay born;
  absl::ParseCivilTime(birth_date, &born);
  const int birthdays = rules::AgeOn(today, born, kLeap) < 18 ? 5 : 10;
  return absl::StrReplaceAll(
      absl::FormatCivilTime(rules::NthBirthdayAfter(today, birthdays, born, kLeap)), {{"-", ""}});
}

// One that the counter takes, too.
absl::Status TakePin(int fd, certs::Kind kind, Secret& pin) {
  if (fd < 0) return absl::OkStatus();
  JPKID_ASSIGN_OR_RETURN(Secret told, ReadSecretFromFd(fd));
  JPKID_ASSIGN_OR_RETURN(pin, rules::CheckedPin(kind, std::move(told)));
  return absl::OkStatus();
}

// The published PINs of a card that is made with certificates and is told no others.
void TakeTrainingPins(sim::CardOrder& order) {
  if (order.auth_pin.empty()) order.auth_pin = Secret(AsBytes("1234"));
  if (order.signature_pin.empty()) order.signature_pin = Secret(AsBytes("ABC123"));
}

absl::StatusOr<sim::CardOrder> MakeOrder(const CreateOptions& options) {
  const absl::CivilDay today = rules::TokyoDay(SystemClock().Now());
  sim::CardOrder order = sim::TrainingCard(today);
  Take(options.serial, order.serial);
  Take(options.municipality_code, order.municipality_code);
  JPKID_RETURN_IF_ERROR(TakeBirthDate(options.birth_date, today, order.birth_date));
  if (!options.birth_date.empty()) order.card_expiry = CardExpiry(options.birth_date, today);
  JPKID_RETURN_IF_ERROR(TakeDate("--card-expiry", options.card_expiry, order.card_expiry));
  Take(options.name, order.name);
  Take(options.address, order.address);
  Take(options.sex, order.sex);
  Take(options.token_label, order.token_label);
  if (options.algorithm == "ec-p384") order.algorithm = sim::EC_P384;
  order.staged = !options.unstaged;
  if (!options.issuer_master_key.empty()) {
    JPKID_ASSIGN_OR_RETURN(order.issuer_master_key, card::ReadMasterKey(options.issuer_master_key));
  }
  JPKID_RETURN_IF_ERROR(TakePin(options.auth_pin_fd, certs::Kind::kAuth, order.auth_pin));
  JPKID_RETURN_IF_ERROR(
      TakePin(options.signature_pin_fd, certs::Kind::kSignature, order.signature_pin));
  if (options.with_certificates) TakeTrainingPins(order);
  return order;
}

}  // namespace

absl::Status Create(const CreateOptions& options) {
  if (!options.force && access(options.out.c_str(), F_OK) == 0) {
    return absl::AlreadyExistsError(
        absl::StrCat(options.out, " exists; --force throws that card away"));
  }
  JPKID_ASSIGN_OR_RETURN(const sim::CardOrder order, MakeOrder(options));
  JPKID_ASSIGN_OR_RETURN(sim::CardImage image, sim::MakeCardImage(order));
  const auto keep = [&] { return sim::CardStore::Create(options.out, image).status(); };
  const std::string& told = options.ca_dir;
  JPKID_RETURN_IF_ERROR(
      options.with_certificates
          ? Certify(image, told.empty() ? DefaultDataDirectory() + "/ca" : told, keep)
          : keep());
  std::cout << "card " << order.serial << " in " << options.out << std::endl;
  return absl::OkStatus();
}

}  // namespace jpkid::simcard
