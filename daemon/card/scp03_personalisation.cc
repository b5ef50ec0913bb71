#include "daemon/card/scp03_personalisation.h"

#include <algorithm>
#include <optional>
#include <vector>

#include "absl/strings/numbers.h"

#include "base/status.h"
#include "daemon/card/exchange.h"
#include "daemon/card/public_key.h"
#include "daemon/card/tlv.h"

namespace jpkid::card {
namespace {

using certs::Kind;

constexpr std::uint8_t kSelectedFile = 0x80;  // P2: the reference data of the selected file.

// READ BINARY or UPDATE BINARY of the selected file.
hal::Command AtOffset(std::uint8_t ins, std::size_t offset) {
  return {.ins = ins,
          .p1 = static_cast<std::uint8_t>(offset >> 8),
          .p2 = static_cast<std::uint8_t>(offset & 0xFF)};
}

// The objects inside the only object of an answer.
absl::StatusOr<std::vector<DataObject>> Inside(ByteView answer, std::uint32_t tag) {
  const std::optional<ByteView> value = Unwrap(answer, tag);
  std::optional<std::vector<DataObject>> objects =
      value.has_value() ? ReadDataObjects(*value) : std::nullopt;
  if (!objects.has_value()) return Garbled("GET DATA", "not the data objects asked for");
  return *std::move(objects);
}

// A0 { 83 key reference, 80 state, 81 SHA-256 of the public key }.
absl::StatusOr<Pending> ReadSlot(Kind kind, const DataObject& slot) {
  const absl::Status garbled = Garbled("GET DATA", "not a pending slot");
  const std::optional<std::vector<DataObject>> objects = ReadDataObjects(slot.value);
  if (slot.tag != 0xA0 || !objects.has_value()) return garbled;
  const std::optional<ByteView> reference = Find(*objects, 0x83);
  const std::optional<ByteView> state = Find(*objects, 0x80);
  const ByteView hash = Find(*objects, 0x81).value_or(ByteView());
  if (!reference.has_value() || reference->size() != 1 ||
      reference->front() != certs::Row(kind).key_reference || !state.has_value() ||
      state->size() != 1 || state->front() > 2 || hash.size() != (state->front() == 0 ? 0 : 32)) {
    return garbled;
  }
  return Pending{.state = static_cast<Pending::State>(state->front()),
                 .public_key_sha256 = ToBytes(hash)};
}

}  // namespace

absl::StatusOr<Bytes> Scp03Personalisation::MakeKeyPair(Kind kind, certs::Algorithm algorithm) {
  const hal::Command generate = {
      .ins = 0x47,
      .data = {0xAC, 0x06, 0x80, 0x01, certs::Row(algorithm).card_reference, 0x83, 0x01,
               certs::Row(kind).key_reference},
      .le = hal::Command::kShortMax};
  JPKID_ASSIGN_OR_RETURN(const Bytes answer,
                         channel_.Demand(generate, "GENERATE ASYMMETRIC KEY PAIR"));
  return SubjectPublicKeyInfo(algorithm, answer);
}

absl::StatusOr<Bytes> Scp03Personalisation::SignWithPendingKey(Kind kind, ByteView input) {
  hal::Command sign = {
      .ins = 0x2A, .p2 = ShortReference(certs::Row(kind).key_file), .le = hal::Command::kShortMax};
  sign.data.assign(input.begin(), input.end());
  JPKID_ASSIGN_OR_RETURN(Bytes signature, channel_.Demand(sign, "COMPUTE DIGITAL SIGNATURE"));
  if (signature.empty()) return Garbled("COMPUTE DIGITAL SIGNATURE", "no signature");
  return signature;
}

absl::Status Scp03Personalisation::WriteCertificate(Kind kind, CertificateFile file,
                                                    ByteView certificate) {
  const certs::KindRow& row = certs::Row(kind);
  JPKID_RETURN_IF_ERROR(channel_.SelectFile(
      file == CertificateFile::kOwn ? row.certificate_file : row.ca_certificate_file));
  for (std::size_t offset = 0; offset < certificate.size(); offset += hal::kScp03MostData) {
    const ByteView block =
        certificate.subspan(offset, std::min(certificate.size() - offset, hal::kScp03MostData));
    hal::Command update = AtOffset(0xD6, offset);
    update.data.assign(block.begin(), block.end());
    JPKID_RETURN_IF_ERROR(channel_.Demand(update, "UPDATE BINARY").status());
  }
  return absl::OkStatus();
}

// Whether the pending file begins with `expected`. Blocks that come back in one answer.
absl::StatusOr<bool> Scp03Personalisation::Holds(std::uint16_t file, ByteView expected) {
  JPKID_RETURN_IF_ERROR(channel_.SelectFile(file));
  for (std::size_t offset = 0; offset < expected.size(); offset += hal::kScp03MostData) {
    const ByteView block =
        expected.subspan(offset, std::min(expected.size() - offset, hal::kScp03MostData));
    hal::Command read = AtOffset(0xB0, offset);
    read.le = static_cast<int>(block.size());
    JPKID_ASSIGN_OR_RETURN(const Bytes got, channel_.Demand(read, "READ BINARY"));
    if (!std::ranges::equal(got, block)) return false;
  }
  return true;
}

absl::Status Scp03Personalisation::CheckWritten(Kind kind, ByteView certificate,
                                                ByteView ca_certificate) {
  const certs::KindRow& row = certs::Row(kind);
  // The CA's first: after writing, its file is the selected one; and before ACTIVATE, the own one.
  JPKID_ASSIGN_OR_RETURN(const bool ca_good, Holds(row.ca_certificate_file, ca_certificate));
  JPKID_ASSIGN_OR_RETURN(const bool own_good, Holds(row.certificate_file, certificate));
  return ca_good && own_good ? absl::OkStatus() : Fail(Reason::kReadBackDiffers);
}

absl::Status Scp03Personalisation::Activate(Kind kind) {
  JPKID_RETURN_IF_ERROR(channel_.SelectFile(certs::Row(kind).certificate_file));
  return channel_.Demand({.ins = 0x44}, "ACTIVATE FILE").status();
}

absl::Status Scp03Personalisation::Drop(Kind kind) {
  JPKID_RETURN_IF_ERROR(channel_.SelectFile(certs::Row(kind).certificate_file));
  return channel_.Demand({.ins = 0x04}, "DEACTIVATE FILE").status();
}

absl::StatusOr<PendingSlots> Scp03Personalisation::ReadPending() {
  const hal::Command get = {.ins = 0xCA, .p1 = 0xDF, .p2 = 0x20, .le = hal::Command::kShortMax};
  JPKID_ASSIGN_OR_RETURN(const Bytes answer, channel_.Demand(get, "GET DATA"));
  JPKID_ASSIGN_OR_RETURN(const std::vector<DataObject> slots, Inside(answer, 0xDF20));
  if (slots.size() != 2) return Garbled("GET DATA", "not two pending slots");
  PendingSlots pending;
  JPKID_ASSIGN_OR_RETURN(pending.auth, ReadSlot(Kind::kAuth, slots[0]));
  JPKID_ASSIGN_OR_RETURN(pending.signature, ReadSlot(Kind::kSignature, slots[1]));
  return pending;
}

absl::Status Scp03Personalisation::SetPin(Kind kind, const Secret& pin) {
  JPKID_RETURN_IF_ERROR(channel_.SelectFile(certs::Row(kind).pin_file));
  hal::Command reset = {.ins = 0x2C, .p1 = 0x02, .p2 = kSelectedFile};
  reset.data.assign(pin.view().begin(), pin.view().end());
  return channel_.Demand(reset, "RESET RETRY COUNTER").status();
}

absl::StatusOr<HolderRecord> Scp03Personalisation::ReadHolder() {
  const hal::Command get = {.ins = 0xCA, .p1 = 0xFF, .p2 = 0x20, .le = hal::Command::kShortMax};
  JPKID_ASSIGN_OR_RETURN(const Bytes answer, channel_.Demand(get, "GET DATA"));
  JPKID_ASSIGN_OR_RETURN(const std::vector<DataObject> objects, Inside(answer, 0xFF20));
  const auto text = [&objects](std::uint32_t tag) {
    return AsText(Find(objects, tag).value_or(ByteView()));
  };
  const std::optional<absl::CivilDay> birth_date = ParseDay(text(0xDF24));
  HolderRecord holder = {.name = std::string(text(0xDF22)),
                         .address = std::string(text(0xDF23)),
                         .birth_date = birth_date.value_or(absl::CivilDay())};
  if (holder.name.empty() || holder.address.empty() || !birth_date.has_value() ||
      !absl::SimpleAtoi(text(0xDF25), &holder.sex) ||
      (holder.sex != 1 && holder.sex != 2 && holder.sex != 9)) {
    return Garbled("GET DATA", "not a holder's record");
  }
  return holder;
}

absl::StatusOr<std::unique_ptr<Personalisation>> OpenPersonalisation(hal::Card& card,
                                                                     const Identity& identity,
                                                                     const IssuerKeys& keys) {
  if (!identity.training()) {
    return Fail(Reason::kPersonalisationNotAvailable, {{"token", identity.token}});
  }
  if (identity.insertion != card.insertion()) return Fail(Reason::kCardRemoved);
  return std::make_unique<Scp03Personalisation>(SecureChannel(card, keys, identity.serial));
}

}  // namespace jpkid::card
