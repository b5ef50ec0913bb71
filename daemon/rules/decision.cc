#include "daemon/rules/decision.h"

#include <algorithm>
#include <utility>

#include "absl/strings/str_cat.h"

#include "base/status.h"
#include "daemon/rules/decision_findings.h"
#include "daemon/rules/eligibility.h"
#include "daemon/rules/input.h"
#include "daemon/rules/opening.h"
#include "daemon/rules/ways.h"

namespace jpkid::rules {
namespace {

using certs::Kind;

bool Contains(const std::vector<Kind>& kinds, Kind kind) {
  return std::find(kinds.begin(), kinds.end(), kind) != kinds.end();
}

std::vector<ToMake> Possible(const std::vector<KindFinding>& judged) {
  std::vector<ToMake> to_make;
  for (const KindFinding& finding : judged) {
    if (finding.to_make.has_value()) to_make.push_back(*finding.to_make);
  }
  return to_make;
}

// A renewal as long as anything is renewed; where nothing is made, as long as something asked for
// is still valid (S16).
Procedure Becomes(const Question& question, const std::vector<ToMake>& to_make) {
  if (question.procedure == Procedure::kIssue) return Procedure::kIssue;
  const bool renews = to_make.empty()
                          ? AnyValid(question)
                          : std::any_of(to_make.begin(), to_make.end(),
                                        [](const ToMake& one) { return one.replaces_valid; });
  return renews ? Procedure::kRenew : Procedure::kIssue;
}

// The PINs of what is made, and those to be reset. A PIN-less card has none.
std::vector<Kind> PinsAskedFor(const Application& application, const std::vector<ToMake>& to_make) {
  std::vector<Kind> pins;
  if (application.pinless_card) return pins;
  for (const Kind kind : certs::kAllKinds) {
    const bool made = std::any_of(to_make.begin(), to_make.end(),
                                  [kind](const ToMake& one) { return one.kind == kind; });
    if (made || Contains(application.reset_pins, kind)) pins.push_back(kind);
  }
  return pins;
}

// The way of all that is made. One that is renewed and one that is issued go together, the way
// that takes more visits.
const file::Way* WayFor(const Municipality& municipality, const Application& application,
                        const std::vector<ToMake>& to_make, const Circumstances& circumstances) {
  const file::Way* chosen = nullptr;
  for (const ToMake& one : to_make) {
    const Procedure procedure = one.replaces_valid ? Procedure::kRenew : Procedure::kIssue;
    const file::Way* const way =
        FindWay(municipality.policy(), procedure, application.applicant, circumstances);
    if (way == nullptr) return nullptr;
    if (chosen == nullptr || way->visits() > chosen->visits()) chosen = way;
  }
  return chosen;
}

Circumstances CircumstancesOf(const Application& application, const Question& question,
                              const std::vector<Kind>& pins) {
  return {.first_issue = application.first_issue,
          .notice_form = application.has_notice_form,
          .pin_reset = !application.reset_pins.empty(),
          .no_pin_to_know =
              std::all_of(pins.begin(), pins.end(),
                          [&](Kind pin) { return Contains(application.reset_pins, pin); }),
          .same_household = application.same_household,
          .under_fifteen = IsUnderFifteen(question.today, question.birth_date, question.leap)};
}

void Allow(const Municipality& municipality, const file::Way& way,
           const Circumstances& circumstances, const std::vector<ToMake>& to_make,
           Decision& decision) {
  decision.allowed = true;
  decision.visits = way.visits();
  decision.same_day = way.visits() == 1;
  decision.items = ItemsOf(municipality.policy(), way, circumstances);
  for (const ToMake& one : to_make) {
    decision.kinds.push_back(one.kind);
    (one.kind == Kind::kAuth ? decision.auth_expiry : decision.signature_expiry) = one.expiry;
  }
}

// What the counter says to a procedure that comes to it.
using AskCounter = absl::FunctionRef<absl::StatusOr<std::vector<Finding>>(Procedure)>;

absl::StatusOr<Decision> DecideWith(const Municipality& municipality,
                                    const certs::CardProfile& profile,
                                    const Application& application, absl::CivilDay today,
                                    AskCounter ask_counter) {
  JPKID_RETURN_IF_ERROR(CheckApplication(application, today));
  Question question = QuestionOf(application, today, municipality.leap());
  const std::vector<KindFinding> judged = JudgeKinds(profile, question);
  std::vector<ToMake> to_make = Possible(judged);
  Decision decision = {.becomes = Becomes(question, to_make)};
  JPKID_ASSIGN_OR_RETURN(decision.findings, ask_counter(decision.becomes));
  FindingsWriter writer(municipality, profile, application, question, decision.findings);
  writer.RefusePerson();
  const std::vector<Kind> pins = PinsAskedFor(application, to_make);
  const Circumstances circumstances = CircumstancesOf(application, question, pins);
  const file::Way* const way = WayFor(municipality, application, to_make, circumstances);
  if (way == nullptr && !to_make.empty()) writer.RefuseProxy();
  if (way != nullptr && way->visits() > 1) {
    question.two_visits = true;
    to_make = Possible(JudgeKinds(profile, question));
  }
  const bool refused = !decision.findings.empty() || way == nullptr;
  writer.LeaveOut(judged);
  if (refused) {
    writer.ExplainRefusal();
    return decision;
  }
  decision.pins = pins;
  Allow(municipality, *way, circumstances, to_make, decision);
  writer.Explain(to_make, *way, circumstances);
  return decision;
}

}  // namespace

absl::StatusOr<Decision> Decide(const Municipality& municipality, const certs::CardProfile& profile,
                                const Application& application, absl::Time at,
                                std::optional<int> taken_that_day) {
  return DecideWith(municipality, profile, application, TokyoDay(at), [&](Procedure procedure) {
    return RefusalsAtCounter(municipality,
                             {.procedure = procedure,
                              .window = application.window,
                              .has_appointment = application.has_appointment,
                              .taken_that_day = taken_that_day},
                             at);
  });
}

absl::StatusOr<Decision> DecideAnew(const Municipality& municipality,
                                    const certs::CardProfile& profile,
                                    const Application& application, absl::Time at) {
  return DecideWith(municipality, profile, application, TokyoDay(at),
                    [](Procedure) { return std::vector<Finding>(); });
}

}  // namespace jpkid::rules
