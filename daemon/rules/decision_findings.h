#pragma once

#include <string>
#include <vector>

#include "base/reason.h"
#include "daemon/certs/certs.h"
#include "daemon/rules/application.h"
#include "daemon/rules/eligibility.h"
#include "daemon/rules/finding.h"
#include "daemon/rules/municipality.h"
#include "daemon/rules/ways.h"

namespace jpkid::rules {

// Puts what was decided into findings, each with the row it rests on. What it is given outlives it.
class FindingsWriter {
 public:
  FindingsWriter(const Municipality& municipality, const certs::CardProfile& profile,
                 const Application& application, const Question& question,
                 std::vector<Finding>& findings);

  // Who and which card is not served: NOT_REGISTERED (S1), and as RefusalsOfAll.
  void RefusePerson();
  // No way of the municipality fits.
  void RefuseProxy();
  // The kinds that will not be made, and why.
  void LeaveOut(const std::vector<KindFinding>& judged);

  // What to tell somebody who is sent away.
  void ExplainRefusal();
  // What to tell somebody who is served.
  void Explain(const std::vector<ToMake>& to_make, const file::Way& way,
               const Circumstances& circumstances);

 private:
  void Add(Reason reason, ReasonMetadata metadata, absl::string_view source);
  void ExplainRenewal(const ToMake& one);
  void ExplainProxy(const file::Way& way, const Circumstances& circumstances, bool renews);
  void ExplainExpiry(const ToMake& one);
  void TellWhatIsLost(absl::CivilDay last_day);
  void TellWhereToAsk();

  const Municipality& municipality_;
  const certs::CardProfile& profile_;
  const Application& application_;
  const Question& question_;
  std::vector<Finding>& findings_;
};

}  // namespace jpkid::rules
