#include "training/simcard/show.h"

#include <iostream>

#include "absl/strings/str_cat.h"

#include "base/bytes.h"
#include "base/status.h"
#include "daemon/ca/certificate.h"
#include "hal/sim/card_store.h"

namespace jpkid::simcard {
namespace {

namespace sim = hal::sim;

std::string PinText(const sim::Pin& pin) {
  if (pin.salt().empty()) return "not set";
  if (pin.tries_left() == 0) return "blocked";
  return absl::StrCat("set, ", pin.tries_left(), " tries left");
}

std::string CredentialText(const sim::Credential& credential) {
  if (credential.private_key().empty()) return "none";
  if (credential.certificate().empty()) return "a key without a certificate";
  return absl::StrCat("a key and its certificate (", credential.certificate().size(), " octets)");
}

std::string SerialText(const sim::Credential& credential) {
  if (credential.certificate().empty()) return "none";
  const auto certificate = ca::ReadCertificate(AsBytes(credential.certificate()));
  return certificate.ok() ? certificate->serial : "no certificate";
}

void PrintSlot(absl::string_view name, const sim::CertificateSlot& slot) {
  std::cout << name << ": " << CredentialText(slot.current()) << "\n"
            << name << " serial: " << SerialText(slot.current()) << "\n"
            << name << ", pending: " << CredentialText(slot.pending()) << "\n";
}

}  // namespace

absl::Status Show(const std::string& card) {
  JPKID_ASSIGN_OR_RETURN(const sim::CardImage image, sim::CardStore::Read(card));
  std::cout << "serial: " << image.serial() << "\n"
            << "token: " << image.token_label() << "\n"
            << "card expiry: " << image.card_expiry() << "\n"
            << "municipality code: " << image.municipality_code() << "\n"
            << "algorithm of new keys: "
            << (image.algorithm() == sim::EC_P384 ? "ec-p384" : "rsa-2048") << "\n"
            << "pending slots: " << (image.staged() ? "yes" : "no") << "\n"
            << "name: " << image.holder().name() << "\n"
            << "address: " << image.holder().address() << "\n"
            << "birth date: " << image.holder().birth_date() << "\n"
            << "sex: " << image.holder().sex() << "\n"
            << "auth PIN: " << PinText(image.auth_pin()) << "\n"
            << "signature PIN: " << PinText(image.signature_pin()) << "\n";
  PrintSlot("auth", image.auth());
  PrintSlot("signature", image.signature());
  return absl::OkStatus();
}

}  // namespace jpkid::simcard
