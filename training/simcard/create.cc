#include "training/simcard/create.h"

#include <unistd.h>

#include <iostream>
#include <memory>
#include <utility>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_replace.h"
#include "absl/time/clock.h"

#include "base/clock.h"
#include "base/status.h"
#include "daemon/card/card.h"
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

void TakeDate(const std::string& told, std::string& value) {
  if (!told.empty()) value = absl::StrReplaceAll(told, {{"-", ""}});
}

absl::Status TakePin(int fd, Secret& pin) {
  if (fd < 0) return absl::OkStatus();
  JPKID_ASSIGN_OR_RETURN(pin, ReadSecretFromFd(fd));
  return absl::OkStatus();
}

// The published PINs of a card that is made with certificates and is told no others.
void TakeTrainingPins(sim::CardOrder& order) {
  if (order.auth_pin.empty()) order.auth_pin = Secret(AsBytes("1234"));
  if (order.signature_pin.empty()) order.signature_pin = Secret(AsBytes("ABC123"));
}

absl::StatusOr<sim::CardOrder> MakeOrder(const CreateOptions& options) {
  sim::CardOrder order = sim::TrainingCard(absl::ToCivilDay(absl::Now(), Tokyo()));
  Take(options.serial, order.serial);
  Take(options.municipality_code, order.municipality_code);
  TakeDate(options.card_expiry, order.card_expiry);
  TakeDate(options.birth_date, order.birth_date);
  Take(options.name, order.name);
  Take(options.address, order.address);
  Take(options.sex, order.sex);
  Take(options.token_label, order.token_label);
  if (options.algorithm == "ec-p384") order.algorithm = sim::EC_P384;
  order.staged = !options.unstaged;
  if (!options.issuer_master_key.empty()) {
    JPKID_ASSIGN_OR_RETURN(order.issuer_master_key, card::ReadMasterKey(options.issuer_master_key));
  }
  JPKID_RETURN_IF_ERROR(TakePin(options.auth_pin_fd, order.auth_pin));
  JPKID_RETURN_IF_ERROR(TakePin(options.signature_pin_fd, order.signature_pin));
  if (options.with_certificates) TakeTrainingPins(order);
  return order;
}

}  // namespace

absl::Status Create(const CreateOptions& options) {
  if (!options.force && access(options.out.c_str(), F_OK) == 0) {
    return absl::AlreadyExistsError(
        absl::StrCat(options.out, " exists; --force throws that card away"));
  }
  if (options.with_certificates && options.ca_dir.empty()) {
    return absl::InvalidArgumentError("--with-certificates needs --ca-dir");
  }
  JPKID_ASSIGN_OR_RETURN(const sim::CardOrder order, MakeOrder(options));
  JPKID_ASSIGN_OR_RETURN(sim::CardImage image, sim::MakeCardImage(order));
  JPKID_ASSIGN_OR_RETURN(const std::unique_ptr<sim::CardStore> card,
                         sim::CardStore::Create(options.out, std::move(image)));
  if (options.with_certificates) JPKID_RETURN_IF_ERROR(Certify(*card, options.ca_dir));
  std::cout << "card " << order.serial << " in " << options.out << std::endl;
  return absl::OkStatus();
}

}  // namespace jpkid::simcard
