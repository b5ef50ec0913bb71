#include "daemon/rules/pin.h"

#include <string>

#include <gtest/gtest.h>

#include "base/status.h"

namespace jpkid::rules {
namespace {

using certs::Kind;

std::string Checked(Kind kind, absl::string_view pin) {
  const absl::StatusOr<Secret> checked = CheckedPin(kind, Secret(AsBytes(pin)));
  if (checked.ok()) return std::string(AsText(checked->view()));
  EXPECT_TRUE(FailedFor(checked.status(), Reason::kPinFormat)) << checked.status();
  return "refused";
}

TEST(Pin, AuthIsFourDigits) {
  EXPECT_EQ(Checked(Kind::kAuth, "0000"), "0000");
  EXPECT_EQ(Checked(Kind::kAuth, "1234"), "1234");
  for (const char* wrong : {"", "123", "12345", "12a4", "12 4", "１２３４"}) {
    EXPECT_EQ(Checked(Kind::kAuth, wrong), "refused") << wrong;
  }
}

TEST(Pin, SignatureMixesLettersAndDigits) {
  EXPECT_EQ(Checked(Kind::kSignature, "ABC123"), "ABC123");
  EXPECT_EQ(Checked(Kind::kSignature, "A1B2C3D4E5F6G7H8"), "A1B2C3D4E5F6G7H8");
  for (const char* wrong : {"", "ABC12", "A1B2C3D4E5F6G7H8I", "ABCDEF", "123456", "ABC-123",
                            "ABC 12", "ＡＢＣ１２３"}) {
    EXPECT_EQ(Checked(Kind::kSignature, wrong), "refused") << wrong;
  }
}

TEST(Pin, LowerCaseIsFoldedBeforeTheCardSeesIt) {
  EXPECT_EQ(Checked(Kind::kSignature, "abc123"), "ABC123");
}

TEST(Pin, TheRuleIsToldButNeverThePin) {
  const absl::Status status = CheckedPin(Kind::kAuth, Secret(AsBytes("98765"))).status();
  EXPECT_EQ(status.message(), "The auth PIN has the wrong form: it has exactly 4 digits.");
  EXPECT_EQ(status.ToString().find("98765"), std::string::npos);
}

}  // namespace
}  // namespace jpkid::rules
