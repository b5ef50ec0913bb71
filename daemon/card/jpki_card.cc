#include "daemon/card/jpki_card.h"

#include <algorithm>
#include <optional>
#include <string>

#include "base/status.h"
#include "daemon/card/exchange.h"
#include "daemon/card/status_words.h"
#include "daemon/card/tlv.h"

namespace jpkid::card {
namespace {

using certs::Kind;

constexpr std::uint8_t kSelectedFile = 0x80;  // P2: the reference data of the selected file.
constexpr std::size_t kLargestCertificate = 8192;
// Larger than any certificate on a card. Not the largest there is: readers have buffers.
constexpr int kExtendedLe = 4096;
// With the status word it fits into one block of the link, which 256 does not.
constexpr int kShortLe = 251;

constexpr hal::StatusWord kEndOfFile = 0x6282;
constexpr hal::StatusWord kWrongLength = 0x6700;
constexpr hal::StatusWord kBlocked = 0x6983;
constexpr hal::StatusWord kNotUsable = 0x6984;
constexpr hal::StatusWord kTriesLeft = 0x63C0;
constexpr hal::StatusWord kFileNotFound = 0x6A82;
constexpr hal::StatusWord kKeyNotFound = 0x6A88;
constexpr hal::StatusWord kPastEnd = 0x6B00;
constexpr hal::StatusWord kNoDiagnosis = 0x6F00;

bool IsData(hal::StatusWord sw) { return sw == hal::kSuccess || sw == kEndOfFile; }

absl::Status Absent(Kind kind) {
  return Fail(Reason::kCertificateAbsent, {{"kind", std::string(certs::Name(kind))}});
}

// An entry that locks the PIN is told to have been wrong, too: the holder wants to know.
absl::Status PinFailure(Kind kind, hal::StatusWord sw, absl::string_view command) {
  const absl::Status failure =
      WithMetadata(StatusWordFailure(sw, command), "pin", certs::Name(kind));
  if (sw != kTriesLeft) return failure;
  return WithMetadata(
      WithMetadata(failure, "locked_by", "the entry was wrong, and no tries are left"),
      "locked_by_ja", "入力が誤っていたため、残り回数がなくなりました");
}

}  // namespace

// The first octets of a file, as many as one command yields. Its short identifier also selects it.
absl::StatusOr<hal::Response> JpkiCard::ReadBeginning(std::uint16_t file) {
  hal::Command read = {.ins = 0xB0, .p1 = ShortReference(file), .le = kExtendedLe};
  std::optional<bool>& extended = card_.learned().extended_le;
  if (extended.value_or(true)) {
    JPKID_ASSIGN_OR_RETURN(hal::Response response, card_.Transmit(read));
    if (response.sw != kWrongLength && response.sw != kNoDiagnosis) {
      if (response.sw == hal::kSuccess) extended = true;
      return response;
    }
  }
  read.le = kShortLe;
  JPKID_ASSIGN_OR_RETURN(hal::Response response, card_.Transmit(read));
  if (IsData(response.sw)) extended = false;
  return response;
}

absl::StatusOr<Bytes> JpkiCard::ReadCertificate(Kind kind, CertificateFile which) {
  const certs::KindRow& row = certs::Row(kind);
  const std::uint16_t file =
      which == CertificateFile::kOwn ? row.certificate_file : row.ca_certificate_file;
  auto& public_files = card_.learned().public_files;
  auto& private_files = card_.remembered().private_files;
  if (const auto known = public_files.find(file); known != public_files.end()) {
    return known->second;
  }
  if (const auto known = private_files.find(file); known != private_files.end()) {
    return Bytes(known->second.begin(), known->second.end());
  }
  JPKID_ASSIGN_OR_RETURN(Bytes certificate, ReadFile(kind, file));
  if (kind == Kind::kSignature && which == CertificateFile::kOwn) {
    private_files.emplace(file, WipedBytes(certificate.begin(), certificate.end()));
  } else {
    public_files.emplace(file, certificate);
  }
  return certificate;
}

absl::StatusOr<Bytes> JpkiCard::ReadFile(Kind kind, std::uint16_t file) {
  JPKID_RETURN_IF_ERROR(SelectApplication(card_, kJpkiApplication));
  JPKID_ASSIGN_OR_RETURN(hal::Response beginning, ReadBeginning(file));
  if (beginning.sw == kFileNotFound || beginning.sw == kPastEnd) return Absent(kind);
  if (!IsData(beginning.sw)) return PinFailure(kind, beginning.sw, "READ BINARY");
  Bytes certificate = std::move(beginning.data);
  if (certificate.empty() || certificate[0] == 0x00 || certificate[0] == 0xFF) {
    return Absent(kind);
  }
  const std::optional<std::size_t> size = SizeOfSequence(certificate);
  if (!size.has_value() || *size > kLargestCertificate) {
    return Garbled("READ BINARY", "not a certificate");
  }
  const std::size_t block = card_.learned().extended_le.value_or(false) ? kExtendedLe : kShortLe;
  while (certificate.size() < *size) {
    const std::size_t offset = certificate.size();
    const hal::Command read = {.ins = 0xB0,
                               .p1 = static_cast<std::uint8_t>(offset >> 8),
                               .p2 = static_cast<std::uint8_t>(offset & 0xFF),
                               .le = static_cast<int>(std::min(*size - offset, block))};
    JPKID_ASSIGN_OR_RETURN(const hal::Response next, card_.Transmit(read));
    if (!IsData(next.sw)) return PinFailure(kind, next.sw, "READ BINARY");
    if (next.data.empty()) return Garbled("READ BINARY", "the file ends before the certificate");
    Append(certificate, next.data);
  }
  certificate.resize(*size);  // What follows in the file is filling.
  return certificate;
}

absl::StatusOr<PinStatus> JpkiCard::GetPinStatus(Kind kind) {
  const certs::KindRow& row = certs::Row(kind);
  JPKID_RETURN_IF_ERROR(SelectApplication(card_, kJpkiApplication));
  JPKID_ASSIGN_OR_RETURN(const hal::Response response,
                         card_.Transmit({.ins = 0x20, .p2 = ShortReference(row.pin_file)}));
  PinStatus status = {.tries_at_most = row.pin_tries};
  if ((response.sw & 0xFFF0) == kTriesLeft) {
    status.tries_left = response.sw & 0x0F;
    status.state = status.tries_left == 0 ? PinStatus::State::kBlocked : PinStatus::State::kUsable;
  } else if (response.sw == kBlocked) {
    status.state = PinStatus::State::kBlocked;
  } else if (response.sw == kNotUsable) {
    status.state = PinStatus::State::kNotSet;
  } else if (response.sw == hal::kSuccess) {
    return Garbled("VERIFY", "no number of tries left");
  } else {
    return PinFailure(kind, response.sw, "VERIFY");
  }
  return status;
}

absl::Status JpkiCard::Verify(Kind kind, std::uint8_t reference, const Secret& pin) {
  hal::Command verify = {.ins = 0x20, .p2 = reference};
  verify.data.assign(pin.view().begin(), pin.view().end());
  card_.remembered().security_state = true;  // Before: the answer may be lost.
  JPKID_ASSIGN_OR_RETURN(const hal::Response response, card_.Transmit(verify));
  if (response.sw != hal::kSuccess) return PinFailure(kind, response.sw, "VERIFY");
  return absl::OkStatus();
}

absl::Status JpkiCard::VerifyPin(Kind kind, const Secret& pin) {
  // Without data it would be a question, and no number of tries an answer to build on.
  if (pin.empty()) return absl::InvalidArgumentError("an empty PIN was not checked");
  JPKID_RETURN_IF_ERROR(SelectApplication(card_, kJpkiApplication));
  return Verify(kind, ShortReference(certs::Row(kind).pin_file), pin);
}

absl::Status JpkiCard::ChangePin(Kind kind, const Secret& current, const Secret& fresh) {
  if (current.empty() || fresh.empty()) {
    return absl::InvalidArgumentError("an empty PIN was not checked");
  }
  const std::uint16_t file = certs::Row(kind).pin_file;
  JPKID_RETURN_IF_ERROR(SelectApplication(card_, kJpkiApplication));
  JPKID_RETURN_IF_ERROR(Demand(card_,
                               {.ins = 0xA4,
                                .p1 = 0x02,
                                .p2 = 0x0C,
                                .data = {static_cast<std::uint8_t>(file >> 8),
                                         static_cast<std::uint8_t>(file & 0xFF)}},
                               "SELECT")
                            .status());
  JPKID_RETURN_IF_ERROR(Verify(kind, kSelectedFile, current));
  hal::Command change = {.ins = 0x24, .p1 = 0x01, .p2 = kSelectedFile};
  change.data.assign(fresh.view().begin(), fresh.view().end());
  JPKID_ASSIGN_OR_RETURN(const hal::Response response, card_.Transmit(change));
  if (response.sw != hal::kSuccess) return PinFailure(kind, response.sw, "CHANGE REFERENCE DATA");
  return absl::OkStatus();
}

absl::StatusOr<Bytes> JpkiCard::Sign(Kind kind, ByteView input) {
  JPKID_RETURN_IF_ERROR(SelectApplication(card_, kJpkiApplication));
  hal::Command sign = {.cla = 0x80,
                       .ins = 0x2A,
                       .p2 = ShortReference(certs::Row(kind).key_file),
                       .le = hal::Command::kShortMax};
  sign.data.assign(input.begin(), input.end());
  JPKID_ASSIGN_OR_RETURN(hal::Response response, card_.Transmit(sign));
  if (response.sw == kKeyNotFound) return Absent(kind);
  if (response.sw != hal::kSuccess) {
    return PinFailure(kind, response.sw, "COMPUTE DIGITAL SIGNATURE");
  }
  if (response.data.empty()) return Garbled("COMPUTE DIGITAL SIGNATURE", "no signature");
  return std::move(response.data);
}

}  // namespace jpkid::card
