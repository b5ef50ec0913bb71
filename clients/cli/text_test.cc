#include "clients/cli/text.h"

#include <string>

#include <google/protobuf/text_format.h>
#include <gtest/gtest.h>

#include "clients/cli/names.h"

namespace jpkid::cli {
namespace {

const Words kEnglish(Language::kEnglish);
const Words kJapanese(Language::kJapanese);

template <typename Message>
Message Parse(const char* text) {
  Message message;
  EXPECT_TRUE(google::protobuf::TextFormat::ParseFromString(text, &message)) << text;
  return message;
}

TEST(TextTest, Readers) {
  const auto readers = Parse<jpki::v1::ListReadersResponse>(
      "readers { name: 'readers/sim' driver_name: 'Sim 0' state: STATE_IN_USE holder: 'uid:1000'"
      " waiting: 2 } "
      "readers { name: 'readers/b' driver_name: 'B' state: STATE_UNAVAILABLE detail: 'no cable' }");
  EXPECT_EQ(Text(kEnglish, readers),
            "Reader       State                     Used by   Waiting  Driver's name\n"
            "readers/sim  in use                    uid:1000  2        Sim 0\n"
            "readers/b    does not work (no cable)            0        B\n");
  EXPECT_EQ(Text(kEnglish, jpki::v1::ListReadersResponse()), "The daemon has no reader.\n");
  EXPECT_EQ(Text(kJapanese, jpki::v1::ListReadersResponse()), "リーダーが接続されていません。\n");
}

constexpr char kCard[] =
    "serial: '100000000000001' municipality_code: '28219' expiry_date: '2035-02-17'"
    " token_label: 'JPKISIMCARD' training: true has_signature_certificate: true"
    " certificates { kind: CERTIFICATE_KIND_AUTH serial_number: '0A01' issuer: 'O=JPKI-SIM'"
    "  subject: 'CN=1' not_before_time { seconds: 1761523200 }"
    "  not_after_time { seconds: 1897570799 } }"
    " pins { pin: PIN_KIND_AUTH state: STATE_READY tries_left: 3 }"
    " pins { pin: PIN_KIND_SIGNATURE state: STATE_BLOCKED }";

TEST(TextTest, CardInEnglish) {
  EXPECT_EQ(Text(kEnglish, Parse<jpki::v1::Card>(kCard)),
            "Card             100000000000001\n"
            "Municipality     28219\n"
            "Card expires     2035-02-17\n"
            "Token            JPKISIMCARD (TRAINING)\n"
            "PIN (auth)       ready, tries left: 3\n"
            "PIN (signature)  locked, or never set\n"
            "Certificate (auth)\n"
            "  Serial number  0A01\n"
            "  Issuer         O=JPKI-SIM\n"
            "  Subject        CN=1\n"
            "  Valid          2025-10-27 09:00:00 to 2030-02-17 23:59:59\n"
            "Certificate (signature): on the card; read it with its PIN ('jpkictl cert read').\n");
}

TEST(TextTest, CardInJapanese) {
  EXPECT_EQ(Text(kJapanese, Parse<jpki::v1::Card>(kCard)),
            "カード                    100000000000001\n"
            "市区町村コード            28219\n"
            "カード有効期限            2035-02-17\n"
            "トークン                  JPKISIMCARD（訓練用 TRAINING）\n"
            "暗証番号（利用者証明用）  使用可（残り 3 回）\n"
            "暗証番号（署名用）        ロックまたは未設定\n"
            "利用者証明用電子証明書\n"
            "  シリアル番号  0A01\n"
            "  発行者        O=JPKI-SIM\n"
            "  主体者        CN=1\n"
            "  有効期間      2025-10-27 09:00:00 から 2030-02-17 23:59:59 まで\n"
            "署名用電子証明書：記録あり（内容の表示には暗証番号が必要です。jpkictl cert read）\n");
}

TEST(TextTest, ACardWithoutCertificatesSaysSo) {
  const auto card = Parse<jpki::v1::Card>("serial: '1' token_label: 'JPKIAPICCTOKEN2'");
  EXPECT_EQ(Text(kEnglish, card),
            "Card          1\n"
            "Municipality\n"
            "Card expires\n"
            "Token         JPKIAPICCTOKEN2\n"
            "No certificates.\n");
}

constexpr char kOperation[] =
    "name: 'operations/x' type: TYPE_ISSUE kinds: CERTIFICATE_KIND_AUTH"
    " kinds: CERTIFICATE_KIND_SIGNATURE reader: 'readers/sim' state: STATE_WAITING"
    " progress { step: 3 steps: 16 percent: 12 } card_serial: '123' creator: 'uid:1000'"
    " request_id: 'case-1' create_time { seconds: 1800000000 }"
    " update_time { seconds: 1800000001 } training: true"
    " pending_inputs { input_id: 'i1' pin { pin: PIN_KIND_AUTH } }"
    " pending_inputs { input_id: 'i2' card {} }";

TEST(TextTest, OperationThatWaits) {
  EXPECT_EQ(Text(kEnglish, Parse<jpki::v1::Operation>(kOperation)),
            "Operation    operations/x (TRAINING)\n"
            "What         issue (auth, signature)\n"
            "State        waiting\n"
            "Progress     step 3 of 16, 12 %\n"
            "Reader       readers/sim\n"
            "Card         123\n"
            "Waits for    PIN (auth), input i1\n"
            "Waits for    Card, input i2\n"
            "Begun        2027-01-15 17:00:00\n"
            "Last change  2027-01-15 17:00:01\n"
            "Started by   uid:1000\n"
            "Request id   case-1\n");
}

TEST(TextTest, ListOfOperations) {
  jpki::v1::ListOperationsResponse list;
  EXPECT_EQ(Text(kJapanese, list), "処理はありません。\n");
  *list.add_operations() = Parse<jpki::v1::Operation>(kOperation);
  EXPECT_EQ(Text(kJapanese, list),
            "処理          開始                 内容                         状態    進み  "
            "リーダー     カード\n"
            "operations/x  2027-01-15 17:00:00  発行 (利用者証明用、署名用)  待機中  12 %  "
            "readers/sim  123\n");
}

TEST(TextTest, ReceiptIsMarkedAsTraining) {
  const auto receipt = Parse<jpki::v1::Receipt>(
      "operation: 'operations/x' card_serial: '123' time { seconds: 1800000000 } training: true"
      " certificates { kind: CERTIFICATE_KIND_AUTH serial_number: '0A' issuer: 'I' subject: 'S' }");
  EXPECT_EQ(Text(kEnglish, receipt),
            "Done: operations/x, card 123, 2027-01-15 17:00:00\n"
            "Certificate (auth)\n"
            "  Serial number  0A\n"
            "  Issuer         I\n"
            "  Subject        S\n"
            "  Valid           to \n"
            "*** TRAINING: nothing made here is valid anywhere ***\n");
}

TEST(TextTest, FailureSaysWhetherTheCardWasChangedAndHowToGoOn) {
  const auto failure = Parse<jpki::v1::OperationFailure>(
      "reason: 'CA_REJECTED' message: 'Refused.' remedy: 'Start again.' card_changed: true"
      " activated_kinds: CERTIFICATE_KIND_AUTH");
  EXPECT_EQ(Text(kEnglish, failure),
            "Failed: Refused. [CA_REJECTED]\n"
            "The card was changed.\n"
            "In force all the same: auth\n"
            "Start again.\n");
  EXPECT_EQ(Text(kJapanese, Parse<jpki::v1::OperationFailure>("reason: 'X' message: '拒否。'")),
            "失敗しました：拒否。 [X]\n"
            "カードの内容は変わっていません。\n");
}

TEST(TextTest, NamesOfResources) {
  EXPECT_EQ(ReaderName("sim"), "readers/sim");
  EXPECT_EQ(ReaderName("readers/sim"), "readers/sim");
  EXPECT_EQ(OperationName("x"), "operations/x");
  EXPECT_EQ(OperationName("operations/x"), "operations/x");
}

TEST(TextTest, PinsAndCertificatesHaveTheSameNumbers) {
  EXPECT_EQ(PinOf(jpki::v1::CERTIFICATE_KIND_AUTH), jpki::v1::PIN_KIND_AUTH);
  EXPECT_EQ(PinOf(jpki::v1::CERTIFICATE_KIND_SIGNATURE), jpki::v1::PIN_KIND_SIGNATURE);
}

}  // namespace
}  // namespace jpkid::cli
