#include "hal/sim/create.h"

#include <utility>

#include "base/status.h"
#include "hal/scp03.h"
#include "hal/sim/certificate.h"
#include "hal/sim/image_check.h"
#include "hal/sim/pin.h"

namespace jpkid::hal::sim {
namespace {

constexpr std::uint32_t kBlockedSw = 0x6984;  // As surveyed on cards.

absl::Status SetPin(CardImage& image, PinId id, const std::string& name, const Secret& value) {
  if (value.empty()) return absl::OkStatus();
  const PinRule& rule = RuleOf(id);
  if (!HasLength(rule, value.view()) || !HasAlphabet(rule, value.view())) {
    return Fail(Reason::kPinFormat,
                {{"pin", name},
                 {"rule", rule.capitals ? "6 to 16 of A-Z and 0-9" : "4 digits"},
                 {"rule_ja", rule.capitals ? "英大文字と数字 6～16 文字" : "数字 4 桁"}});
  }
  JPKID_ASSIGN_OR_RETURN(MutablePin(image, id), MakePin(id, value.view()));
  return absl::OkStatus();
}

absl::Status SetIssuerKeys(CardImage& image, const Secret& master) {
  if (master.empty()) return absl::OkStatus();
  JPKID_ASSIGN_OR_RETURN(const Scp03Keys keys, DeriveCardKeys(master, image.serial()));
  IssuerProfile& issuer = *image.mutable_issuer();
  issuer.set_enc_key(keys.enc.view().data(), keys.enc.size());
  issuer.set_mac_key(keys.mac.view().data(), keys.mac.size());
  issuer.set_dek_key(keys.dek.view().data(), keys.dek.size());
  return absl::OkStatus();
}

Holder HolderOf(const CardOrder& order) {
  Holder holder;
  holder.set_name(order.name);
  holder.set_address(order.address);
  holder.set_birth_date(order.birth_date);
  holder.set_sex(order.sex);
  holder.set_individual_number(order.individual_number);
  return holder;
}

}  // namespace

absl::StatusOr<CardImage> MakeCardImage(const CardOrder& order) {
  CardImage image;
  image.set_format(kImageFormat);
  image.set_serial(order.serial);
  image.set_municipality_code(order.municipality_code);
  image.set_card_expiry(order.card_expiry);
  image.set_token_label(order.token_label);
  image.set_algorithm(order.algorithm);
  image.set_staged(order.staged);
  *image.mutable_holder() = HolderOf(order);
  image.mutable_switches()->set_blocked_sw(kBlockedSw);
  image.mutable_switches()->set_extended_length(true);
  JPKID_RETURN_IF_ERROR(CheckImage(image));
  JPKID_RETURN_IF_ERROR(SetPin(image, PinId::kAuth, "auth", order.auth_pin));
  JPKID_RETURN_IF_ERROR(SetPin(image, PinId::kSignature, "signature", order.signature_pin));
  JPKID_RETURN_IF_ERROR(SetPin(image, PinId::kTextInput, "text input", order.text_input_pin));
  JPKID_RETURN_IF_ERROR(SetIssuerKeys(image, order.issuer_master_key));
  return image;
}

absl::Status InstallCertificate(CardImage& image, CertificateKind kind, const PrivateKey& key,
                                ByteView certificate, ByteView ca_certificate) {
  if (!IsCertificateOf(key, certificate)) {
    return absl::InvalidArgumentError("the certificate is not for this key");
  }
  if (!IsWholeCertificate(ca_certificate)) {
    return absl::InvalidArgumentError("the CA's certificate is not a certificate");
  }
  JPKID_ASSIGN_OR_RETURN(const Secret der, key.ToDer());
  Credential& current = *MutableSlot(image, kind).mutable_current();
  current.set_private_key(der.view().data(), der.size());
  current.set_certificate(certificate.data(), certificate.size());
  current.set_ca_certificate(ca_certificate.data(), ca_certificate.size());
  return absl::OkStatus();
}

}  // namespace jpkid::hal::sim
