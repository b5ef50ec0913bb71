#include "hal/pcsc/codes.h"

#include <gtest/gtest.h>

#include "base/status.h"

namespace jpkid::hal::pcsc {
namespace {

Failure Of(LONG code) { return FailureOf(FromPcsc(code, "R")); }

TEST(CodesTest, SuccessIsOk) { EXPECT_TRUE(FromPcsc(SCARD_S_SUCCESS, "R").ok()); }

TEST(CodesTest, EachKindOfTroubleHasItsReason) {
  EXPECT_EQ(Of(SCARD_E_NO_SMARTCARD).reason, Reason::kCardAbsent);
  EXPECT_EQ(Of(SCARD_W_REMOVED_CARD).reason, Reason::kCardRemoved);
  EXPECT_EQ(Of(SCARD_W_RESET_CARD).reason, Reason::kCardRemoved);
  EXPECT_EQ(Of(SCARD_W_UNRESPONSIVE_CARD).reason, Reason::kCardMute);
  EXPECT_EQ(Of(SCARD_E_SHARING_VIOLATION).reason, Reason::kCardHeldElsewhere);
  EXPECT_EQ(Of(SCARD_E_UNKNOWN_READER).reason, Reason::kReaderUnknown);
  EXPECT_EQ(Of(SCARD_E_NO_SERVICE).reason, Reason::kReaderUnavailable);
}

TEST(CodesTest, NamesReaderAndCode) {
  const Failure failure = Of(SCARD_E_NO_SERVICE);
  EXPECT_EQ(failure.metadata, (ReasonMetadata{{"detail", "pcscd does not run (SCARD_E_NO_SERVICE)"},
                                              {"reader", "R"}}));
}

TEST(CodesTest, UnknownCodeIsAnError) {
  const Failure failure = Of(static_cast<LONG>(0x80100099));
  EXPECT_EQ(failure.reason, Reason::kInternal);
  EXPECT_EQ(failure.metadata, (ReasonMetadata{{"detail", "PC/SC code 0x80100099"}}));
}

TEST(CodesTest, OnlyThePcscdCodesEndTheContext) {
  EXPECT_TRUE(ServiceIsGone(SCARD_E_NO_SERVICE));
  EXPECT_TRUE(ServiceIsGone(SCARD_E_INVALID_HANDLE));
  EXPECT_TRUE(ServiceIsGone(SCARD_F_COMM_ERROR));
  EXPECT_FALSE(ServiceIsGone(SCARD_E_UNKNOWN_READER));
  EXPECT_FALSE(ServiceIsGone(SCARD_W_REMOVED_CARD));
  EXPECT_FALSE(ServiceIsGone(SCARD_S_SUCCESS));
}

}  // namespace
}  // namespace jpkid::hal::pcsc
