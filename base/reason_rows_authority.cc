#include <array>

#include "base/reason_rows.h"

namespace jpkid {
namespace {

using enum CardChange;
using Code = absl::StatusCode;

constexpr std::array kRows = {
    // Certificate authority.
    ReasonRow{Reason::kCaUnavailable, "CA_UNAVAILABLE", Code::kUnavailable, kMaybe,
              "The certificate authority does not answer: {detail}.",
              "認証局が応答しません（{detail}）。",
              "Nothing is lost; the operation goes on when the authority is back.",
              "データは失われません。認証局の復旧後に処理を続けます。"},
    ReasonRow{Reason::kCaRejected, "CA_REJECTED", Code::kFailedPrecondition, kUnchanged,
              "The certificate authority refused the request: {detail}.",
              "認証局が申請を拒否しました（{detail}）。", "Clear up the cause and start again.",
              "原因を確認してやり直してください。"},
    ReasonRow{Reason::kCaAnswerInvalid, "CA_ANSWER_INVALID", Code::kDataLoss, kUnchanged,
              "The certificate authority sent a certificate that does not fit: {detail}.",
              "認証局から届いた証明書が申請と合いません（{detail}）。",
              "It is not used. Tell the operator.",
              "届いた証明書は使用しません。管理者に連絡してください。"},
    ReasonRow{Reason::kTrainingMismatch, "TRAINING_MISMATCH", Code::kFailedPrecondition, kUnchanged,
              "A training card needs the training authority, and a real card the real one.",
              "訓練用カードには訓練用認証局、実カードには実認証局が必要です。",
              "Check the card and the 'ca' section of the configuration.",
              "カードと設定の ca の項を確認してください。"},
    ReasonRow{Reason::kCaProtectionInvalid, "CA_PROTECTION_INVALID", Code::kDataLoss, kUnchanged,
              "The certificate authority's answer is not protected as agreed: {detail}.",
              "認証局の応答の保護が正しくありません（{detail}）。",
              "It was not used. Check the authority's address and the trusted certificates in the "
              "configuration.",
              "応答は使用していません。設定の認証局の宛先と信頼する証明書を確認してください。"},
    ReasonRow{
        Reason::kCaNotSettled, "CA_NOT_SETTLED", Code::kUnavailable, kMaybe,
        "The new certificate is in force and the card may go; the certificate authority has "
        "not taken note yet: {detail}",
        "新しい証明書は有効で、カードは返却できます。認証局への反映は後で行います（{detail}）。",
        "Nothing is lost: the operation goes on by itself until the authority's book agrees "
        "with the card.",
        "データは失われません。認証局の記録がカードと一致するまで、処理は自動的に続きます。"},
};

}  // namespace

std::span<const ReasonRow> AuthorityReasons() { return kRows; }

}  // namespace jpkid
