#include "daemon/rules/decision_findings.h"

#include <algorithm>
#include <utility>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "absl/time/time.h"

namespace jpkid::rules {
namespace {

using certs::Kind;

// What the seed page has no row for.
constexpr absl::string_view kOperator = "J-LIS";

std::string Date(absl::CivilDay day) { return absl::FormatCivilTime(day); }

std::string NameOf(Kind kind) { return std::string(certs::Name(kind)); }

absl::string_view RowOf(Reason refusal) {
  switch (refusal) {
    case Reason::kValidCertificatePresent:
    case Reason::kCertificateAbsent:
      return "S1";
    case Reason::kRenewalTooEarly:
      return "S10";
    case Reason::kStayEnded:
      return "S12";
    default:
      return kOperator;
  }
}

// The first last day among the valid certificates asked for.
std::optional<absl::CivilDay> FirstExpiry(const Question& question) {
  std::optional<absl::CivilDay> first;
  for (const HeldCertificate& held : question.held) {
    const bool asked =
        std::find(question.kinds.begin(), question.kinds.end(), held.kind) != question.kinds.end();
    if (!asked || held.revoked || held.expiry < question.today) continue;
    first = std::min(first.value_or(held.expiry), held.expiry);
  }
  return first;
}

}  // namespace

FindingsWriter::FindingsWriter(const Municipality& municipality, const certs::CardProfile& profile,
                               const Application& application, const Question& question,
                               std::vector<Finding>& findings)
    : municipality_(municipality),
      profile_(profile),
      application_(application),
      question_(question),
      findings_(findings) {}

void FindingsWriter::Add(Reason reason, ReasonMetadata metadata, absl::string_view source) {
  findings_.push_back({reason, std::move(metadata), std::string(source)});
}

void FindingsWriter::RefusePerson() {
  if (application_.not_registered) {
    Add(Reason::kNotRegistered,
        {{"municipality", municipality_.name(Language::kEnglish)},
         {"municipality_ja", municipality_.name(Language::kJapanese)}},
        municipality_.policy().residents().row());
  }
  for (const Refusal& refusal : RefusalsOfAll(question_)) {
    Add(refusal.reason, refusal.metadata, RowOf(refusal.reason));
  }
}

void FindingsWriter::RefuseProxy() {
  Add(Reason::kProxiesNotServed, {},
      absl::StrCat("the ways of ", municipality_.name(Language::kEnglish)));
}

void FindingsWriter::LeaveOut(const std::vector<KindFinding>& judged) {
  for (const Refusal& refusal : RefusalsOf(judged)) {
    Add(refusal.reason, refusal.metadata, RowOf(refusal.reason));
  }
}

void FindingsWriter::ExplainRefusal() {
  const bool too_early = std::any_of(
      findings_.begin(), findings_.end(),
      [](const Finding& finding) { return finding.reason == Reason::kRenewalTooEarly; });
  if (too_early) Add(Reason::kNoticeByPost, {}, "S11");
  if (const auto last_day = FirstExpiry(question_)) TellWhatIsLost(*last_day);
  TellWhereToAsk();
}

void FindingsWriter::Explain(const std::vector<ToMake>& to_make, const file::Way& way,
                             const Circumstances& circumstances) {
  const bool renews = std::any_of(to_make.begin(), to_make.end(),
                                  [](const ToMake& one) { return one.replaces_valid; });
  Add(way.visits() == 1 ? Reason::kSameDay : Reason::kTwoVisits, {}, way.row());
  if (application_.procedure == Procedure::kRenew) {
    for (const ToMake& one : to_make) ExplainRenewal(one);
  }
  if (way.visits() > 1) ExplainProxy(way, circumstances, renews);
  for (const ToMake& one : to_make) ExplainExpiry(one);
  // Auth comes first and ends last.
  TellWhatIsLost(FirstExpiry(question_).value_or(to_make.back().expiry));
  if (way.visits() > 1) TellWhereToAsk();
}

void FindingsWriter::ExplainRenewal(const ToMake& one) {
  if (!one.replaces_valid) {
    Add(Reason::kRenewalBecomesIssue, {{"kind", NameOf(one.kind)}}, "S16");
    return;
  }
  for (const HeldCertificate& held : question_.held) {
    if (held.kind != one.kind) continue;
    Add(Reason::kRenewalWindowOpen,
        {{"kind", NameOf(one.kind)},
         {"date", Date(held.expiry)},
         {"opens", Date(RenewalOpens(profile_, held.expiry))}},
        "S10");
  }
}

void FindingsWriter::ExplainProxy(const file::Way& way, const Circumstances& circumstances,
                                  bool renews) {
  if (circumstances.pin_reset) Add(Reason::kPinResetByProxy, {}, way.row());
  if (!renews || circumstances.notice_form) return;
  // Only where the form would have helped.
  Circumstances with_form = circumstances;
  with_form.notice_form = true;
  const file::Way* const quicker =
      FindWay(municipality_.policy(), Procedure::kRenew, application_.applicant, with_form);
  if (quicker == nullptr || quicker->visits() >= way.visits()) return;
  Add(Reason::kNoticeFormMissing, {}, "S17");
  Add(Reason::kNoticeByPost, {}, "S11");
}

void FindingsWriter::ExplainExpiry(const ToMake& one) {
  ReasonMetadata metadata = {{"kind", NameOf(one.kind)}, {"date", Date(one.expiry)}};
  switch (one.limit) {
    case ExpiryLimit::kBirthday:
      metadata["n"] = absl::StrCat(AgeOn(one.expiry, question_.birth_date, question_.leap) -
                                   AgeOn(question_.today, question_.birth_date, question_.leap));
      Add(Reason::kExpiryByBirthday, std::move(metadata), "S12");
      break;
    case ExpiryLimit::kCard:
      Add(Reason::kExpiryByCard, std::move(metadata), kOperator);
      break;
    case ExpiryLimit::kStay:
      Add(Reason::kExpiryByStay, std::move(metadata), "S12");
      break;
    case ExpiryLimit::kAuth:
      Add(Reason::kExpiryByAuth, std::move(metadata), kOperator);
      break;
  }
}

void FindingsWriter::TellWhatIsLost(absl::CivilDay last_day) {
  Add(Reason::kLostAfterExpiry, {{"date", Date(last_day)}}, "S13");
}

void FindingsWriter::TellWhereToAsk() {
  Add(Reason::kWhereToAsk, municipality_.WhereToAsk(), municipality_.policy().office().row());
}

}  // namespace jpkid::rules
