#include "daemon/desk/case_desk.h"

#include <utility>

#include "absl/strings/str_cat.h"
#include "absl/time/civil_time.h"
#include <google/protobuf/util/message_differencer.h>

#include "base/digest.h"
#include "base/ids.h"
#include "base/status.h"
#include "daemon/certs/certs.h"
#include "daemon/desk/application_record.h"
#include "daemon/desk/documents.h"

namespace jpkid::desk {
namespace {

using google::protobuf::util::MessageDifferencer;
using store::CaseRecord;
using Act = workflow::CaseAct;

// A refusal with what to do about it.
std::string Told(const rules::Finding& finding, Language language) {
  const std::string text = Text(finding.reason, finding.metadata, language);
  const std::string remedy = Remedy(finding.reason, finding.metadata, language);
  const bool blank = language == Language::kEnglish && !remedy.empty();
  return absl::StrCat(text, blank ? " " : "", remedy);
}

void AddLine(const std::string& name, const std::string& line, ReasonMetadata& metadata) {
  std::string& lines = metadata[name];
  absl::StrAppend(&lines, lines.empty() ? "" : "\n", line);
}

// So many more refusals are told in words: a status has 8 KiB to travel in, and says it four times.
constexpr int kMostOthers = 3;

// Refusals stand first: the first one is the reason, the others are told with it, and the office to
// ask (S19).
absl::Status Refusal(const rules::Decision& decision) {
  if (decision.allowed) return absl::OkStatus();
  const rules::Finding& first = decision.findings.front();
  ReasonMetadata metadata = first.metadata;
  int others = 0;
  for (const rules::Finding& finding : decision.findings) {
    if (finding.reason == Reason::kWhereToAsk) {
      metadata.insert(finding.metadata.begin(), finding.metadata.end());
    }
    const bool refuses = Row(finding.reason).status != absl::StatusCode::kOk;
    if (&finding == &first || !refuses) continue;
    AddLine("also_reasons", std::string(Row(finding.reason).code), metadata);
    if (++others > kMostOthers) continue;
    AddLine("also", Told(finding, Language::kEnglish), metadata);
    AddLine("also_ja", Told(finding, Language::kJapanese), metadata);
  }
  return Fail(first.reason, std::move(metadata));
}

// The application as it is stored, with the digest of all that was said.
store::CaseApplication Asked(const NewCase& request) {
  store::CaseApplication asked = ToRecord(request.application);
  const std::string application = asked.SerializeAsString();
  // The request id, so that one holder's digests are not alike.
  std::vector<absl::string_view> parts = {request.request_id, request.card_serial, application};
  parts.push_back(request.holder.has_value() ? AsText(*request.holder) : absl::string_view());
  parts.insert(parts.end(), request.checked_items.begin(), request.checked_items.end());
  asked.mutable_person()->set_request_digest(std::string(AsText(Sha256OfParts(parts))));
  return asked;
}

// Whether `again` asks for what the case has become. The case goes on: its card is found, its PINs
// are to be reset, and in the end the digest is erased with the holder's data; what is left of it
// must be as it was asked for.
bool AsksForTheSame(const NewCase& again, const CaseRecord& first) {
  store::CaseApplication asked = Asked(again);
  const std::string& digest = first.application().person().request_digest();
  if (!digest.empty()) return digest == asked.person().request_digest();
  store::CaseApplication stands = first.application();
  for (store::CaseApplication* one : {&asked, &stands}) {
    one->clear_person();
    one->clear_reset_pins();
  }
  if (asked.window().empty()) asked.set_window(stands.window());
  const bool same_card = again.card_serial.empty() || first.card_serial() == again.card_serial;
  return same_card && MessageDifferencer::Equals(stands, asked);
}

// The case that `first` is, if `again` asks for the same.
absl::StatusOr<CaseRecord> Repeated(const NewCase& again, CaseRecord first) {
  if (AsksForTheSame(again, first)) return first;
  return Fail(Reason::kRequestIdReused, {{"request_id", again.request_id}});
}

const std::string& WindowOf(const rules::Municipality& municipality,
                            const rules::Application& application) {
  return application.window.empty() ? municipality.first_window() : application.window;
}

store::Admission DayOf(absl::Time at) {
  const absl::CivilDay day = rules::TokyoDay(at);
  return {.from_us = absl::ToUnixMicros(absl::FromCivil(day, Tokyo())),
          .before_us = absl::ToUnixMicros(absl::FromCivil(day + 1, Tokyo()))};
}

}  // namespace

absl::StatusOr<std::unique_ptr<CaseDesk>> CaseDesk::Create(const Parts& parts, Options options) {
  for (const std::string& id : {options.municipality, options.preview_municipality}) {
    JPKID_RETURN_IF_ERROR(parts.municipalities.Find(id).status());
  }
  return std::make_unique<StoredCaseDesk>(parts, std::move(options));
}

store::ActStamp StoredCaseDesk::Stamp(const std::string& actor, std::string detail) const {
  return {.actor = actor,
          .time_us = absl::ToUnixMicros(parts_.clock.Now()),
          .detail = std::move(detail)};
}

absl::StatusOr<const rules::Municipality*> StoredCaseDesk::Municipality(
    const std::string& id) const {
  return parts_.municipalities.Find(id.empty() ? options_.municipality : id);
}

absl::StatusOr<rules::Decision> StoredCaseDesk::Decide(const rules::Municipality& municipality,
                                                       const rules::Application& application,
                                                       absl::Time at) const {
  const store::Admission day = DayOf(at);
  JPKID_ASSIGN_OR_RETURN(
      const int taken,
      parts_.cases.CountTaken(municipality.id(), WindowOf(municipality, application), day.from_us,
                              day.before_us));
  return rules::Decide(municipality, certs::ProfileOfCard(application.card_profile), application,
                       at, taken);
}

absl::StatusOr<Preview> StoredCaseDesk::PreviewProcedure(const rules::Application& application,
                                                         std::optional<absl::Time> at,
                                                         const std::string& municipality) const {
  JPKID_ASSIGN_OR_RETURN(const rules::Municipality* const found,
                         parts_.municipalities.Find(
                             municipality.empty() ? options_.preview_municipality : municipality));
  const absl::Time now = parts_.clock.Now();
  JPKID_ASSIGN_OR_RETURN(rules::Decision decision, Decide(*found, application, at.value_or(now)));
  const auto suspended = options_.suspended.find(decision.becomes);
  const bool today = rules::TokyoDay(at.value_or(now)) == rules::TokyoDay(now);
  if (decision.allowed && today && suspended != options_.suspended.end()) {
    decision.findings.push_back(
        {.reason = Reason::kOperationSuspended,
         .metadata = {{"operation", std::string(rules::Name(suspended->first))},
                      {"detail", suspended->second}},
         .source = "the operator"});
  }
  return Preview{.decision = std::move(decision), .municipality = found};
}

absl::StatusOr<CaseRecord> StoredCaseDesk::NewCaseRecord(const NewCase& application,
                                                         const rules::Municipality& municipality,
                                                         const rules::Decision& decision) const {
  const store::ActStamp stamp = Stamp(application.actor);
  CaseRecord record;
  record.set_id(NewId());
  record.set_request_id(application.request_id);
  record.set_creator(application.actor);
  record.set_create_time_us(stamp.time_us);
  record.set_municipality(municipality.id());
  record.set_training(options_.training);
  record.set_card_serial(application.card_serial);
  *record.mutable_application() = Asked(application);
  record.mutable_application()->set_window(WindowOf(municipality, application.application));
  *record.mutable_decision() = ToRecord(decision);
  JPKID_RETURN_IF_ERROR(Apply(record, Act::kCreate, stamp));
  JPKID_RETURN_IF_ERROR(
      CheckDocuments(record, application.checked_items, stamp.actor, stamp.time_us));
  if (decision.visits == 1 && MissingItems(record).empty()) {
    JPKID_RETURN_IF_ERROR(Apply(record, Act::kCompleteDocuments, stamp));
  }
  return record;
}

// A request that was made before is answered as then, whatever the rules say by now.
absl::StatusOr<CaseRecord> StoredCaseDesk::CreateCase(const NewCase& application) {
  JPKID_ASSIGN_OR_RETURN(std::optional<CaseRecord> first,
                         parts_.cases.FindCase(application.actor, application.request_id));
  if (first.has_value()) return Repeated(application, *std::move(first));
  JPKID_ASSIGN_OR_RETURN(const rules::Municipality* const municipality,
                         parts_.municipalities.Find(options_.municipality));
  const absl::Time now = parts_.clock.Now();
  JPKID_ASSIGN_OR_RETURN(const rules::Decision decision,
                         Decide(*municipality, application.application, now));
  JPKID_RETURN_IF_ERROR(Refusal(decision));
  JPKID_ASSIGN_OR_RETURN(const CaseRecord record,
                         NewCaseRecord(application, *municipality, decision));
  // Two may have been told that the day's last place is theirs.
  store::Admission admission = DayOf(now);
  admission.may_take = [&](int taken) -> absl::Status {
    JPKID_ASSIGN_OR_RETURN(
        const rules::Decision again,
        rules::Decide(*municipality, certs::ProfileOfCard(application.application.card_profile),
                      application.application, now, taken));
    return Refusal(again);
  };
  JPKID_ASSIGN_OR_RETURN(store::CreatedCase created,
                         parts_.cases.CreateCase(record, application.holder, admission));
  return created.existed ? Repeated(application, std::move(created.record))
                         : std::move(created.record);
}

absl::StatusOr<CaseRecord> StoredCaseDesk::GetCase(const std::string& id) const {
  return parts_.cases.GetCase(id);
}

absl::StatusOr<store::CasePage> StoredCaseDesk::ListCases(const store::CaseFilter& filter,
                                                          int page_size,
                                                          const std::string& token) const {
  return parts_.cases.ListCases(filter, page_size, token);
}

absl::StatusOr<CaseRecord> StoredCaseDesk::Look(const CaseAsSeen& seen) const {
  JPKID_ASSIGN_OR_RETURN(CaseRecord record, parts_.cases.GetCase(seen.id));
  if (seen.version != 0 && seen.version != record.version()) {
    return Fail(Reason::kCaseChanged, {{"case", seen.id}});
  }
  return record;
}

// As of the day on which the application was taken.
absl::Status StoredCaseDesk::DecideReset(CaseRecord& record) const {
  JPKID_ASSIGN_OR_RETURN(rules::Application application, FromRecord(record.application()));
  for (const std::string& pin : record.wrong_pins()) {
    JPKID_ASSIGN_OR_RETURN(const certs::Kind kind, certs::ParseKind(pin));
    std::erase(application.reset_pins, kind);
    application.reset_pins.push_back(kind);
  }
  JPKID_ASSIGN_OR_RETURN(const rules::Municipality* const municipality,
                         parts_.municipalities.Find(record.municipality()));
  JPKID_ASSIGN_OR_RETURN(
      const rules::Decision decision,
      rules::DecideAnew(*municipality, certs::ProfileOfCard(application.card_profile), application,
                        absl::FromUnixMicros(record.create_time_us())));
  JPKID_RETURN_IF_ERROR(Refusal(decision));
  *record.mutable_application() = ToRecord(application);
  *record.mutable_decision() = ToRecord(decision);
  record.clear_wrong_pins();
  return absl::OkStatus();
}

}  // namespace jpkid::desk
