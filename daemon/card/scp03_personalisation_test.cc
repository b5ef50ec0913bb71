#include <initializer_list>
#include <string>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "base/status.h"
#include "daemon/card/card.h"
#include "tests/fakes/scripted_issuer_card.h"

namespace jpkid::card {
namespace {

using certs::Kind;
using fakes::ScriptedCard;
using fakes::ScriptedIssuerCard;
using fakes::Step;
using testing::ElementsAre;
using testing::Pair;

constexpr char kSerial[] = "123456789012345";
const Step kSelect = {"00A4040C 0A D392F000260100000001", "9000"};
const Step kGreet = {ScriptedIssuerCard::kInitializeUpdate, "9000"};
const Step kAuthenticate = {ScriptedIssuerCard::kExternalAuthenticate, "9000"};

Secret Master() { return Secret(ByteView(Bytes(16, 0x4D))); }
hal::Scp03Keys CardKeys() { return hal::DeriveCardKeys(Master(), kSerial).value(); }
std::unique_ptr<IssuerKeys> Keys() { return FromMasterKey(Master()).value(); }

// The identity of the training card on the reader.
Identity Training() {
  Identity identity;
  identity.serial = kSerial;
  identity.token = "JPKISIMCARD";
  identity.insertion = 1;
  return identity;
}

// Personalisation of a card that follows `script`, the opening of the channel excepted.
class Personalised {
 public:
  explicit Personalised(std::initializer_list<Step> script)
      : card_(CardKeys(), WithOpening(script)),
        seam_(OpenPersonalisation(card_, Training(), *keys_).value()) {}
  Personalisation* operator->() { return seam_.get(); }
  ScriptedIssuerCard& card() { return card_; }

 private:
  static std::vector<Step> WithOpening(std::vector<Step> script) {
    script.insert(script.begin(), {kSelect, kGreet, kAuthenticate});
    return script;
  }
  const std::unique_ptr<IssuerKeys> keys_ = Keys();
  ScriptedIssuerCard card_;
  const std::unique_ptr<Personalisation> seam_;
};

TEST(OpenPersonalisation, AForeignTokenNeverMeetsAnIssuerCommand) {
  ScriptedCard card({});  // Nothing at all is sent.
  for (const char* token :
       {"JPKIAPICCTOKEN2", "JPKIAPGPSETOKEN", "JPKISIMCARD2", "jpkisimcard", ""}) {
    Identity identity = Training();
    identity.token = token;
    const absl::Status status = OpenPersonalisation(card, identity, *Keys()).status();
    EXPECT_TRUE(FailedFor(status, Reason::kPersonalisationNotAvailable));
    EXPECT_THAT(FailureOf(status).metadata, ElementsAre(Pair("token", token)));
  }
}

TEST(OpenPersonalisation, AnIdentityOfAnotherInsertionIsStale) {
  ScriptedCard card({});
  Identity identity = Training();
  identity.insertion = 2;
  EXPECT_TRUE(
      FailedFor(OpenPersonalisation(card, identity, *Keys()).status(), Reason::kCardRemoved));
}

TEST(Channel, OpensWithTheFirstCommandAndMarksTheCard) {
  Personalised card({{"00CADF20 00", "DF201A A00B 830117 800100 9000"}});
  EXPECT_FALSE(card.card().remembered().security_state);
  EXPECT_TRUE(FailedFor(card->ReadPending().status(), Reason::kCardAnswerInvalid));
  EXPECT_TRUE(card.card().remembered().security_state);
}

TEST(Channel, OpensAgainAfterAPlainCommandWithoutSelecting) {
  const std::string nothing = "DF2010 A006 830117 800100 A006 83011A 800100 9000";
  Personalised card({{"00CADF20 00", nothing},
                     {"00CADF20 00", nothing},          // Still open.
                     {"00200098 04 31323334", "9000"},  // VERIFY in the clear.
                     kGreet,
                     kAuthenticate,  // No SELECT: the PIN stays verified.
                     {"00CADF20 00", nothing}});
  EXPECT_TRUE(card->ReadPending().ok());
  EXPECT_TRUE(card->ReadPending().ok());
  EXPECT_TRUE(JpkiCard(card.card()).VerifyPin(Kind::kAuth, Secret(AsBytes("1234"))).ok());
  EXPECT_TRUE(card->ReadPending().ok());
}

TEST(Channel, OpensAgainAfterAPowerDown) {
  const std::string nothing = "DF2010 A006 830117 800100 A006 83011A 800100 9000";
  Personalised card(
      {{"00CADF20 00", nothing}, kSelect, kGreet, kAuthenticate, {"00CADF20 00", nothing}});
  EXPECT_TRUE(card->ReadPending().ok());
  ASSERT_TRUE(card.card().PowerDown().ok());
  EXPECT_TRUE(card->ReadPending().ok());
}

TEST(Channel, ABrokenAnswerIsRefusedAndTheNextCommandOpensAgain) {
  const std::string nothing = "DF2010 A006 830117 800100 A006 83011A 800100 9000";
  Personalised card(
      {{"00CADF20 00", "~" + nothing}, kGreet, kAuthenticate, {"00CADF20 00", nothing}});
  EXPECT_TRUE(FailedFor(card->ReadPending().status(), Reason::kSecureChannelBroken));
  EXPECT_TRUE(card->ReadPending().ok());
}

TEST(Channel, AChannelThatTheCardHasEndedIsOpenedAgain) {
  const std::string nothing = "DF2010 A006 830117 800100 A006 83011A 800100 9000";
  for (const char* ended : {"6982", "6882"}) {
    Personalised card({{"00CADF20 00", ended}, kGreet, kAuthenticate, {"00CADF20 00", nothing}});
    EXPECT_TRUE(FailedFor(card->ReadPending().status(), Reason::kSecureChannelBroken));
    EXPECT_TRUE(card->ReadPending().ok());
  }
}

TEST(Channel, WhatTheCardSaysAtTheDoor) {
  const struct {
    std::vector<Step> script;
    Reason reason;
  } kCases[] = {
      {{kSelect, {ScriptedIssuerCard::kInitializeUpdate, "6983"}}, Reason::kIssuerProfileLocked},
      {{kSelect, {ScriptedIssuerCard::kInitializeUpdate, "6D00"}}, Reason::kIssuerKeysRefused},
      {{kSelect, {ScriptedIssuerCard::kInitializeUpdate, "6F00"}}, Reason::kCardStatus},
      {{kSelect, {ScriptedIssuerCard::kInitializeUpdate, "AABB9000"}}, Reason::kCardAnswerInvalid},
      {{kSelect, kGreet, {ScriptedIssuerCard::kExternalAuthenticate, "6300"}},
       Reason::kIssuerKeysRefused},
      {{kSelect, kGreet, {ScriptedIssuerCard::kExternalAuthenticate, "6982"}},
       Reason::kIssuerKeysRefused},
      {{{kSelect.command, "6A82"}}, Reason::kCardNotJpki},
  };
  for (const auto& [script, reason] : kCases) {
    ScriptedIssuerCard card(CardKeys(), script);
    const auto keys = Keys();
    const auto seam = OpenPersonalisation(card, Training(), *keys).value();
    EXPECT_EQ(FailureOf(seam->ReadPending().status()).reason, reason);
  }
}

TEST(Channel, ACardWithOtherKeysIsSentNoCryptogram) {
  // Only the greeting: EXTERNAL AUTHENTICATE would cost the card a try.
  ScriptedIssuerCard card(hal::DeriveCardKeys(Master(), "999999999999999").value(),
                          {kSelect, kGreet});
  const auto keys = Keys();
  const auto seam = OpenPersonalisation(card, Training(), *keys).value();
  const absl::Status status = seam->ReadPending().status();
  EXPECT_TRUE(FailedFor(status, Reason::kIssuerKeysRefused));
  EXPECT_THAT(FailureOf(status).metadata, ElementsAre(Pair("serial", kSerial)));
}

TEST(MakeKeyPair, AsksForTheKindAndTellsThePublicKey) {
  // The generator of P-384: a point on the curve.
  const std::string point =
      "04AA87CA22BE8B05378EB1C71EF320AD746E1D3B628BA79B9859F741E082542A385502F25DBF55296C3A545E3872"
      "76"
      "0AB73617DE4A96262C6F5D9E98BF9292DC29F8F41DBD289A147CE9DA3113B5F0B8C00A60B1CE1D7E819D7A431D7C"
      "90"
      "EA0E5F";
  Personalised card({{"00470000 08 AC06 800114 83011A 00", "7F4963 8661" + point + "9000"},
                     {"00470000 08 AC06 800107 830117 00", "6A81"}});
  EXPECT_EQ(ToHex(card->MakeKeyPair(Kind::kSignature, certs::Algorithm::kP384Sha384).value()),
            "3076301006072A8648CE3D020106052B81040022036200" + point);
  EXPECT_TRUE(FailedFor(card->MakeKeyPair(Kind::kAuth, certs::Algorithm::kRsa2048Sha256).status(),
                        Reason::kCardStatus));
}

TEST(SignWithPendingKey, NamesTheKeyByItsShortIdentifier) {
  const std::string signature(2 * 256, 'B');  // Longer than one answer: 61xx.
  Personalised card({{"002A0097 02 AABB 00", signature + "9000"}, {"002A009A 02 AABB 00", "6A88"}});
  EXPECT_EQ(ToHex(card->SignWithPendingKey(Kind::kAuth, Bytes{0xAA, 0xBB}).value()), signature);
  EXPECT_TRUE(FailedFor(card->SignWithPendingKey(Kind::kSignature, Bytes{0xAA, 0xBB}).status(),
                        Reason::kCardStatus));
}

// 300 octets of certificate in blocks of 239 and 61, 2 of the CA's; then read back and activated.
TEST(WriteCertificate, WritesReadsBackAndActivates) {
  const Bytes certificate(300, 0x11);
  const Bytes ca(2, 0x22);
  const std::string first = ToHex(Bytes(239, 0x11));
  const std::string second = ToHex(Bytes(61, 0x11));
  Personalised card({{"00A4020C 02 0001", "9000"},
                     {"00D60000 EF" + first, "9000"},
                     {"00D600EF 3D" + second, "9000"},
                     {"00A4020C 02 0002", "9000"},
                     {"00D60000 02 2222", "9000"},
                     // Read back: the CA's file is selected already.
                     {"00B00000 02", "2222 9000"},
                     {"00A4020C 02 0001", "9000"},
                     {"00B00000 EF", first + "9000"},
                     {"00B000EF 3D", second + "9000"},
                     // The own file tells ACTIVATE FILE the kind.
                     {"00440000", "9000"}});
  ASSERT_TRUE(card->WriteCertificate(Kind::kSignature, CertificateFile::kOwn, certificate).ok());
  ASSERT_TRUE(card->WriteCertificate(Kind::kSignature, CertificateFile::kCa, ca).ok());
  EXPECT_TRUE(card->CheckWritten(Kind::kSignature, certificate, ca).ok());
  EXPECT_TRUE(card->Activate(Kind::kSignature).ok());
}

TEST(CheckWritten, TellsADifference) {
  const Bytes certificate(2, 0x11);
  const Bytes ca(2, 0x22);
  for (const auto& [ca_answer, answer] :
       {std::pair("2222 9000", "1112 9000"), std::pair("2223 9000", "1111 9000"),
        std::pair("2222 9000", "11 9000"), std::pair("2222 9000", "111111 9000")}) {
    Personalised card({{"00A4020C 02 000B", "9000"},
                       {"00B00000 02", ca_answer},
                       {"00A4020C 02 000A", "9000"},
                       {"00B00000 02", answer}});
    EXPECT_TRUE(
        FailedFor(card->CheckWritten(Kind::kAuth, certificate, ca), Reason::kReadBackDiffers));
  }
}

TEST(WriteCertificate, StopsAtTheFirstFailure) {
  Personalised card(
      {{"00A4020C 02 000A", "9000"}, {"00D60000 EF" + ToHex(Bytes(239, 0x11)), "6985"}});
  EXPECT_TRUE(
      FailedFor(card->WriteCertificate(Kind::kAuth, CertificateFile::kOwn, Bytes(300, 0x11)),
                Reason::kCardStatus));
}

TEST(Drop, OfTheOwnFilesKind) {
  Personalised card({{"00A4020C 02 000A", "9000"}, {"00040000", "9000"}});
  EXPECT_TRUE(card->Drop(Kind::kAuth).ok());
}

TEST(SetPin, OfTheSelectedPinFile) {
  Personalised card({{"00A4020C 02 001B", "9000"}, {"002C0280 06 414243313233", "9000"}});
  EXPECT_TRUE(card->SetPin(Kind::kSignature, Secret(AsBytes("ABC123"))).ok());
}

TEST(ReadPending, ReadsBothSlots) {
  const std::string hash(64, 'A');
  Personalised card(
      {{"00CADF20 00", "DF2032 A028 830117 800102 8120" + hash + "A006 83011A 800100 9000"}});
  const PendingSlots pending = card->ReadPending().value();
  EXPECT_EQ(pending.of(Kind::kAuth).state, Pending::State::kKeyAndCertificate);
  EXPECT_EQ(ToHex(pending.of(Kind::kAuth).public_key_sha256), hash);
  EXPECT_EQ(pending.of(Kind::kSignature).state, Pending::State::kNothing);
  EXPECT_TRUE(pending.of(Kind::kSignature).public_key_sha256.empty());
}

TEST(ReadPending, GarbledSlotsAreRefused) {
  for (const char* answer :
       {"9000", "DF2000 9000", "DF2008 A006 830117 800100 9000",
        "DF2010 A006 83011A 800100 A006 830117 800100 9000",  // The other order.
        "DF2010 A006 830117 800103 A006 83011A 800100 9000",  // No such state.
        "DF2010 A006 830117 800101 A006 83011A 800100 9000",  // A key without its hash.
        "DF2012 A008 830117 800100 8101AA A006 83011A 800100 9000"}) {
    Personalised card({{"00CADF20 00", answer}});
    EXPECT_TRUE(FailedFor(card->ReadPending().status(), Reason::kCardAnswerInvalid)) << answer;
  }
}

std::string Holder(const std::string& birth_date, const std::string& sex) {
  const std::string body = "DF2108 0000000000000000 DF2204" + ToHex(AsBytes("NAME")) + "DF2304" +
                           ToHex(AsBytes("TOWN")) + "DF2408" + ToHex(AsBytes(birth_date)) +
                           "DF2501" + ToHex(AsBytes(sex));
  return "FF2028" + body + "9000";
}

TEST(ReadHolder, ReadsTheFourAttributes) {
  Personalised card({{"00CAFF20 00", Holder("19800217", "2")}});
  const HolderRecord holder = card->ReadHolder().value();
  EXPECT_EQ(holder.name, "NAME");
  EXPECT_EQ(holder.address, "TOWN");
  EXPECT_EQ(holder.birth_date, absl::CivilDay(1980, 2, 17));
  EXPECT_EQ(holder.sex, 2);
}

TEST(ReadHolder, GarbledRecordsAreRefused) {
  for (const std::string& answer :
       {Holder("19800230", "2"), Holder("1980021A", "2"), Holder("19800217", "3"),
        std::string("FF2000 9000"), std::string("9000")}) {
    Personalised card({{"00CAFF20 00", answer}});
    const absl::Status status = card->ReadHolder().status();
    EXPECT_TRUE(FailedFor(status, Reason::kCardAnswerInvalid)) << answer;
    EXPECT_EQ(status.ToString().find("NAME"), std::string::npos) << "personal data in a failure";
  }
}

}  // namespace
}  // namespace jpkid::card
