#include <set>

#include <google/protobuf/text_format.h>
#include <gtest/gtest.h>

#include "clients/cli/text.h"

namespace jpkid::cli {
namespace {

struct Case {
  const char* event;
  const char* english;
  const char* japanese;
};

// Every fact that the API knows, as people read it.
const Case kCases[] = {
    {"queued { position: 2 }", "Waiting for its turn at the reader; before it: 2",
     "リーダーの順番を待っています（先に 2 件）。"},
    {"waiting { waiting_for: FOR_CARD inputs { input_id: 'a' card {} } }",
     "Put the card on the reader.", "カードをリーダーに置いてください。"},
    {"waiting { waiting_for: FOR_CARD inputs { card { card_serial: '123' } }"
     " reason: 'CARD_REMOVED' message: 'It was taken away.' }",
     "Put card 123 on the reader. It was taken away.",
     "カード 123 をリーダーに置いてください。It was taken away."},
    {"waiting { waiting_for: FOR_PIN inputs { pin { pin: PIN_KIND_AUTH purpose: PURPOSE_VERIFY } }"
     " inputs { pin { pin: PIN_KIND_SIGNATURE purpose: PURPOSE_VERIFY } } }",
     "Waiting for the PIN (auth, signature).", "暗証番号（利用者証明用、署名用）を待っています。"},
    {"waiting { waiting_for: FOR_PIN inputs { pin { pin: PIN_KIND_AUTH purpose: PURPOSE_SET } } }",
     "Waiting for a new PIN (auth).", "新しい暗証番号（利用者証明用）を待っています。"},
    {"waiting { waiting_for: FOR_CA reason: 'CA_UNAVAILABLE' message: 'No answer.' }",
     "Waiting for the certificate authority. No answer.", "認証局の応答を待っています。No answer."},
    {"waiting { waiting_for: FOR_OPERATOR }", "Waiting for the operator.",
     "管理者の対応を待っています。"},
    {"waiting {}", "Waiting.", "待っています。"},
    {"card_identified { card_serial: '123' card_expiry_date: '2035-02-17' }",
     "Card 123, expires 2035-02-17", "カード 123（有効期限 2035-02-17）"},
    {"eligible { expiries { kind: CERTIFICATE_KIND_AUTH expiry_date: '2030-02-17' }"
     " expiries { kind: CERTIFICATE_KIND_SIGNATURE expiry_date: '2030-02-16' } }",
     "May have certificates, valid until: auth 2030-02-17, signature 2030-02-16",
     "発行・更新できます。有効期限：利用者証明用 2030-02-17、署名用 2030-02-16"},
    {"pin_verified { pin: PIN_KIND_SIGNATURE }", "The signature PIN is accepted.",
     "暗証番号（署名用）を確認しました"},
    {"key_made { kind: CERTIFICATE_KIND_AUTH }", "The card made the auth key pair.",
     "利用者証明用の鍵ペアを生成しました"},
    {"request_signed { kind: CERTIFICATE_KIND_AUTH }", "The card signed the auth request.",
     "利用者証明用の申請に署名しました"},
    {"ca_submitted { kind: CERTIFICATE_KIND_AUTH }", "The auth request goes to the authority.",
     "利用者証明用の申請を認証局に送りました"},
    {"certificate_received { kind: CERTIFICATE_KIND_SIGNATURE }",
     "The signature certificate has arrived.", "署名用電子証明書が届きました"},
    {"writing { kind: CERTIFICATE_KIND_AUTH bytes_written: 512 bytes_total: 1450 }",
     "Writing the auth certificate: 512/1450 octets",
     "利用者証明用電子証明書を書き込み中 512/1450"},
    {"read_back { kind: CERTIFICATE_KIND_AUTH }", "The auth certificate was read back unchanged.",
     "利用者証明用電子証明書の読み戻しが一致しました"},
    {"activated { kind: CERTIFICATE_KIND_AUTH }", "The auth certificate is in force on the card.",
     "利用者証明用電子証明書を有効化しました"},
    {"proved { kind: CERTIFICATE_KIND_AUTH }", "Proved: the auth key fits its certificate.",
     "利用者証明用の鍵による署名を新しい電子証明書で検証しました"},
    {"old_revoked { kind: CERTIFICATE_KIND_AUTH }", "The old auth certificate was revoked.",
     "以前の利用者証明用電子証明書を失効させました"},
    {"resumed { message: 'x' }", "The daemon took the operation up again.",
     "デーモンが処理を再開しました"},
    {"completed {}", "Done.", "完了しました"},
    {"failed { failure { message: 'It is over.' } }", "Failed: It is over.",
     "失敗しました：It is over."},
    {"", "A step that this jpkictl does not know.", "この版の jpkictl が知らない段階です"},
};

jpki::v1::OperationEvent Parse(const char* text) {
  jpki::v1::OperationEvent event;
  EXPECT_TRUE(google::protobuf::TextFormat::ParseFromString(text, &event)) << text;
  return event;
}

TEST(TextEventTest, EveryFactInBothLanguages) {
  const Words english(Language::kEnglish);
  const Words japanese(Language::kJapanese);
  for (const Case& one : kCases) {
    const jpki::v1::OperationEvent event = Parse(one.event);
    EXPECT_EQ(Sentence(english, event), one.english);
    EXPECT_EQ(Sentence(japanese, event), one.japanese);
  }
}

TEST(TextEventTest, NoFactOfTheApiIsLeftOut) {
  const auto* facts = jpki::v1::OperationEvent::descriptor()->FindOneofByName("event");
  std::set<int> shown;
  for (const Case& one : kCases) shown.insert(Parse(one.event).event_case());
  for (int i = 0; i < facts->field_count(); ++i) {
    EXPECT_TRUE(shown.contains(facts->field(i)->number())) << facts->field(i)->name();
  }
}

}  // namespace
}  // namespace jpkid::cli
