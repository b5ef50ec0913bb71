#include "daemon/rpc/convert.h"

#include <string>

#include <google/protobuf/text_format.h>
#include <gtest/gtest.h>

#include "base/status.h"
#include "base/steady_time.h"

namespace jpkid::rpc {
namespace {

using google::protobuf::Message;

template <typename T>
T Parse(const std::string& text) {
  T message;
  EXPECT_TRUE(google::protobuf::TextFormat::ParseFromString(text, &message)) << text;
  return message;
}

// The same message as `text` describes.
void ExpectIs(const Message& actual, const std::string& text) {
  const std::unique_ptr<Message> expected(actual.New());
  ASSERT_TRUE(google::protobuf::TextFormat::ParseFromString(text, expected.get())) << text;
  EXPECT_EQ(actual.DebugString(), expected->DebugString());
}

constexpr char kRecord[] = R"(
  id: "7f3a" request_id: "r-1" creator: "uid:1000" type: "issue" kinds: "auth" kinds: "signature"
  reader: "sim-0" applicant: "holder" training: true
  create_time_us: 1750000000000001 update_time_us: 1750000001500000
  card_serial: "123456789012345" last_sequence: 9
  progress_step: 3 progress_steps: 22 progress_percent: 14 )";

TEST(ConvertTest, AWaitingOperation) {
  const auto record = Parse<store::OperationRecord>(std::string(kRecord) + R"(
    state: WAITING
    inputs { input_id: "i-1" pin_kind: "signature" card_serial: "123456789012345" sets_pin: true
             tries_left: 5 }
    inputs { input_id: "i-2" card_serial: "123456789012345" })");

  ExpectIs(ToOperation(record, Language::kEnglish), R"(
    name: "operations/7f3a" type: TYPE_ISSUE
    kinds: CERTIFICATE_KIND_AUTH kinds: CERTIFICATE_KIND_SIGNATURE
    reader: "readers/sim-0" card_serial: "123456789012345" state: STATE_WAITING
    pending_inputs { input_id: "i-1" pin { pin: PIN_KIND_SIGNATURE card_serial: "123456789012345"
                                           purpose: PURPOSE_SET tries_left: 5 } }
    pending_inputs { input_id: "i-2" card { reader: "readers/sim-0"
                                            card_serial: "123456789012345" } }
    progress { step: 3 steps: 22 percent: 14 }
    create_time { seconds: 1750000000 nanos: 1000 }
    update_time { seconds: 1750000001 nanos: 500000000 }
    request_id: "r-1" creator: "uid:1000" training: true last_sequence: 9)");
}

TEST(ConvertTest, AFailedOperationSaysWhatIsInForce) {
  const auto record = Parse<store::OperationRecord>(std::string(kRecord) + R"(
    state: FAILED end_time_us: 1750000002000000
    failure { reason: "CARD_WRONG" card_changed: true
              metadata { key: "found" value: "9" } metadata { key: "expected" value: "1" } }
    work { kind: "auth" activated: true } work { kind: "signature" })");

  ExpectIs(ToFailure(record, Language::kJapanese), R"(
    reason: "CARD_WRONG"
    message: "このカード（9）は手続中のカード（1）ではありません。"
    remedy: "製造番号 1 のカードを置いてください。このカードには何も送っていません。"
    card_changed: true activated_kinds: CERTIFICATE_KIND_AUTH
    metadata { key: "found" value: "9" } metadata { key: "expected" value: "1" })");
  EXPECT_EQ(ToOperation(record, Language::kEnglish).result_case(), v1::Operation::kFailure);
  // While it is being undone nobody knows what will be on the card.
  auto undoing = record;
  undoing.clear_end_time_us();
  EXPECT_EQ(ToOperation(undoing, Language::kEnglish).result_case(), v1::Operation::RESULT_NOT_SET);
}

TEST(ConvertTest, ADoneOperationHasAReceipt) {
  const auto record = Parse<store::OperationRecord>(std::string(kRecord) + R"(
    state: SUCCEEDED end_time_us: 1750000002000000
    work { kind: "auth" expiry_date: "2030-07-01" serial_number: "0A" issuer: "O=JPKI-SIM"
           subject: "CN=x" not_before_us: 1750000000000000 not_after_us: 1760000000000000
           activated: true })");

  ExpectIs(ToOperation(record, Language::kEnglish).receipt(), R"(
    operation: "operations/7f3a" card_serial: "123456789012345"
    certificates { kind: CERTIFICATE_KIND_AUTH serial_number: "0A" issuer: "O=JPKI-SIM"
                   subject: "CN=x" not_before_time { seconds: 1750000000 }
                   not_after_time { seconds: 1760000000 } expiry_date: "2030-07-01" }
    time { seconds: 1750000002 } training: true)");
}

// Each fact as it is stored and as it is told.
struct Fact {
  const char* stored;
  const char* told;
};
constexpr Fact kFacts[] = {
    {R"(type: QUEUED values { key: "position" value: "2" })", "queued { position: 2 }"},
    {R"(type: WAITING values { key: "for" value: "pin" }
        inputs { input_id: "i" pin_kind: "auth" card_serial: "1" tries_left: 3 })",
     R"(waiting { waiting_for: FOR_PIN inputs { input_id: "i" pin { pin: PIN_KIND_AUTH
        card_serial: "1" purpose: PURPOSE_VERIFY tries_left: 3 } } })"},
    {R"(type: WAITING values { key: "for" value: "operator" }
        values { key: "reason" value: "READER_HUNG" }
        values { key: "reason.reader" value: "sim-0" })",
     R"(waiting { waiting_for: FOR_OPERATOR reason: "READER_HUNG"
        message: "Reader 'sim-0' did not answer in time and is set aside." })"},
    {R"(type: WAITING values { key: "for" value: "ca" })", "waiting { waiting_for: FOR_CA }"},
    {R"(type: WAITING values { key: "for" value: "card" } inputs { input_id: "i" })",
     R"(waiting { waiting_for: FOR_CARD inputs { input_id: "i"
        card { reader: "readers/sim-0" } } })"},
    {R"(type: CARD_IDENTIFIED values { key: "card_serial" value: "1" }
        values { key: "card_expiry" value: "2030-01-01" }
        values { key: "token_label" value: "JPKISIMCARD" })",
     R"(card_identified { card_serial: "1" card_expiry_date: "2030-01-01"
        token_label: "JPKISIMCARD" })"},
    {R"(type: ELIGIBLE values { key: "expiry.signature" value: "2030-02-02" }
        values { key: "expiry.auth" value: "2030-01-01" })",
     R"(eligible { expiries { kind: CERTIFICATE_KIND_AUTH expiry_date: "2030-01-01" }
        expiries { kind: CERTIFICATE_KIND_SIGNATURE expiry_date: "2030-02-02" } })"},
    {R"(type: PIN_VERIFIED kind: "auth")", "pin_verified { pin: PIN_KIND_AUTH }"},
    {R"(type: KEY_MADE kind: "auth" values { key: "public_key_sha256" value: "AB" })",
     R"(key_made { kind: CERTIFICATE_KIND_AUTH public_key_sha256: "AB" })"},
    {R"(type: REQUEST_SIGNED kind: "auth")", "request_signed { kind: CERTIFICATE_KIND_AUTH }"},
    {R"(type: CA_SUBMITTED kind: "auth" values { key: "transaction_id" value: "t" })",
     R"(ca_submitted { kind: CERTIFICATE_KIND_AUTH transaction_id: "t" })"},
    {R"(type: CERTIFICATE_RECEIVED kind: "auth" values { key: "serial_number" value: "0A" })",
     R"(certificate_received { kind: CERTIFICATE_KIND_AUTH serial_number: "0A" })"},
    {R"(type: WRITING kind: "signature" values { key: "bytes_written" value: "10" }
        values { key: "bytes_total" value: "20" })",
     "writing { kind: CERTIFICATE_KIND_SIGNATURE bytes_written: 10 bytes_total: 20 }"},
    {R"(type: READ_BACK kind: "auth")", "read_back { kind: CERTIFICATE_KIND_AUTH }"},
    {R"(type: ACTIVATED kind: "auth")", "activated { kind: CERTIFICATE_KIND_AUTH }"},
    {R"(type: PROVED kind: "auth")", "proved { kind: CERTIFICATE_KIND_AUTH }"},
    {R"(type: OLD_REVOKED kind: "auth" values { key: "serial_number" value: "09" })",
     R"(old_revoked { kind: CERTIFICATE_KIND_AUTH serial_number: "09" })"},
    {R"(type: RESUMED values { key: "message" value: "restart" })",
     R"(resumed { message: "restart" })"},
    {"type: COMPLETED",
     R"(completed { receipt { operation: "operations/7f3a" card_serial: "123456789012345" time {}
        training: true } })"},
    {"type: FAILED", "failed { failure {} }"},
};

TEST(ConvertTest, EveryEventIsTold) {
  const auto record = Parse<store::OperationRecord>(kRecord);
  for (const Fact& fact : kFacts) {
    const auto event = Parse<events::Event>(
        std::string("sequence: 4 time_us: 2500000 step: 1 steps: 3 percent: 33 ") + fact.stored);
    ExpectIs(ToEvent(event, record, Language::kEnglish),
             std::string("sequence: 4 time { seconds: 2 nanos: 500000000 } "
                         "progress { step: 1 steps: 3 percent: 33 } ") +
                 fact.told);
  }
}

TEST(ConvertTest, NoEventTypeIsForgottenAbove) {
  const auto& types = *events::Event::Type_descriptor();
  for (int i = 0; i < types.value_count(); ++i) {
    const std::string wanted = "type: " + types.value(i)->name();
    if (types.value(i)->number() == 0) continue;
    bool found = false;
    for (const Fact& fact : kFacts) {
      found |= std::string(fact.stored).rfind(wanted, 0) == 0;
    }
    EXPECT_TRUE(found) << wanted;
  }
}

TEST(ConvertTest, AReaderInUse) {
  session::ReaderStatus status;
  status.alias = "sim-0";
  status.hardware = {.name = "Sim 00",
                     .presence = hal::Presence::kPresent,
                     .atr = {0x3B, 0xE0},
                     .insertion = 4,
                     .detail = ""};
  status.holder = "uid:1000";
  status.held_since = absl::FromUnixSeconds(100);
  status.waiting = 2;
  ExpectIs(ToReader(status, absl::FromUnixSeconds(107)), R"(
    name: "readers/sim-0" driver_name: "Sim 00" state: STATE_IN_USE insertion: 4 atr: "3BE0"
    holder: "uid:1000" held_for { seconds: 7 } waiting: 2)");
  status.holder.clear();
  EXPECT_EQ(ToReader(status, SteadyNow()).state(), v1::Reader::STATE_CARD_PRESENT);
  EXPECT_FALSE(ToReader(status, SteadyNow()).has_held_for());
}

TEST(ConvertTest, NamesOfResources) {
  EXPECT_EQ(IdOf("readers", "readers/a", "reader").value(), "a");
  for (const char* name : {"", "a", "readers/", "readers/a/b", "operations/a", "reader/a"}) {
    const absl::Status status = IdOf("readers", name, "reader").status();
    EXPECT_EQ(status.message(), "reader: must be 'readers/…'.") << name;
  }
}

v1::Holder GoodHolder() {
  return Parse<v1::Holder>(
      R"(name: "電子太郎" address: "兵庫県三田市" birth_date: "1990-02-28" sex: 1
                              name_substitutes: "0001")");
}

TEST(ConvertTest, AHolder) {
  const ca::Holder holder = ToHolder(GoodHolder()).value();
  EXPECT_EQ(holder.name, "電子太郎");
  EXPECT_EQ(holder.address, "兵庫県三田市");
  EXPECT_EQ(holder.birth_date, absl::CivilDay(1990, 2, 28));
  EXPECT_EQ(holder.sex, ca::Sex::kMale);
  EXPECT_EQ(holder.substituted_name, "0001");
  EXPECT_EQ(holder.substituted_address, "");
}

TEST(ConvertTest, AHolderWithAFaultIsRefusedWithoutHisData) {
  v1::Holder holder = GoodHolder();
  for (const char* wrong : {"1990-02-30", "1980-2-20", " 980-02-20", "1980-02-20\n"}) {
    holder.set_birth_date(wrong);
    EXPECT_EQ(ToHolder(holder).status().message(),
              "holder.birth_date: is no date of the calendar, YYYY-MM-DD.");
  }
  holder.set_birth_date("1867-12-31");
  EXPECT_EQ(ToHolder(holder).status().message(), "holder.birth_date: is too long ago.");
  holder.set_birth_date("1868-01-01");
  EXPECT_TRUE(ToHolder(holder).ok());
  holder = GoodHolder();
  holder.set_sex(3);
  EXPECT_EQ(ToHolder(holder).status().message(), "holder.sex: 1, 2 or 9.");
  holder = GoodHolder();
  holder.clear_name();
  EXPECT_TRUE(FailedFor(ToHolder(holder).status(), Reason::kHolderDataMissing));
  holder = GoodHolder();
  std::string name;
  for (int i = 0; i < 200; ++i) name += "字";
  holder.set_name(name);
  EXPECT_TRUE(ToHolder(holder).ok());
  holder.set_name(name + "字");
  EXPECT_EQ(ToHolder(holder).status().message(), "holder.name: at most 200 characters.");
}

TEST(ConvertTest, AHoldersTextsHaveNoControlCharacters) {
  for (const char* wrong : {"電子\n太郎", "\t", "電子\x7F太郎", "電子\xC2\x85太郎", "\x1B[2J"}) {
    v1::Holder holder = GoodHolder();
    holder.set_name(wrong);
    EXPECT_EQ(ToHolder(holder).status().message(), "holder.name: no control characters.");
    holder = GoodHolder();
    holder.set_address(wrong);
    EXPECT_EQ(ToHolder(holder).status().message(), "holder.address: no control characters.");
  }
  v1::Holder holder = GoodHolder();
  holder.set_name("Ana\xC2\xA0M\xC3\x85ria");  // No-break space, and an octet below A0 after C3.
  EXPECT_TRUE(ToHolder(holder).ok());
}

TEST(ConvertTest, MomentsBefore1970) {
  ExpectIs(ToTimestamp(-1), "seconds: -1 nanos: 999999000");
  ExpectIs(ToTimestamp(-2'000'000), "seconds: -2");
}

}  // namespace
}  // namespace jpkid::rpc
