#include "daemon/rules/application.h"

#include <iterator>
#include <string>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"

#include "base/status.h"

namespace jpkid::rules {
namespace {

constexpr absl::string_view kProcedures[] = {"issue", "renew"};
constexpr absl::string_view kApplicants[] = {"holder", "voluntary-proxy", "legal-representative"};
constexpr absl::string_view kStatuses[] = {"japanese",
                                           "permanent-resident",
                                           "special-permanent-resident",
                                           "highly-skilled-professional-2",
                                           "mid-to-long-term",
                                           "stay-by-birth",
                                           "temporary-refuge",
                                           "provisional-stay"};

// The value whose name stands at the same place in `names`.
template <typename Value, std::size_t kCount>
absl::StatusOr<Value> Parse(const absl::string_view (&names)[kCount], absl::string_view field,
                            absl::string_view name) {
  for (std::size_t i = 0; i < kCount; ++i) {
    if (names[i] == name) return static_cast<Value>(i);
  }
  return Fail(Reason::kArgumentInvalid,
              {{"field", std::string(field)},
               {"detail", absl::StrCat("must be one of ", absl::StrJoin(names, ", "))}});
}

}  // namespace

absl::string_view Name(Procedure procedure) {
  return kProcedures[static_cast<std::size_t>(procedure)];
}

absl::string_view Name(Applicant applicant) {
  return kApplicants[static_cast<std::size_t>(applicant)];
}

absl::string_view Name(ResidenceStatus status) {
  return kStatuses[static_cast<std::size_t>(status)];
}

absl::StatusOr<Procedure> ParseProcedure(absl::string_view name) {
  return Parse<Procedure>(kProcedures, "procedure", name);
}

absl::StatusOr<Applicant> ParseApplicant(absl::string_view name) {
  return Parse<Applicant>(kApplicants, "applicant", name);
}

absl::StatusOr<ResidenceStatus> ParseResidenceStatus(absl::string_view name) {
  return Parse<ResidenceStatus>(kStatuses, "residence_status", name);
}

bool EndsWithStay(ResidenceStatus status) {
  switch (status) {
    case ResidenceStatus::kMidToLongTerm:
    case ResidenceStatus::kStayByBirth:
    case ResidenceStatus::kTemporaryRefuge:
    case ResidenceStatus::kProvisionalStay:
      return true;
    case ResidenceStatus::kJapanese:
    case ResidenceStatus::kPermanentResident:
    case ResidenceStatus::kSpecialPermanentResident:
    case ResidenceStatus::kHighlySkilledProfessional2:
      return false;
  }
  return false;
}

}  // namespace jpkid::rules
