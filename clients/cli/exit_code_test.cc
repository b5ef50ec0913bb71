#include "clients/cli/exit_code.h"

#include <map>
#include <string>

#include <gtest/gtest.h>

#include "base/status.h"

namespace jpkid::cli {
namespace {

// What scripts are promised: each reason's number. A new reason shows up here as a difference, and
// gets its line after some thought.
const std::map<std::string, ExitCode> kPromised = {
    {"READER_UNKNOWN", ExitCode::kCard},
    {"READER_UNAVAILABLE", ExitCode::kCard},
    {"READER_HUNG", ExitCode::kCard},
    {"READER_BUSY", ExitCode::kTimeout},
    {"CARD_ABSENT", ExitCode::kCard},
    {"CARD_REMOVED", ExitCode::kCard},
    {"CARD_MUTE", ExitCode::kCard},
    {"CARD_HELD_ELSEWHERE", ExitCode::kCard},
    {"CARD_NOT_JPKI", ExitCode::kCard},
    {"CARD_WRONG", ExitCode::kCard},
    {"CARD_EXPIRED", ExitCode::kCard},
    {"CARD_STATUS", ExitCode::kCard},
    {"CARD_ANSWER_INVALID", ExitCode::kCard},
    {"PIN_FORMAT", ExitCode::kPin},
    {"PIN_WRONG", ExitCode::kPin},
    {"PIN_BLOCKED", ExitCode::kPin},
    {"PIN_NOT_SET", ExitCode::kPin},
    {"PIN_NOT_VERIFIED", ExitCode::kPin},
    {"PERSONALISATION_NOT_AVAILABLE", ExitCode::kCard},
    {"ISSUER_KEYS_REFUSED", ExitCode::kCard},
    {"ISSUER_PROFILE_LOCKED", ExitCode::kCard},
    {"SECURE_CHANNEL_BROKEN", ExitCode::kCard},
    {"CERTIFICATE_ABSENT", ExitCode::kCard},
    {"READ_BACK_DIFFERS", ExitCode::kCard},
    {"PROOF_FAILED", ExitCode::kCard},
    {"CA_UNAVAILABLE", ExitCode::kAuthority},
    {"CA_REJECTED", ExitCode::kAuthority},
    {"CA_ANSWER_INVALID", ExitCode::kAuthority},
    {"TRAINING_MISMATCH", ExitCode::kRefused},
    {"VALID_CERTIFICATE_PRESENT", ExitCode::kRefused},
    {"UNDER_FIFTEEN", ExitCode::kRefused},
    {"HOLDER_DATA_MISSING", ExitCode::kUsage},
    {"OPERATION_UNKNOWN", ExitCode::kRefused},
    {"OPERATION_ENDED", ExitCode::kRefused},
    {"OPERATION_CANCELLED", ExitCode::kTimeout},
    {"CANCEL_TOO_LATE", ExitCode::kRefused},
    {"INPUT_UNKNOWN", ExitCode::kRefused},
    {"INPUT_TIMEOUT", ExitCode::kTimeout},
    {"REQUEST_ID_REUSED", ExitCode::kRefused},
    {"OWNERSHIP_LOST", ExitCode::kFailed},
    {"STORE_UNAVAILABLE", ExitCode::kUnreachable},
    {"STORE_TOO_NEW", ExitCode::kRefused},
    {"ARGUMENT_INVALID", ExitCode::kUsage},
    {"CALLER_UNKNOWN", ExitCode::kRefused},
    {"ROLE_MISSING", ExitCode::kRefused},
    {"NOT_BUILT", ExitCode::kRefused},
    {"SERVICE_UNKNOWN", ExitCode::kRefused},
    {"OVERLOADED", ExitCode::kUnreachable},
    {"SHUTTING_DOWN", ExitCode::kUnreachable},
    {"DAEMON_UNREACHABLE", ExitCode::kUnreachable},
    {"CALL_TIMEOUT", ExitCode::kTimeout},
    {"INTERNAL", ExitCode::kFailed},
};

TEST(ExitCodeTest, EveryPromiseIsKept) {
  for (const auto& [code, promised] : kPromised) {
    EXPECT_EQ(ExitCodeOfReason(code), promised) << code;
    const auto reason = ReasonFromCode(code);
    ASSERT_TRUE(reason.has_value()) << code;
    EXPECT_EQ(ExitCodeOf(Fail(*reason)), promised) << code;
  }
}

TEST(ExitCodeTest, EveryReasonEndsWithANumberOfTheHelp) {
  for (const ReasonRow& row : ReasonCatalogue()) {
    if (row.status == absl::StatusCode::kOk) continue;  // A finding: it ends nothing.
    const int code = static_cast<int>(ExitCodeOf(Fail(row.reason)));
    EXPECT_GE(code, 1) << row.code;
    EXPECT_LE(code, 8) << row.code;
  }
}

TEST(ExitCodeTest, WithoutAReasonTheStatusDecides) {
  EXPECT_EQ(ExitCodeOf(absl::OkStatus()), ExitCode::kDone);
  EXPECT_EQ(ExitCodeOf(absl::InvalidArgumentError("x")), ExitCode::kUsage);
  EXPECT_EQ(ExitCodeOf(absl::CancelledError("x")), ExitCode::kTimeout);
  EXPECT_EQ(ExitCodeOf(absl::UnknownError("x")), ExitCode::kFailed);
  EXPECT_EQ(ExitCodeOfReason("MOON_IS_FULL"), ExitCode::kFailed);
}

}  // namespace
}  // namespace jpkid::cli
