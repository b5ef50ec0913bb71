#pragma once

#include <string>
#include <vector>

#include "daemon/rules/application.h"
#include "daemon/rules/decision.h"
#include "daemon/rules/municipality.h"
#include "daemon/rules/municipality.pb.h"

// How an application goes (the ways of a municipality's file) and what is brought to its visits.
namespace jpkid::rules {

// What the conditions of a municipality's file look at.
struct Circumstances {
  bool first_issue = false;
  bool notice_form = false;
  bool pin_reset = false;
  bool no_pin_to_know = false;
  bool same_household = false;
  bool under_fifteen = false;

  bool Has(file::Circumstance circumstance) const;
};

// The first way that fits; null: it is not served.
const file::Way* FindWay(const file::MunicipalityFile& policy, Procedure procedure,
                         Applicant applicant, const Circumstances& circumstances);

// What the way asks for, each document once a visit.
std::vector<Item> ItemsOf(const file::MunicipalityFile& policy, const file::Way& way,
                          const Circumstances& circumstances);

}  // namespace jpkid::rules
