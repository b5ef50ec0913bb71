#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "base/status.h"
#include "daemon/ca/certificate.h"
#include "daemon/ca/request.h"
#include "tests/contract/card_on_reader.h"

// Issuer profile: what Personalisation does to a simulated card.
namespace jpkid {
namespace {

using card::CertificateFile;
using card::Identity;
using card::JpkiCard;
using card::Pending;
using certs::Algorithm;
using certs::Kind;

Secret Pin(absl::string_view text) { return Secret(AsBytes(text)); }

class PersonalisationDialogue : public CardOnReader {
 protected:
  // Whether the card's signature over a text verifies with the certificate on the card.
  absl::Status Prove(Kind kind, Algorithm algorithm, absl::string_view pin) {
    JpkiCard jpki(*card_);
    JPKID_RETURN_IF_ERROR(jpki.VerifyPin(kind, Pin(pin)));
    JPKID_ASSIGN_OR_RETURN(const Bytes certificate,
                           jpki.ReadCertificate(kind, CertificateFile::kOwn));
    const ByteView text = AsBytes("challenge");
    JPKID_ASSIGN_OR_RETURN(const Bytes input, ca::SignatureInput(algorithm, text));
    JPKID_ASSIGN_OR_RETURN(const Bytes signature, jpki.Sign(kind, input));
    return ca::VerifySignature(certificate, text, signature);
  }
};

TEST_F(PersonalisationDialogue, TheHolderIsReadInsideTheChannel) {
  Put(hal::sim::IssuedImage());
  const card::HolderRecord holder = Personalise()->ReadHolder().value();
  EXPECT_EQ(holder.name, "三田 花子");
  EXPECT_EQ(holder.address, "兵庫県三田市三輪2丁目1番1号");
  EXPECT_EQ(holder.birth_date, absl::CivilDay(1980, 2, 17));
  EXPECT_EQ(holder.sex, 2);
}

// Both generations of cards go the way of an issue: key, proof, certificate, read back, in force.
class Issue : public PersonalisationDialogue, public testing::WithParamInterface<Algorithm> {};

TEST_P(Issue, FromKeyToProof) {
  const Algorithm algorithm = GetParam();
  const hal::sim::KeyAlgorithm card_algorithm =
      algorithm == Algorithm::kRsa2048Sha256 ? hal::sim::RSA_2048 : hal::sim::EC_P384;
  Put(hal::sim::MakeCardImage(hal::sim::TestOrder(card_algorithm)).value());
  const auto seam = Personalise();
  ASSERT_EQ(seam->ReadPending()->of(Kind::kAuth).state, Pending::State::kNothing);

  const Bytes key = seam->MakeKeyPair(Kind::kAuth, algorithm).value();
  EXPECT_EQ(key, hal::sim::TestKey(card_algorithm, 0).PublicKeyInfo().value());
  const card::PendingSlots made = seam->ReadPending().value();
  EXPECT_EQ(made.of(Kind::kAuth).state, Pending::State::kKey);
  EXPECT_EQ(made.of(Kind::kSignature).state, Pending::State::kNothing);

  const Bytes certificate = hal::sim::SelfSigned(hal::sim::TestKey(card_algorithm, 0), "holder");
  const Bytes ca = hal::sim::SelfSigned(hal::sim::TestKey(card_algorithm, 2), "CA");
  const ByteView text = AsBytes("request");
  const Bytes signature =
      seam->SignWithPendingKey(Kind::kAuth, ca::SignatureInput(algorithm, text).value()).value();
  EXPECT_TRUE(ca::VerifySignature(certificate, text, signature).ok());

  EXPECT_FALSE(seam->Activate(Kind::kAuth).ok()) << "there is no certificate yet";
  ASSERT_TRUE(seam->WriteCertificate(Kind::kAuth, CertificateFile::kOwn, certificate).ok());
  ASSERT_TRUE(seam->WriteCertificate(Kind::kAuth, CertificateFile::kCa, ca).ok());
  EXPECT_EQ(seam->ReadPending()->of(Kind::kAuth).state, Pending::State::kKeyAndCertificate);
  EXPECT_TRUE(seam->CheckWritten(Kind::kAuth, certificate, ca).ok());
  EXPECT_TRUE(FailedFor(seam->CheckWritten(Kind::kAuth, ca, ca), Reason::kReadBackDiffers));
  ASSERT_TRUE(seam->Activate(Kind::kAuth).ok());

  EXPECT_EQ(seam->ReadPending()->of(Kind::kAuth).state, Pending::State::kNothing);
  EXPECT_TRUE(card::Identify(*card_)->present(Kind::kAuth));
  EXPECT_TRUE(Prove(Kind::kAuth, algorithm, hal::sim::kTestAuthPin).ok());
}

INSTANTIATE_TEST_SUITE_P(PersonalisationDialogue, Issue,
                         testing::Values(Algorithm::kRsa2048Sha256, Algorithm::kP384Sha384));

TEST_F(PersonalisationDialogue, TheOldCertificateWorksUntilTheNewOneDoes) {
  Put(hal::sim::IssuedImage());
  const auto seam = Personalise();
  ASSERT_TRUE(seam->MakeKeyPair(Kind::kSignature, Algorithm::kRsa2048Sha256).ok());
  EXPECT_TRUE(Prove(Kind::kSignature, Algorithm::kRsa2048Sha256, hal::sim::kTestSignaturePin).ok());
  ASSERT_TRUE(seam->Drop(Kind::kSignature).ok());
  EXPECT_TRUE(seam->Drop(Kind::kSignature).ok()) << "may be made again";
  EXPECT_EQ(seam->ReadPending()->of(Kind::kSignature).state, Pending::State::kNothing);
  EXPECT_TRUE(Prove(Kind::kSignature, Algorithm::kRsa2048Sha256, hal::sim::kTestSignaturePin).ok());
}

TEST_F(PersonalisationDialogue, WritingMayBeginAnewAfterAPowerCut) {
  Put(hal::sim::IssuedImage());
  auto seam = Personalise();
  ASSERT_TRUE(seam->MakeKeyPair(Kind::kAuth, Algorithm::kRsa2048Sha256).ok());
  const Bytes certificate = hal::sim::SelfSigned(hal::sim::TestKey(hal::sim::RSA_2048, 0), "new");
  const Bytes ca = hal::sim::SelfSigned(hal::sim::TestKey(hal::sim::RSA_2048, 2), "CA");
  // The card is torn out after the second block was written.
  ASSERT_TRUE(
      readers_
          ->AddFaults(kReader,
                      "faults { match { instruction: 0xD6 nth: 2 } tear_out { after: true } }")
          .ok());
  EXPECT_TRUE(FailedFor(seam->WriteCertificate(Kind::kAuth, CertificateFile::kOwn, certificate),
                        Reason::kCardRemoved));
  card_.reset();
  ASSERT_TRUE(readers_->Insert(kReader).ok());
  card_ = readers_->Open(kReader).value();
  seam = Personalise();
  EXPECT_EQ(seam->ReadPending()->of(Kind::kAuth).state, Pending::State::kKey);
  ASSERT_TRUE(seam->WriteCertificate(Kind::kAuth, CertificateFile::kOwn, certificate).ok());
  ASSERT_TRUE(seam->WriteCertificate(Kind::kAuth, CertificateFile::kCa, ca).ok());
  EXPECT_TRUE(seam->CheckWritten(Kind::kAuth, certificate, ca).ok());
  EXPECT_TRUE(seam->Activate(Kind::kAuth).ok());
  EXPECT_TRUE(Prove(Kind::kAuth, Algorithm::kRsa2048Sha256, hal::sim::kTestAuthPin).ok());
}

TEST_F(PersonalisationDialogue, AVerifiedPinSurvivesTheChannel) {
  Put(hal::sim::IssuedImage());
  const auto seam = Personalise();
  JpkiCard jpki(*card_);
  ASSERT_TRUE(jpki.VerifyPin(Kind::kAuth, Pin(hal::sim::kTestAuthPin)).ok());
  ASSERT_TRUE(seam->ReadPending().ok());
  EXPECT_TRUE(jpki.Sign(Kind::kAuth, Bytes(19, 1)).ok());
  EXPECT_TRUE(seam->ReadPending().ok()) << "and the channel opens again";
  EXPECT_TRUE(jpki.Sign(Kind::kAuth, Bytes(19, 1)).ok());
}

TEST_F(PersonalisationDialogue, AForeignTokenMeetsNoIssuerCommand) {
  hal::sim::CardOrder order = hal::sim::TestOrder();
  order.token_label = "JPKIAPICCTOKEN2";
  Put(hal::sim::MakeCardImage(order).value());
  const Identity identity = card::Identify(*card_).value();
  const hal::sim::CardTime before = readers_->TotalTime(kReader).value();
  const absl::Status status = card::OpenPersonalisation(*card_, identity, *issuer_keys_).status();
  EXPECT_TRUE(FailedFor(status, Reason::kPersonalisationNotAvailable));
  EXPECT_EQ(readers_->TotalTime(kReader).value(), before);
}

TEST_F(PersonalisationDialogue, WrongIssuerKeysCostTheCardNothing) {
  Put(hal::sim::IssuedImage());
  const auto wrong = card::FromMasterKey(Secret(ByteView(Bytes(16, 0x55)))).value();
  const Identity identity = card::Identify(*card_).value();
  for (int i = 0; i < 10; ++i) {
    const auto seam = card::OpenPersonalisation(*card_, identity, *wrong).value();
    EXPECT_TRUE(FailedFor(seam->ReadPending().status(), Reason::kIssuerKeysRefused));
  }
  EXPECT_EQ(Image().issuer().wrong_cryptograms(), 0u);
  EXPECT_TRUE(Personalise()->ReadPending().ok());
}

}  // namespace
}  // namespace jpkid
