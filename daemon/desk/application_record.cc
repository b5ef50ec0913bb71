#include "daemon/desk/application_record.h"

#include <optional>
#include <string>
#include <vector>

#include "absl/time/civil_time.h"
#include <google/protobuf/repeated_ptr_field.h>

#include "base/status.h"

namespace jpkid::desk {
namespace {

using Words = google::protobuf::RepeatedPtrField<std::string>;

std::string Day(const std::optional<absl::CivilDay>& day) {
  return day.has_value() ? absl::FormatCivilTime(*day) : std::string();
}

absl::StatusOr<std::optional<absl::CivilDay>> ParseDay(const std::string& text) {
  if (text.empty()) return std::nullopt;
  absl::CivilDay day;
  if (absl::ParseCivilTime(text, &day)) return day;
  return Fail(Reason::kArgumentInvalid, {{"field", "date"}, {"detail", "is none: " + text}});
}

absl::Status ParseDays(const store::CaseApplication& record, rules::Application& application) {
  JPKID_ASSIGN_OR_RETURN(const auto birth_date, ParseDay(record.person().birth_date()));
  if (!birth_date.has_value()) {
    return Fail(Reason::kArgumentInvalid,
                {{"field", "application"}, {"detail", "has no birth date"}});
  }
  application.birth_date = *birth_date;
  JPKID_ASSIGN_OR_RETURN(application.card_expiry, ParseDay(record.card_expiry()));
  JPKID_ASSIGN_OR_RETURN(application.auth_expiry, ParseDay(record.auth_expiry()));
  JPKID_ASSIGN_OR_RETURN(application.signature_expiry, ParseDay(record.signature_expiry()));
  JPKID_ASSIGN_OR_RETURN(application.stay_until, ParseDay(record.person().stay_until()));
  return absl::OkStatus();
}

void SetWords(const std::vector<certs::Kind>& kinds, Words* words) {
  for (const certs::Kind kind : kinds) words->Add(std::string(certs::Name(kind)));
}

absl::StatusOr<std::vector<certs::Kind>> ParseKinds(const Words& words) {
  std::vector<certs::Kind> kinds;
  for (const std::string& word : words) {
    JPKID_ASSIGN_OR_RETURN(const certs::Kind kind, certs::ParseKind(word));
    kinds.push_back(kind);
  }
  return kinds;
}

}  // namespace

store::CaseApplication ToRecord(const rules::Application& application) {
  store::CaseApplication record;
  record.set_procedure(std::string(rules::Name(application.procedure)));
  SetWords(application.kinds, record.mutable_kinds());
  record.set_applicant(std::string(rules::Name(application.applicant)));
  record.set_window(application.window);
  record.set_card_profile(application.card_profile);
  record.set_card_expiry(Day(application.card_expiry));
  record.set_auth_expiry(Day(application.auth_expiry));
  record.set_signature_expiry(Day(application.signature_expiry));
  SetWords(application.revoked_kinds, record.mutable_revoked_kinds());
  record.set_holds_signature(application.holds_signature);
  record.set_first_issue(application.first_issue);
  record.set_has_notice_form(application.has_notice_form);
  record.set_pinless_card(application.pinless_card);
  SetWords(application.reset_pins, record.mutable_reset_pins());
  record.set_same_household(application.same_household);
  record.set_has_appointment(application.has_appointment);
  record.set_not_registered(application.not_registered);
  store::CasePerson& person = *record.mutable_person();
  person.set_birth_date(Day(application.birth_date));
  person.set_residence_status(std::string(rules::Name(application.residence_status)));
  person.set_stay_until(Day(application.stay_until));
  person.set_adult_ward(application.adult_ward);
  return record;
}

absl::StatusOr<rules::Application> FromRecord(const store::CaseApplication& record) {
  rules::Application application;
  JPKID_ASSIGN_OR_RETURN(application.procedure, rules::ParseProcedure(record.procedure()));
  JPKID_ASSIGN_OR_RETURN(application.kinds, ParseKinds(record.kinds()));
  JPKID_ASSIGN_OR_RETURN(application.applicant, rules::ParseApplicant(record.applicant()));
  application.window = record.window();
  application.card_profile = record.card_profile();
  JPKID_RETURN_IF_ERROR(ParseDays(record, application));
  JPKID_ASSIGN_OR_RETURN(application.revoked_kinds, ParseKinds(record.revoked_kinds()));
  JPKID_ASSIGN_OR_RETURN(application.residence_status,
                         rules::ParseResidenceStatus(record.person().residence_status()));
  application.holds_signature = record.holds_signature();
  application.first_issue = record.first_issue();
  application.has_notice_form = record.has_notice_form();
  application.pinless_card = record.pinless_card();
  JPKID_ASSIGN_OR_RETURN(application.reset_pins, ParseKinds(record.reset_pins()));
  application.adult_ward = record.person().adult_ward();
  application.same_household = record.same_household();
  application.has_appointment = record.has_appointment();
  application.not_registered = record.not_registered();
  return application;
}

store::CaseDecision ToRecord(const rules::Decision& decision) {
  store::CaseDecision record;
  record.set_allowed(decision.allowed);
  record.set_same_day(decision.same_day);
  record.set_visits(decision.visits);
  record.set_becomes(std::string(rules::Name(decision.becomes)));
  SetWords(decision.kinds, record.mutable_kinds());
  for (const rules::Item& item : decision.items) {
    store::CaseItem& one = *record.add_items();
    one.set_code(item.code);
    one.set_visit(item.visit);
    one.set_s_row(item.s_row);
    one.set_english(item.english);
    one.set_japanese(item.japanese);
  }
  SetWords(decision.pins, record.mutable_pins());
  record.set_auth_expiry(Day(decision.auth_expiry));
  record.set_signature_expiry(Day(decision.signature_expiry));
  for (const rules::Finding& finding : decision.findings) {
    store::CaseFinding& one = *record.add_findings();
    one.set_reason(std::string(Row(finding.reason).code));
    one.mutable_metadata()->insert(finding.metadata.begin(), finding.metadata.end());
    one.set_source(finding.source);
  }
  return record;
}

}  // namespace jpkid::desk
