#include <algorithm>
#include <cctype>

#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/time/civil_time.h"

#include "base/status.h"
#include "daemon/rpc/convert.h"
#include "daemon/rpc/convert_case.h"

// What a request says of an application.
namespace jpkid::rpc {
namespace {

absl::Status Invalid(absl::string_view field, absl::string_view detail) {
  return Fail(Reason::kArgumentInvalid,
              {{"field", std::string(field)}, {"detail", std::string(detail)}});
}

template <typename Wire>
absl::StatusOr<std::vector<certs::Kind>> Named(const google::protobuf::RepeatedField<int>& numbers,
                                               absl::string_view field) {
  std::vector<certs::Kind> named;
  for (const int number : numbers) {
    JPKID_ASSIGN_OR_RETURN(const certs::Kind kind, ToKind(static_cast<Wire>(number), field));
    if (std::ranges::count(named, kind) > 0) {
      return Invalid(field, absl::StrCat(certs::Name(kind), " is named twice"));
    }
    named.push_back(kind);
  }
  std::ranges::sort(named);
  return named;
}

absl::Status SetDates(const v1::Application& wire, rules::Application& application) {
  JPKID_ASSIGN_OR_RETURN(application.birth_date,
                         ToDay(wire.birth_date(), "application.birth_date"));
  JPKID_ASSIGN_OR_RETURN(application.card_expiry,
                         ToDayIfAny(wire.card_expiry(), "application.card_expiry"));
  JPKID_ASSIGN_OR_RETURN(application.auth_expiry,
                         ToDayIfAny(wire.auth_expiry(), "application.auth_expiry"));
  JPKID_ASSIGN_OR_RETURN(application.signature_expiry,
                         ToDayIfAny(wire.signature_expiry(), "application.signature_expiry"));
  JPKID_ASSIGN_OR_RETURN(application.stay_until,
                         ToDayIfAny(wire.stay_until(), "application.stay_until"));
  return absl::OkStatus();
}

}  // namespace

absl::StatusOr<rules::ResidenceStatus> ToResidenceStatus(v1::ResidenceStatus status,
                                                         absl::string_view field) {
  using rules::ResidenceStatus;
  switch (status) {
    case v1::RESIDENCE_STATUS_UNSPECIFIED:
    case v1::RESIDENCE_STATUS_JAPANESE:
      return ResidenceStatus::kJapanese;
    case v1::RESIDENCE_STATUS_PERMANENT_RESIDENT:
      return ResidenceStatus::kPermanentResident;
    case v1::RESIDENCE_STATUS_SPECIAL_PERMANENT_RESIDENT:
      return ResidenceStatus::kSpecialPermanentResident;
    case v1::RESIDENCE_STATUS_HIGHLY_SKILLED_PROFESSIONAL_2:
      return ResidenceStatus::kHighlySkilledProfessional2;
    case v1::RESIDENCE_STATUS_MID_TO_LONG_TERM:
      return ResidenceStatus::kMidToLongTerm;
    case v1::RESIDENCE_STATUS_STAY_BY_BIRTH:
      return ResidenceStatus::kStayByBirth;
    case v1::RESIDENCE_STATUS_TEMPORARY_REFUGE:
      return ResidenceStatus::kTemporaryRefuge;
    case v1::RESIDENCE_STATUS_PROVISIONAL_STAY:
      return ResidenceStatus::kProvisionalStay;
    default:
      return Invalid(field, "is not known");
  }
}

absl::StatusOr<std::optional<absl::CivilDay>> ToDayIfAny(absl::string_view text,
                                                         absl::string_view field) {
  if (text.empty()) return std::nullopt;
  JPKID_ASSIGN_OR_RETURN(const absl::CivilDay day, ToDay(text, field));
  return day;
}

absl::StatusOr<rules::Procedure> ToProcedure(v1::Operation::Type type, absl::string_view field) {
  switch (type) {
    case v1::Operation::TYPE_ISSUE:
      return rules::Procedure::kIssue;
    case v1::Operation::TYPE_RENEW:
      return rules::Procedure::kRenew;
    default:
      return Invalid(field, "issue or renew");
  }
}

absl::StatusOr<rules::Applicant> ToApplicant(v1::Applicant applicant, absl::string_view field) {
  switch (applicant) {
    case v1::APPLICANT_UNSPECIFIED:
    case v1::APPLICANT_HOLDER:
      return rules::Applicant::kHolder;
    case v1::APPLICANT_VOLUNTARY_PROXY:
      return rules::Applicant::kVoluntaryProxy;
    case v1::APPLICANT_LEGAL_REPRESENTATIVE:
      return rules::Applicant::kLegalRepresentative;
    default:
      return Invalid(field, "is not known");
  }
}

absl::StatusOr<std::vector<certs::Kind>> ToKinds(const google::protobuf::RepeatedField<int>& kinds,
                                                 absl::string_view field) {
  if (!kinds.empty()) return Named<v1::CertificateKind>(kinds, field);
  return std::vector<certs::Kind>(std::begin(certs::kAllKinds), std::end(certs::kAllKinds));
}

absl::StatusOr<std::vector<certs::Kind>> ToPins(const google::protobuf::RepeatedField<int>& pins,
                                                absl::string_view field) {
  return Named<v1::PinKind>(pins, field);
}

absl::StatusOr<rules::Application> ToApplication(const v1::Application& wire) {
  rules::Application application;
  JPKID_ASSIGN_OR_RETURN(application.procedure, ToProcedure(wire.type(), "application.type"));
  JPKID_ASSIGN_OR_RETURN(application.kinds, ToKinds(wire.kinds(), "application.kinds"));
  JPKID_ASSIGN_OR_RETURN(application.applicant,
                         ToApplicant(wire.applicant(), "application.applicant"));
  JPKID_RETURN_IF_ERROR(SetDates(wire, application));
  JPKID_ASSIGN_OR_RETURN(
      application.revoked_kinds,
      Named<v1::CertificateKind>(wire.revoked_kinds(), "application.revoked_kinds"));
  JPKID_ASSIGN_OR_RETURN(
      application.residence_status,
      ToResidenceStatus(wire.residence_status(), "application.residence_status"));
  JPKID_ASSIGN_OR_RETURN(application.reset_pins,
                         ToPins(wire.reset_pins(), "application.reset_pins"));
  application.window = wire.window();
  if (!wire.card_profile().empty()) {
    JPKID_RETURN_IF_ERROR(certs::ParseCardProfile(wire.card_profile()).status());
    application.card_profile = wire.card_profile();
  }
  application.holds_signature = wire.has_signature_certificate();
  application.first_issue = wire.first_issue();
  application.has_notice_form = wire.has_notice_form();
  application.pinless_card = wire.pinless_card();
  application.adult_ward = wire.adult_ward();
  application.same_household = wire.same_household();
  application.has_appointment = wire.has_appointment();
  application.not_registered = wire.not_registered();
  return application;
}

absl::StatusOr<std::int64_t> ToVersion(absl::string_view etag) {
  if (etag.empty()) return 0;
  std::int64_t version = 0;
  const bool digits = std::ranges::all_of(etag, [](unsigned char c) { return std::isdigit(c); });
  if (digits && absl::SimpleAtoi(etag, &version) && version > 0) return version;
  return Invalid("etag", "as the case gave it");
}

absl::StatusOr<absl::Time> ToTime(const google::protobuf::Timestamp& time,
                                  absl::string_view field) {
  // google/protobuf/timestamp.proto.
  constexpr std::int64_t kFirst = -62'135'596'800;
  constexpr std::int64_t kLast = 253'402'300'799;
  if (time.seconds() < kFirst || time.seconds() > kLast || time.nanos() < 0 ||
      time.nanos() > 999'999'999) {
    return Invalid(field, "a moment between the years 1 and 9999");
  }
  return absl::FromUnixSeconds(time.seconds()) + absl::Nanoseconds(time.nanos());
}

}  // namespace jpkid::rpc
