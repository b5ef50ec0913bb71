#include "daemon/rpc/convert_case.h"

#include "absl/strings/str_cat.h"
#include "absl/time/civil_time.h"

#include "daemon/rpc/convert.h"

namespace jpkid::rpc {
namespace {

v1::Applicant ToWire(rules::Applicant applicant) {
  switch (applicant) {
    case rules::Applicant::kHolder:
      return v1::APPLICANT_HOLDER;
    case rules::Applicant::kVoluntaryProxy:
      return v1::APPLICANT_VOLUNTARY_PROXY;
    case rules::Applicant::kLegalRepresentative:
      return v1::APPLICANT_LEGAL_REPRESENTATIVE;
  }
  return v1::APPLICANT_UNSPECIFIED;
}

v1::ResidenceStatus ToWire(rules::ResidenceStatus status) {
  using rules::ResidenceStatus;
  switch (status) {
    case ResidenceStatus::kJapanese:
      return v1::RESIDENCE_STATUS_JAPANESE;
    case ResidenceStatus::kPermanentResident:
      return v1::RESIDENCE_STATUS_PERMANENT_RESIDENT;
    case ResidenceStatus::kSpecialPermanentResident:
      return v1::RESIDENCE_STATUS_SPECIAL_PERMANENT_RESIDENT;
    case ResidenceStatus::kHighlySkilledProfessional2:
      return v1::RESIDENCE_STATUS_HIGHLY_SKILLED_PROFESSIONAL_2;
    case ResidenceStatus::kMidToLongTerm:
      return v1::RESIDENCE_STATUS_MID_TO_LONG_TERM;
    case ResidenceStatus::kStayByBirth:
      return v1::RESIDENCE_STATUS_STAY_BY_BIRTH;
    case ResidenceStatus::kTemporaryRefuge:
      return v1::RESIDENCE_STATUS_TEMPORARY_REFUGE;
    case ResidenceStatus::kProvisionalStay:
      return v1::RESIDENCE_STATUS_PROVISIONAL_STAY;
  }
  return v1::RESIDENCE_STATUS_UNSPECIFIED;
}

void AddReason(Reason reason, const ReasonMetadata& metadata, const std::string& source,
               Language language, v1::Procedure& procedure) {
  v1::ProcedureReason& wire = *procedure.add_reasons();
  wire.set_code(std::string(Row(reason).code));
  wire.set_s_row(source);
  wire.set_text(Text(reason, metadata, language));
  wire.set_remedy(Remedy(reason, metadata, language));
}

// Of rules::Item and store::CaseItem alike.
void AddItem(const std::string& code, int visit, const std::string& s_row, const std::string& text,
             v1::Procedure& procedure) {
  v1::RequiredItem& item = *procedure.add_required_items();
  item.set_code(code);
  item.set_visit(visit);
  item.set_s_row(s_row);
  item.set_text(text);
}

// As it was decided then, in the words of today.
v1::Procedure ToProcedure(const store::CaseDecision& decision, Language language) {
  v1::Procedure procedure;
  procedure.set_allowed(decision.allowed());
  procedure.set_same_day(decision.same_day());
  procedure.set_visits(decision.visits());
  procedure.set_becomes(decision.becomes());
  for (const store::CaseItem& item : decision.items()) {
    AddItem(item.code(), item.visit(), item.s_row(),
            language == Language::kJapanese ? item.japanese() : item.english(), procedure);
  }
  v1::ExpiryDates& expiry = *procedure.mutable_expiry();
  if (!decision.auth_expiry().empty()) expiry.set_auth(decision.auth_expiry());
  if (!decision.signature_expiry().empty()) expiry.set_signature(decision.signature_expiry());
  for (const store::CaseFinding& finding : decision.findings()) {
    const std::optional<Reason> reason = ReasonFromCode(finding.reason());
    if (!reason.has_value()) continue;  // Of a newer daemon on the same store.
    AddReason(*reason, ReasonMetadata(finding.metadata().begin(), finding.metadata().end()),
              finding.source(), language, procedure);
  }
  for (const std::string& pin : decision.pins()) procedure.add_pins(ToPinKind(pin));
  return procedure;
}

void SetPerson(const store::CasePerson& person, v1::Application& wire) {
  wire.set_birth_date(person.birth_date());
  const auto status = rules::ParseResidenceStatus(person.residence_status());
  if (status.ok()) wire.set_residence_status(ToWire(*status));
  wire.set_stay_until(person.stay_until());
  wire.set_adult_ward(person.adult_ward());
}

v1::Application ToWire(const store::CaseApplication& application, bool person) {
  v1::Application wire;
  wire.set_type(application.procedure() == rules::Name(rules::Procedure::kRenew)
                    ? v1::Operation::TYPE_RENEW
                    : v1::Operation::TYPE_ISSUE);
  for (const std::string& kind : application.kinds()) wire.add_kinds(ToCertificateKind(kind));
  const auto applicant = rules::ParseApplicant(application.applicant());
  if (applicant.ok()) wire.set_applicant(ToWire(*applicant));
  wire.set_window(application.window());
  wire.set_card_profile(application.card_profile());
  wire.set_card_expiry(application.card_expiry());
  wire.set_auth_expiry(application.auth_expiry());
  wire.set_signature_expiry(application.signature_expiry());
  wire.set_has_signature_certificate(application.holds_signature());
  wire.set_first_issue(application.first_issue());
  wire.set_has_notice_form(application.has_notice_form());
  for (const std::string& kind : application.revoked_kinds()) {
    wire.add_revoked_kinds(ToCertificateKind(kind));
  }
  wire.set_pinless_card(application.pinless_card());
  for (const std::string& pin : application.reset_pins()) wire.add_reset_pins(ToPinKind(pin));
  wire.set_same_household(application.same_household());
  wire.set_has_appointment(application.has_appointment());
  wire.set_not_registered(application.not_registered());
  if (person && application.has_person()) SetPerson(application.person(), wire);
  return wire;
}

void SetHistory(const store::CaseRecord& record, v1::Case& wire) {
  for (const store::CheckedDocument& document : record.documents()) {
    v1::CheckedDocument& seen = *wire.add_documents();
    seen.set_code(document.code());
    seen.set_visit(document.visit());
    seen.set_checked_by(document.checked_by());
    *seen.mutable_check_time() = ToTimestamp(document.check_time_us());
  }
  for (const std::string& code : desk::MissingItems(record)) wire.add_missing_items(code);
  for (const store::CaseAct& act : record.history()) {
    v1::CaseAct& done = *wire.add_history();
    *done.mutable_time() = ToTimestamp(act.time_us());
    done.set_actor(act.actor());
    done.set_act(act.act());
    done.set_state(ToState(act.state()));
    done.set_detail(act.detail());
  }
}

}  // namespace

v1::Case::State ToState(store::CaseRecord::State state) {
  // Both number them alike; a test holds it.
  return static_cast<v1::Case::State>(state);
}

v1::Procedure ToProcedure(const desk::Preview& preview, Language language) {
  const rules::Decision& decision = preview.decision;
  v1::Procedure procedure;
  procedure.set_allowed(decision.allowed);
  procedure.set_same_day(decision.same_day);
  procedure.set_visits(decision.visits);
  procedure.set_becomes(std::string(rules::Name(decision.becomes)));
  for (const rules::Item& item : decision.items) {
    AddItem(item.code, item.visit, item.s_row,
            language == Language::kJapanese ? item.japanese : item.english, procedure);
  }
  v1::ExpiryDates& expiry = *procedure.mutable_expiry();
  if (decision.auth_expiry) expiry.set_auth(absl::FormatCivilTime(*decision.auth_expiry));
  if (decision.signature_expiry) {
    expiry.set_signature(absl::FormatCivilTime(*decision.signature_expiry));
  }
  for (const rules::Finding& finding : decision.findings) {
    AddReason(finding.reason, finding.metadata, finding.source, language, procedure);
  }
  for (const certs::Kind pin : decision.pins) procedure.add_pins(ToPinKind(pin));
  procedure.set_municipality(preview.municipality->id());
  *procedure.mutable_office() = ToOffice(*preview.municipality, language);
  return procedure;
}

v1::Office ToOffice(const rules::Municipality& municipality, Language language) {
  const rules::Office office = municipality.office();
  v1::Office wire;
  wire.set_municipality(municipality.name(language));
  wire.set_division(office.division.In(language));
  wire.set_address(office.address.In(language));
  wire.set_telephone(office.telephone);
  wire.set_fax(office.fax);
  return wire;
}

v1::Case ToCase(const store::CaseRecord& record, const rules::Municipality* municipality,
                Language language, bool person) {
  v1::Case wire;
  wire.set_name(absl::StrCat("cases/", record.id()));
  wire.set_state(ToState(record.state()));
  wire.set_etag(absl::StrCat(record.version()));
  *wire.mutable_application() = ToWire(record.application(), person);
  *wire.mutable_procedure() = ToProcedure(record.decision(), language);
  wire.mutable_procedure()->set_municipality(record.municipality());
  if (municipality != nullptr) {
    *wire.mutable_procedure()->mutable_office() = ToOffice(*municipality, language);
  }
  wire.set_card_serial(record.card_serial());
  SetHistory(record, wire);
  wire.set_reply_due(record.reply_due());
  if (!record.operation_id().empty()) {
    wire.set_operation(absl::StrCat("operations/", record.operation_id()));
  }
  *wire.mutable_create_time() = ToTimestamp(record.create_time_us());
  *wire.mutable_update_time() = ToTimestamp(record.update_time_us());
  wire.set_creator(record.creator());
  wire.set_municipality(record.municipality());
  wire.set_training(record.training());
  return wire;
}

}  // namespace jpkid::rpc
