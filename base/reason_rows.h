#pragma once

#include <span>

#include "base/reason.h"

// The rows of the catalogue by subject, in the order of the enumeration. docs/reasons.md is made
// from them (tests/lint/reasons_page).
namespace jpkid {

std::span<const ReasonRow> CardReasons();
std::span<const ReasonRow> AuthorityReasons();
std::span<const ReasonRow> ProcedureReasons();
std::span<const ReasonRow> OperationReasons();
std::span<const ReasonRow> DaemonReasons();

}  // namespace jpkid
