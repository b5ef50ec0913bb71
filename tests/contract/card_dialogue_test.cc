#include <string>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "base/status.h"
#include "daemon/ca/request.h"
#include "tests/contract/card_on_reader.h"

// Public profile: identity, certificates, PINs, signatures.
namespace jpkid {
namespace {

using card::CertificateFile;
using card::Identity;
using card::JpkiCard;
using card::PinStatus;
using certs::Algorithm;
using certs::Kind;
using testing::Contains;
using testing::Pair;

using CardDialogue = CardOnReader;

Secret Pin(absl::string_view text) { return Secret(AsBytes(text)); }

TEST_F(CardDialogue, TheCardSaysWhoItIs) {
  Put(hal::sim::IssuedImage());
  const Identity identity = card::Identify(*card_).value();
  EXPECT_EQ(identity.serial, "012345678901234");
  EXPECT_EQ(identity.municipality_code, "28219");
  EXPECT_EQ(identity.card_expiry, absl::CivilDay(2033, 2, 17));
  EXPECT_EQ(identity.token, "JPKISIMCARD");
  EXPECT_TRUE(identity.present(Kind::kAuth));
  EXPECT_TRUE(identity.present(Kind::kSignature));
  EXPECT_EQ(card_->exchanges(), 5u);
}

// P8.
TEST_F(CardDialogue, ASignatureIsThreeCommandsColdAndOneWarm) {
  Put(hal::sim::IssuedImage());
  const Bytes input = ca::SignatureInput(Algorithm::kRsa2048Sha256, AsBytes("text")).value();
  for (const auto& [kind, pin] : {std::pair(Kind::kAuth, hal::sim::kTestAuthPin),
                                  std::pair(Kind::kSignature, hal::sim::kTestSignaturePin)}) {
    ASSERT_TRUE(card_->PowerDown().ok());
    JpkiCard jpki(*card_);
    const std::int64_t before = readers_->TotalTime(kReader)->commands;
    ASSERT_TRUE(jpki.VerifyPin(kind, Pin(pin)).ok());
    ASSERT_TRUE(jpki.Sign(kind, input).ok());
    EXPECT_EQ(readers_->TotalTime(kReader)->commands - before, 3);
    ASSERT_TRUE(jpki.Sign(kind, input).ok());
    EXPECT_EQ(readers_->TotalTime(kReader)->commands - before, 4);
  }
}

// P9: at most 13 commands for the four certificates.
TEST_F(CardDialogue, FourCertificatesAreSixCommands) {
  Put(hal::sim::IssuedImage());
  const hal::sim::CardImage image = Image();
  JpkiCard jpki(*card_);
  const auto read = [&jpki](Kind kind, CertificateFile which) {
    return std::string(AsText(jpki.ReadCertificate(kind, which).value()));
  };
  EXPECT_EQ(read(Kind::kAuth, CertificateFile::kOwn), image.auth().current().certificate());
  EXPECT_EQ(read(Kind::kAuth, CertificateFile::kCa), image.auth().current().ca_certificate());
  EXPECT_EQ(read(Kind::kSignature, CertificateFile::kCa),
            image.signature().current().ca_certificate());
  ASSERT_TRUE(jpki.VerifyPin(Kind::kSignature, Pin(hal::sim::kTestSignaturePin)).ok());
  EXPECT_EQ(read(Kind::kSignature, CertificateFile::kOwn),
            image.signature().current().certificate());
  EXPECT_EQ(readers_->TotalTime(kReader)->commands, 6);
}

TEST_F(CardDialogue, ACardWithoutExtendedLengthIsReadInBlocks) {
  hal::sim::CardImage image = hal::sim::IssuedImage();
  image.mutable_switches()->set_extended_length(false);
  Put(image);
  JpkiCard jpki(*card_);
  for (const CertificateFile which : {CertificateFile::kOwn, CertificateFile::kCa}) {
    const std::string& expected = which == CertificateFile::kOwn
                                      ? image.auth().current().certificate()
                                      : image.auth().current().ca_certificate();
    const std::uint64_t before = card_->exchanges();
    EXPECT_EQ(AsText(jpki.ReadCertificate(Kind::kAuth, which).value()), expected);
    const std::size_t blocks = (expected.size() + 250) / 251;
    const std::size_t once = which == CertificateFile::kOwn ? 2 : 0;  // SELECT and the refusal.
    EXPECT_EQ(card_->exchanges() - before, once + blocks);
  }
}

TEST_F(CardDialogue, AnEmptyCardHasNoCertificatesAndNoKeys) {
  Put(hal::sim::MakeCardImage(hal::sim::TestOrder()).value());
  EXPECT_FALSE(card::Identify(*card_)->present(Kind::kAuth));
  JpkiCard jpki(*card_);
  EXPECT_TRUE(FailedFor(jpki.ReadCertificate(Kind::kAuth, CertificateFile::kOwn).status(),
                        Reason::kCertificateAbsent));
  ASSERT_TRUE(jpki.VerifyPin(Kind::kAuth, Pin(hal::sim::kTestAuthPin)).ok());
  EXPECT_TRUE(FailedFor(jpki.Sign(Kind::kAuth, Bytes(19, 1)).status(), Reason::kCertificateAbsent));
}

TEST_F(CardDialogue, PinsCountDownBlockAndAreReset) {
  Put(hal::sim::IssuedImage());
  JpkiCard jpki(*card_);
  EXPECT_TRUE(FailedFor(jpki.Sign(Kind::kAuth, Bytes(19, 1)).status(), Reason::kPinNotVerified));
  for (const int left : {2, 1}) {
    EXPECT_THAT(FailureOf(jpki.VerifyPin(Kind::kAuth, Pin("0000"))).metadata,
                Contains(Pair("tries_left", std::to_string(left))));
    EXPECT_EQ(jpki.GetPinStatus(Kind::kAuth)->tries_left, left);
  }
  for (int i = 0; i < 2; ++i) {  // The exhausting try, and ever after.
    EXPECT_TRUE(FailedFor(jpki.VerifyPin(Kind::kAuth, Pin("0000")), Reason::kPinBlocked));
  }
  EXPECT_EQ(jpki.GetPinStatus(Kind::kAuth)->state, PinStatus::State::kBlocked);
  EXPECT_EQ(jpki.GetPinStatus(Kind::kSignature)->tries_left, 5) << "the other PIN is its own";
  ASSERT_TRUE(Personalise()->SetPin(Kind::kAuth, Pin("4321")).ok());
  EXPECT_EQ(jpki.GetPinStatus(Kind::kAuth)->tries_left, 3);
  EXPECT_TRUE(jpki.VerifyPin(Kind::kAuth, Pin("4321")).ok());
}

TEST_F(CardDialogue, APinIsChanged) {
  Put(hal::sim::IssuedImage());
  JpkiCard jpki(*card_);
  ASSERT_TRUE(
      jpki.ChangePin(Kind::kSignature, Pin(hal::sim::kTestSignaturePin), Pin("NEW123")).ok());
  EXPECT_TRUE(jpki.VerifyPin(Kind::kSignature, Pin("NEW123")).ok());
  EXPECT_TRUE(
      FailedFor(jpki.ChangePin(Kind::kSignature, Pin("OLD123"), Pin("NEW456")), Reason::kPinWrong));
}

}  // namespace
}  // namespace jpkid
