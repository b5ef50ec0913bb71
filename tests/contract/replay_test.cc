#include <unistd.h>

#include "absl/strings/match.h"
#include "absl/strings/str_split.h"
#include <gtest/gtest.h>

#include "base/file.h"
#include "base/status.h"
#include "daemon/card/card.h"
#include "hal/sim/card_store.h"
#include "hal/sim/sim_readers.h"
#include "hal/sim/test_card.h"
#include "hal/trace/recording_readers.h"
#include "hal/trace/replay_readers.h"

// The daemon's dialogue with a simulated card, recorded, and held again with the recording alone.
namespace jpkid {
namespace {

using card::CertificateFile;
using card::JpkiCard;
using certs::Kind;

constexpr char kReader[] = "Simulated 00";

// What a session saw of its card.
struct Seen {
  std::string serial;
  Bytes auth_certificate;
  Bytes auth_ca;
  Bytes signature_ca;
  Bytes signature_certificate;
  Bytes signature;

  friend bool operator==(const Seen&, const Seen&) = default;
};

class ReplayTest : public testing::Test {
 protected:
  ReplayTest() { EXPECT_TRUE(hal::sim::CardStore::Create(card_, hal::sim::IssuedImage()).ok()); }
  ~ReplayTest() override {
    unlink(card_.c_str());
    unlink(trace_.c_str());
  }
  ReplayTest(const ReplayTest&) = delete;
  ReplayTest& operator=(const ReplayTest&) = delete;

  std::unique_ptr<hal::Readers> Recorded() {
    auto sim = hal::sim::SimReaders::Create(
        {.slots = {{.name = kReader, .card = card_}}, .key_source = &keys_});
    return std::make_unique<hal::trace::RecordingReaders>(*std::move(sim),
                                                          hal::trace::Trace::Open(trace_).value());
  }

  // All four certificates and a signature, with these PINs.
  static absl::StatusOr<Seen> Visit(hal::Readers& readers, const std::string& auth_pin,
                                    const std::string& signature_pin) {
    Seen seen;
    JPKID_ASSIGN_OR_RETURN(const auto card, readers.Open(kReader));
    JPKID_ASSIGN_OR_RETURN(const card::Identity identity, card::Identify(*card));
    seen.serial = identity.serial;
    JpkiCard jpki(*card);
    using File = CertificateFile;
    JPKID_ASSIGN_OR_RETURN(seen.auth_certificate, jpki.ReadCertificate(Kind::kAuth, File::kOwn));
    JPKID_ASSIGN_OR_RETURN(seen.auth_ca, jpki.ReadCertificate(Kind::kAuth, File::kCa));
    JPKID_ASSIGN_OR_RETURN(seen.signature_ca, jpki.ReadCertificate(Kind::kSignature, File::kCa));
    JPKID_RETURN_IF_ERROR(jpki.VerifyPin(Kind::kAuth, Secret(AsBytes(auth_pin))));
    JPKID_ASSIGN_OR_RETURN(seen.signature, jpki.Sign(Kind::kAuth, AsBytes("what is signed")));
    JPKID_RETURN_IF_ERROR(card->PowerDown());
    JPKID_RETURN_IF_ERROR(jpki.VerifyPin(Kind::kSignature, Secret(AsBytes(signature_pin))));
    JPKID_ASSIGN_OR_RETURN(seen.signature_certificate,
                           jpki.ReadCertificate(Kind::kSignature, File::kOwn));
    return seen;
  }

  const std::string card_ = testing::TempDir() + "replay." + std::to_string(getpid()) + ".bin";
  const std::string trace_ = testing::TempDir() + "replay." + std::to_string(getpid()) + ".jsonl";
  hal::sim::TestKeySource keys_;
};

// The certificate as the replay shows it: its length, and nothing else.
Bytes Masked(const Bytes& certificate) {
  Bytes masked(certificate.size());
  std::copy_n(certificate.begin(), 4, masked.begin());
  return masked;
}

TEST_F(ReplayTest, ShowsTheSameSessionWithoutCardAndPins) {
  const auto first =
      Visit(*Recorded(), hal::sim::kTestAuthPin, hal::sim::kTestSignaturePin).value();
  unlink(card_.c_str());
  const auto replay = hal::trace::ReplayReaders::Create(trace_).value();
  Seen expected = first;
  expected.signature_certificate = Masked(first.signature_certificate);
  EXPECT_EQ(Visit(*replay, "0000", "XXXXXXXXXXX1").value(), expected);
}

TEST_F(ReplayTest, TheRecordingHoldsNoPinAndNothingOfTheSignatureCertificate) {
  const auto seen = Visit(*Recorded(), hal::sim::kTestAuthPin, hal::sim::kTestSignaturePin).value();
  const Bytes content = ReadFile(trace_, 1 << 20).value();
  const absl::string_view text = AsText(content);
  const Bytes& certificate = seen.signature_certificate;
  for (const absl::string_view line : absl::StrSplit(text, '\n')) {
    // By its line: the card's serial number has the same digits.
    const bool verifies = absl::StrContains(line, "VERIFY");
    EXPECT_FALSE(verifies && absl::StrContains(line, "\"data\"")) << line;
  }
  EXPECT_EQ(text.find(ToHex(AsBytes(hal::sim::kTestSignaturePin))), absl::string_view::npos);
  EXPECT_EQ(text.find(hal::sim::kTestSignaturePin), absl::string_view::npos);
  const std::string digits = ToHex(certificate).substr(8);
  for (std::size_t at = 0; at + 32 <= digits.size(); at += 32) {
    // What both certificates have in common may well be there.
    const std::string part = digits.substr(at, 32);
    if (ToHex(seen.auth_certificate).find(part) != std::string::npos) continue;
    EXPECT_EQ(text.find(part), absl::string_view::npos) << at;
  }
}

TEST_F(ReplayTest, AnotherCourseIsTold) {
  ASSERT_TRUE(Visit(*Recorded(), hal::sim::kTestAuthPin, hal::sim::kTestSignaturePin).ok());
  const auto replay = hal::trace::ReplayReaders::Create(trace_).value();
  const absl::Status status = Visit(*replay, "12345", "ABC123").status();
  EXPECT_TRUE(FailedFor(status, Reason::kTraceDiffers)) << status;
  EXPECT_NE(status.message().find("has VERIFY 00200098 with 4 masked octets, but VERIFY 00200098 "
                                  "with 5 masked octets came"),
            absl::string_view::npos)
      << status;
}

}  // namespace
}  // namespace jpkid
