#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "absl/time/time.h"
#include <google/protobuf/repeated_field.h>

#include "base/reason.h"
#include "daemon/desk/desk.h"
#include "daemon/rules/rules.h"
#include "daemon/store/cases.h"
#include "jpki/v1/case.pb.h"

// Procedures and cases as messages of the API, and back.
namespace jpkid::rpc {

namespace v1 = jpki::v1;

// The application as the request tells it. ARGUMENT_INVALID names the field: "application.kinds".
absl::StatusOr<rules::Application> ToApplication(const v1::Application& wire);

// UNSPECIFIED is the holder. ARGUMENT_INVALID, with `field`, for a number that we do not know.
absl::StatusOr<rules::Applicant> ToApplicant(v1::Applicant applicant, absl::string_view field);

// UNSPECIFIED is Japanese. ARGUMENT_INVALID, with `field`, for a number that we do not know.
absl::StatusOr<rules::ResidenceStatus> ToResidenceStatus(v1::ResidenceStatus status,
                                                         absl::string_view field);

// YYYY-MM-DD and nothing else, or ARGUMENT_INVALID. An empty text is no date.
absl::StatusOr<std::optional<absl::CivilDay>> ToDayIfAny(absl::string_view text,
                                                         absl::string_view field);

// UNSPECIFIED is ARGUMENT_INVALID.
absl::StatusOr<rules::Procedure> ToProcedure(v1::Operation::Type type, absl::string_view field);

// In the order of making; ARGUMENT_INVALID where one is named twice. None named: both.
absl::StatusOr<std::vector<certs::Kind>> ToKinds(const google::protobuf::RepeatedField<int>& kinds,
                                                 absl::string_view field);
// The same; none named: none.
absl::StatusOr<std::vector<certs::Kind>> ToPins(const google::protobuf::RepeatedField<int>& pins,
                                                absl::string_view field);

// The version that an etag stands for; 0 for an empty one. ARGUMENT_INVALID for one of another
// form.
absl::StatusOr<std::int64_t> ToVersion(absl::string_view etag);

// ARGUMENT_INVALID for what is no moment between the years 1 and 9999.
absl::StatusOr<absl::Time> ToTime(const google::protobuf::Timestamp& time, absl::string_view field);

// The office that answers questions (S19).
v1::Office ToOffice(const rules::Municipality& municipality, Language language);

v1::Procedure ToProcedure(const desk::Preview& preview, Language language);

// `municipality`: of the case, for the office; nullptr where it is not known any more. Without what
// the application says of the person unless `person`.
v1::Case ToCase(const store::CaseRecord& record, const rules::Municipality* municipality,
                Language language, bool person);

v1::Case::State ToState(store::CaseRecord::State state);

}  // namespace jpkid::rpc
