#include "absl/strings/str_cat.h"

#include "clients/cli/names.h"
#include "clients/cli/table.h"
#include "clients/cli/text.h"

namespace jpkid::cli {
namespace {

using jpki::v1::Card;
using jpki::v1::CertificateInfo;
using jpki::v1::GetPinStatusResponse;
using jpki::v1::ListReadersResponse;
using jpki::v1::PinStatus;
using jpki::v1::Reader;

void AddPin(const Words& words, const PinStatus& status, Table& table) {
  table.Add({words(Msg::kPinOf, Name(words, status.pin())), Describe(words, status)});
}

bool Has(const Card& card, jpki::v1::CertificateKind kind) {
  for (const CertificateInfo& certificate : card.certificates()) {
    if (certificate.kind() == kind) return true;
  }
  return false;
}

}  // namespace

std::string Text(const Words& words, const ListReadersResponse& response) {
  if (response.readers().empty()) return absl::StrCat(words(Msg::kNoReader), "\n");
  Table table;
  table.Add({words(Msg::kReader), words(Msg::kState), words(Msg::kUsedBy),
             words(Msg::kWaitingCount), words(Msg::kDriver)});
  for (const Reader& reader : response.readers()) {
    std::string state = Name(words, reader.state());
    if (!reader.detail().empty()) absl::StrAppend(&state, " (", reader.detail(), ")");
    table.Add({reader.name(), state, reader.holder(), absl::StrCat(reader.waiting()),
               reader.driver_name()});
  }
  return table.Text();
}

std::string Text(const Words& words, const Card& card) {
  Table table;
  table.Add({words(Msg::kCard), card.serial()});
  table.Add({words(Msg::kMunicipality), card.municipality_code()});
  table.Add({words(Msg::kCardExpiry), card.expiry_date()});
  if (!card.profile().empty()) table.Add({words(Msg::kCardProfile), card.profile()});
  table.Add({words(Msg::kToken),
             card.training() ? words(Msg::kTrainingMark, card.token_label()) : card.token_label()});
  for (const PinStatus& pin : card.pins()) AddPin(words, pin, table);
  std::string text = table.Text();
  for (const CertificateInfo& certificate : card.certificates()) {
    absl::StrAppend(&text, Text(words, certificate));
  }
  if (card.has_signature_certificate() && !Has(card, jpki::v1::CERTIFICATE_KIND_SIGNATURE)) {
    absl::StrAppend(&text, words(Msg::kNeedsPinToRead), "\n");
  } else if (card.certificates().empty()) {
    absl::StrAppend(&text, words(Msg::kNoCertificates), "\n");
  }
  return text;
}

std::string Text(const Words& words, const GetPinStatusResponse& response) {
  Table table;
  for (const PinStatus& pin : response.pins()) AddPin(words, pin, table);
  return table.Text();
}

std::string Text(const Words& words, const PinStatus& status) {
  Table table;
  AddPin(words, status, table);
  return table.Text();
}

std::string Text(const Words& words, const CertificateInfo& certificate) {
  return Text(words, Msg::kCertificateOf, certificate);
}

std::string Text(const Words& words, Msg heading, const CertificateInfo& certificate) {
  Table table;
  table.Add({words(Msg::kSerialNumber), certificate.serial_number()});
  table.Add({words(Msg::kIssuer), certificate.issuer()});
  table.Add({words(Msg::kSubject), certificate.subject()});
  table.Add({words(Msg::kValidity), words(Msg::kFromTo, LocalTime(certificate.not_before_time()),
                                          LocalTime(certificate.not_after_time()))});
  return absl::StrCat(words(heading, Name(words, certificate.kind())), "\n", table.Text("  "));
}

}  // namespace jpkid::cli
