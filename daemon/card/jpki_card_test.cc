#include "daemon/card/jpki_card.h"

#include <string>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "base/status.h"
#include "tests/fakes/scripted_card.h"

namespace jpkid::card {
namespace {

using certs::Kind;
using fakes::ScriptedCard;
using fakes::Step;
using testing::Contains;
using testing::Pair;

const Step kSelect = {"00A4040C 0A D392F000260100000001", "9000"};

Secret Pin(const char* text) { return Secret(AsBytes(text)); }

// A SEQUENCE of this many octets in all, to stand for a certificate.
Bytes Sequence(std::size_t size) {
  Bytes out = {0x30, 0x82, static_cast<std::uint8_t>((size - 4) >> 8),
               static_cast<std::uint8_t>((size - 4) & 0xFF)};
  for (std::size_t i = 4; i < size; ++i) out.push_back(static_cast<std::uint8_t>(i * 7));
  return out;
}
std::string Hex(const Bytes& bytes, std::size_t from, std::size_t size) {
  return ToHex(ByteView(bytes).subspan(from, size));
}

TEST(ReadCertificate, OneCommandWithExtendedLe) {
  const Bytes certificate = Sequence(1600);
  ScriptedCard card({kSelect,
                     // READ BINARY of EF 0A from its beginning, Le 4096.
                     {"00B08A00 00 1000", ToHex(certificate) + "9000"},
                     // EF 0B: nothing is selected again; what follows the certificate is filling.
                     {"00B08B00 00 1000", ToHex(certificate) + "FFFFFF 9000"}});
  JpkiCard jpki(card);
  EXPECT_EQ(jpki.ReadCertificate(Kind::kAuth, CertificateFile::kOwn).value(), certificate);
  EXPECT_EQ(jpki.ReadCertificate(Kind::kAuth, CertificateFile::kCa).value(), certificate);
  EXPECT_EQ(card.learned().extended_le, true);
  EXPECT_FALSE(card.remembered().security_state);
}

TEST(ReadCertificate, FallsBackToShortReadsAndRemembers) {
  const Bytes certificate = Sequence(600);
  ScriptedCard card({kSelect,
                     {"00B08A00 00 1000", "6700"},                          // No extended Le here.
                     {"00B08A00 FB", Hex(certificate, 0, 251) + "9000"},    // One block.
                     {"00B000FB FB", Hex(certificate, 251, 251) + "9000"},  // From 251 on.
                     {"00B001F6 62", Hex(certificate, 502, 98) + "9000"},   // The last 98 octets.
                     // The CA's: not tried again.
                     {"00B08B00 FB", ToHex(Sequence(200)) + "9000"}});
  JpkiCard jpki(card);
  EXPECT_EQ(jpki.ReadCertificate(Kind::kAuth, CertificateFile::kOwn).value(), certificate);
  EXPECT_EQ(jpki.ReadCertificate(Kind::kAuth, CertificateFile::kCa).value(), Sequence(200));
  EXPECT_EQ(card.learned().extended_le, false);
}

TEST(ReadCertificate, OncePerInsertion) {
  const Bytes certificate = Sequence(1600);
  ScriptedCard card({kSelect, {"00B08A00 00 1000", ToHex(certificate) + "9000"}});
  for (int i = 0; i < 3; ++i) {
    EXPECT_EQ(JpkiCard(card).ReadCertificate(Kind::kAuth, CertificateFile::kOwn).value(),
              certificate);
  }
}

TEST(ReadCertificate, TheSignatureCertificateIsForgottenWithThePower) {
  const Bytes certificate = Sequence(300);
  const Step read = {"00B08100 00 1000", ToHex(certificate) + "9000"};
  ScriptedCard card({kSelect, read, kSelect, {"00B08100 00 1000", "6982"}});
  for (int i = 0; i < 2; ++i) {
    EXPECT_EQ(JpkiCard(card).ReadCertificate(Kind::kSignature, CertificateFile::kOwn).value(),
              certificate);
  }
  ASSERT_EQ(card.PowerDown(), absl::OkStatus());
  EXPECT_TRUE(
      FailedFor(JpkiCard(card).ReadCertificate(Kind::kSignature, CertificateFile::kOwn).status(),
                Reason::kPinNotVerified));
}

TEST(ReadCertificate, GoesOnWhereTheReaderCutTheAnswer) {
  const Bytes certificate = Sequence(600);
  ScriptedCard card({kSelect,
                     {"00B08A00 00 1000", Hex(certificate, 0, 256) + "9000"},
                     {"00B00100 00 0158", Hex(certificate, 256, 344) + "9000"}});
  EXPECT_EQ(JpkiCard(card).ReadCertificate(Kind::kAuth, CertificateFile::kOwn).value(),
            certificate);
}

TEST(ReadCertificate, TheSignatureCertificateWantsItsPin) {
  ScriptedCard card({kSelect, {"00B08100 00 1000", "6982"}});
  const absl::Status status =
      JpkiCard(card).ReadCertificate(Kind::kSignature, CertificateFile::kOwn).status();
  EXPECT_TRUE(FailedFor(status, Reason::kPinNotVerified));
  EXPECT_THAT(FailureOf(status).metadata, Contains(Pair("pin", "signature")));
}

TEST(ReadCertificate, AnEmptyFileIsAnAbsentCertificate) {
  for (const char* answer : {"6B00", "6A82", "9000", "000000 9000", "FFFFFF 9000"}) {
    ScriptedCard card({kSelect, {"00B08A00 00 1000", answer}});
    EXPECT_TRUE(
        FailedFor(JpkiCard(card).ReadCertificate(Kind::kAuth, CertificateFile::kOwn).status(),
                  Reason::kCertificateAbsent))
        << answer;
  }
}

TEST(ReadCertificate, GarbledFilesAreRefused) {
  for (const char* answer : {"3082FFFF 9000", "31820100 9000", "30 9000", "3084000001 9000"}) {
    ScriptedCard card({kSelect, {"00B08A00 00 1000", answer}});
    EXPECT_TRUE(
        FailedFor(JpkiCard(card).ReadCertificate(Kind::kAuth, CertificateFile::kOwn).status(),
                  Reason::kCardAnswerInvalid))
        << answer;
  }
  ScriptedCard endless({kSelect,
                        {"00B08A00 00 1000", "30820100 9000"},
                        {"00B00004 00", "9000"}});  // Success with no data, for ever.
  EXPECT_FALSE(JpkiCard(endless).ReadCertificate(Kind::kAuth, CertificateFile::kOwn).ok());
}

TEST(GetPinStatus, OneEmptyVerifyForEachPin) {
  ScriptedCard card({kSelect, {"0020009B", "63C5"}, {"00200098", "63C0"}});
  JpkiCard jpki(card);
  const PinStatus signature = jpki.GetPinStatus(Kind::kSignature).value();
  EXPECT_EQ(signature.state, PinStatus::State::kUsable);
  EXPECT_EQ(signature.tries_left, 5);
  EXPECT_EQ(signature.tries_at_most, 5);
  const PinStatus auth = jpki.GetPinStatus(Kind::kAuth).value();
  EXPECT_EQ(auth.state, PinStatus::State::kBlocked);
  EXPECT_EQ(auth.tries_left, 0);
  EXPECT_EQ(auth.tries_at_most, 3);
  EXPECT_FALSE(card.remembered().security_state) << "asking verifies nothing";
}

TEST(GetPinStatus, OtherAnswers) {
  ScriptedCard card({kSelect,
                     {"00200098", "6984"},
                     {"00200098", "6983"},
                     {"00200098", "9000"},
                     {"00200098", "6A88"}});
  JpkiCard jpki(card);
  EXPECT_EQ(jpki.GetPinStatus(Kind::kAuth)->state, PinStatus::State::kNotSet);
  EXPECT_EQ(jpki.GetPinStatus(Kind::kAuth)->state, PinStatus::State::kBlocked);
  EXPECT_TRUE(FailedFor(jpki.GetPinStatus(Kind::kAuth).status(), Reason::kCardAnswerInvalid));
  EXPECT_TRUE(FailedFor(jpki.GetPinStatus(Kind::kAuth).status(), Reason::kCardStatus));
}

TEST(VerifyPin, MapsEveryAnswerAndSendsOnce) {
  const struct {
    const char* answer;
    Reason reason;
  } kAnswers[] = {{"63C2", Reason::kPinWrong},   {"63C0", Reason::kPinBlocked},
                  {"6983", Reason::kPinBlocked}, {"6984", Reason::kPinBlocked},
                  {"6700", Reason::kCardStatus}, {"6C04", Reason::kCardStatus},
                  {"", Reason::kCardRemoved},    {"90", Reason::kCardAnswerInvalid}};
  for (const auto& [answer, reason] : kAnswers) {
    ScriptedCard card({kSelect, {"00200098 04 31323334", answer}});
    const absl::Status status = JpkiCard(card).VerifyPin(Kind::kAuth, Pin("1234"));
    EXPECT_EQ(FailureOf(status).reason, reason) << answer;
    EXPECT_TRUE(card.remembered().security_state) << "the card may have verified it";
    EXPECT_EQ(status.ToString().find("1234"), std::string::npos);
  }
}

TEST(VerifyPin, AWrongOneTellsWhatIsLeft) {
  ScriptedCard card({kSelect, {"0020009B 06 414243313233", "63C4"}});
  const absl::Status status = JpkiCard(card).VerifyPin(Kind::kSignature, Pin("ABC123"));
  EXPECT_THAT(FailureOf(status).metadata, Contains(Pair("tries_left", "4")));
  EXPECT_THAT(FailureOf(status).metadata, Contains(Pair("pin", "signature")));
}

TEST(VerifyPin, TheEntryThatLocksItIsToldToHaveBeenWrong) {
  const auto said = [](const char* answer) {
    ScriptedCard card({kSelect, {"00200098 04 31323334", answer}});
    const Failure failure = FailureOf(JpkiCard(card).VerifyPin(Kind::kAuth, Pin("1234")));
    return Text(failure.reason, failure.metadata, Language::kEnglish);
  };
  EXPECT_EQ(said("63C0"), "The auth PIN is locked: the entry was wrong, and no tries are left.");
  EXPECT_EQ(said("6983"), "The auth PIN is locked.");
}

TEST(VerifyPin, AnEmptyPinIsNotSent) {
  ScriptedCard card({});
  EXPECT_FALSE(JpkiCard(card).VerifyPin(Kind::kAuth, Secret()).ok());
}

// P8: a cold signature is three commands, a warm one is one.
TEST(Sign, ThreeCommandsColdOneWarm) {
  const std::string digest_info = "3031300D060960864801650304020105000420" + std::string(64, 'A');
  const std::string signature(512, 'B');
  ScriptedCard card({kSelect,                                                   // SELECT JPKI
                     {"00200098 04 31323334", "9000"},                          // VERIFY, EF 18
                     {"802A0097 33" + digest_info + "00", signature + "9000"},  // PSO, EF 17
                     {"802A0097 33" + digest_info + "00", signature + "9000"}});
  JpkiCard jpki(card);
  ASSERT_TRUE(jpki.VerifyPin(Kind::kAuth, Pin("1234")).ok());
  const Bytes input = FromHex(digest_info).value();
  EXPECT_EQ(ToHex(jpki.Sign(Kind::kAuth, input).value()), signature);
  EXPECT_EQ(card.exchanges(), 3u);
  EXPECT_TRUE(JpkiCard(card).Sign(Kind::kAuth, input).ok());
  EXPECT_EQ(card.exchanges(), 4u);
}

TEST(Sign, MapsItsRefusals) {
  ScriptedCard card({kSelect,
                     {"802A009A 01 AA 00", "6982"},
                     {"802A009A 01 AA 00", "6A88"},
                     {"802A009A 01 AA 00", "9000"},
                     {"802A009A 01 AA 00", "6F00"}});
  JpkiCard jpki(card);
  for (const Reason reason : {Reason::kPinNotVerified, Reason::kCertificateAbsent,
                              Reason::kCardAnswerInvalid, Reason::kCardStatus}) {
    EXPECT_EQ(FailureOf(jpki.Sign(Kind::kSignature, Bytes{0xAA}).status()).reason, reason);
  }
}

TEST(ChangePin, SelectsVerifiesAndChanges) {
  ScriptedCard card({kSelect,
                     {"00A4020C 02 0018", "9000"},        // The PIN file.
                     {"00200080 04 31323334", "9000"},    // The old one.
                     {"00240180 04 35363738", "9000"}});  // The new one.
  EXPECT_TRUE(JpkiCard(card).ChangePin(Kind::kAuth, Pin("1234"), Pin("5678")).ok());
}

TEST(ChangePin, AWrongOldPinChangesNothing) {
  ScriptedCard card({kSelect, {"00A4020C 02 0018", "9000"}, {"00200080 04 31323334", "63C1"}});
  const absl::Status status = JpkiCard(card).ChangePin(Kind::kAuth, Pin("1234"), Pin("5678"));
  EXPECT_TRUE(FailedFor(status, Reason::kPinWrong));
}

}  // namespace
}  // namespace jpkid::card
