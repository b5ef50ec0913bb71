#include "hal/sim/card_at_reader.h"

#include <unistd.h>

#include "absl/strings/str_cat.h"
#include <gtest/gtest.h>

#include "base/file.h"
#include "hal/sim/test_card.h"

namespace jpkid::hal::sim {
namespace {

using End = Exchange::End;

class CardAtReaderTest : public testing::Test {
 public:
  ~CardAtReaderTest() override { unlink(path_.c_str()); }

 protected:
  CardAtReaderTest() : path_(absl::StrCat(testing::TempDir(), "/at-reader-", getpid())) {
    EXPECT_TRUE(CardStore::Create(path_, MakeCardImage(TestOrder()).value()).ok());
    Open({});
  }

  void Open(CardAtReader::Options options) {
    card_ = nullptr;
    card_ = CardAtReader::Open(path_, keys_, std::move(options)).value();
    card_->PowerOn();
  }

  void Fault(absl::string_view text) { ASSERT_TRUE(card_->AddFaults(text).ok()); }
  Exchange Send(absl::string_view apdu) { return card_->Transmit(*FromHex(apdu)); }
  std::string Answer(absl::string_view apdu) { return ToHex(Send(apdu).answer); }

  const std::string path_;
  TestKeySource keys_;
  std::unique_ptr<CardAtReader> card_;
};

TEST_F(CardAtReaderTest, WithoutFaultsTheCardAnswers) {
  EXPECT_EQ(Answer(kSelectJpki), "9000");
  EXPECT_EQ(Answer("00A4020C020018"), "9000");
  EXPECT_EQ(Answer("00200080"), "63C3");
}

TEST_F(CardAtReaderTest, TornOutBeforeTheCommandTookEffect) {
  Answer(kSelectJpki);
  Answer("00A4020C020018");
  Fault("faults { match { instruction: 0x20 } tear_out {} }");
  const Exchange torn = Send("002000800439393939");
  EXPECT_EQ(torn.end, End::kTornOut);
  EXPECT_EQ(torn.back_after, std::nullopt);
  EXPECT_FALSE(card_->card().powered());
  EXPECT_EQ(card_->card().store().image().auth_pin().tries_left(), 3U);
}

TEST_F(CardAtReaderTest, TornOutAfterTheCommandTookEffect) {
  Answer(kSelectJpki);
  Answer("00A4020C020018");
  Fault("faults { match { instruction: 0x20 } tear_out { after: true back_after_ms: 700 } }");
  const Exchange torn = Send("002000800439393939");
  EXPECT_EQ(torn.end, End::kTornOut);
  EXPECT_EQ(torn.answer, Bytes());
  EXPECT_EQ(torn.back_after, absl::Milliseconds(700));
  EXPECT_EQ(card_->card().store().image().auth_pin().tries_left(), 2U);
}

TEST_F(CardAtReaderTest, EachOtherAction) {
  Fault(
      "faults { mute {} } faults { hang {} } faults { answer { sw: 0x6581 } }"
      "faults { slow { by_ms: 40 } } faults { garble {} } faults { cut_short { octets: 1 } }"
      "faults { } faults { lose_power { for_ms: 5 } }");
  EXPECT_EQ(Send(kSelectJpki).end, End::kMute);
  EXPECT_EQ(Send(kSelectJpki).end, End::kHang);
  EXPECT_EQ(Answer(kSelectJpki), "6581");
  const Exchange slow = Send(kSelectJpki);
  EXPECT_EQ(slow.delay, absl::Milliseconds(40));
  EXPECT_EQ(ToHex(slow.answer), "9000");
  EXPECT_EQ(Answer(kSelectJpki), "6FFF");
  EXPECT_EQ(Send(kSelectJpki).end, End::kMute);
  EXPECT_EQ(Answer(kSelectJpki), "9000");
  EXPECT_EQ(Send(kSelectJpki).back_after, absl::Milliseconds(5));
  EXPECT_EQ(card_->faults_waiting(), 0U);
}

TEST_F(CardAtReaderTest, FileOfAFaultIsTheSelectedOne) {
  Fault("faults { match { file: 0x0018 } answer { sw: 0x6400 } }");
  EXPECT_EQ(Answer(kSelectJpki), "9000");
  EXPECT_EQ(Answer("00A4020C020006"), "9000");
  EXPECT_EQ(Answer("00A4020C020018"), "9000");
  EXPECT_EQ(Answer("00200080"), "6400");
}

TEST_F(CardAtReaderTest, CountsTimeBySessionAndInAll) {
  Answer(kSelectJpki);
  const CardTime one = {
      .commands = 1, .octets_to_card = 15, .octets_from_card = 2, .ns = 9'407'374};
  EXPECT_EQ(card_->session_time(), one);
  card_->PowerOn();
  Answer(kSelectJpki);
  EXPECT_EQ(card_->session_time(), one);
  EXPECT_EQ(
      card_->total_time(),
      (CardTime{.commands = 2, .octets_to_card = 30, .octets_from_card = 4, .ns = 2 * one.ns}));
}

TEST_F(CardAtReaderTest, RealTimeOnlyWhenAsked) {
  EXPECT_EQ(Send(kSelectJpki).delay, absl::ZeroDuration());
  Open({.real_time = true});
  EXPECT_EQ(Send(kSelectJpki).delay, absl::Nanoseconds(9'407'374));
}

TEST_F(CardAtReaderTest, TracesWhatWasSaidWithoutPins) {
  const std::string trace_path = path_ + ".trace";
  Open({.trace = trace::Trace::Open(trace_path).value()});
  Answer(kSelectJpki);
  Answer("00A4020C020018");
  Answer("002000800431323334");
  const Bytes trace = ReadFile(trace_path, 4096).value();
  unlink(trace_path.c_str());
  EXPECT_EQ(AsText(trace),
            "{\"number\":\"1\",\"instruction\":\"POWER UP\",\"atr\":\"3BE000FF8131FE4514\"}\n"
            "{\"number\":\"2\",\"instruction\":\"SELECT\",\"header\":\"00A4040C\","
            "\"data_octets\":10,\"data\":\"D392F000260100000001\",\"sw\":\"9000\","
            "\"model_ns\":\"9407374\"}\n"
            "{\"number\":\"3\",\"instruction\":\"SELECT\",\"header\":\"00A4020C\","
            "\"data_octets\":2,\"data\":\"0018\",\"sw\":\"9000\",\"model_ns\":\"8652212\"}\n"
            "{\"number\":\"4\",\"instruction\":\"VERIFY\",\"header\":\"00200080\","
            "\"data_octets\":4,\"sw\":\"9000\",\"model_ns\":\"22841002\"}\n");
}

}  // namespace
}  // namespace jpkid::hal::sim
