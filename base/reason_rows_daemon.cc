#include <array>

#include "base/reason_rows.h"

namespace jpkid {
namespace {

using enum CardChange;
using Code = absl::StatusCode;

constexpr std::array kRows = {
    // The daemon itself.
    ReasonRow{Reason::kStoreUnavailable, "STORE_UNAVAILABLE", Code::kUnavailable, kMaybe,
              "The daemon's store does not work: {detail}.",
              "データの保存先が使えません（{detail}）。",
              "Check disk space and the database; operations go on when it is back.",
              "空き容量とデータベースを確認してください。復旧後に処理を続けます。"},
    ReasonRow{Reason::kStoreTooNew, "STORE_TOO_NEW", Code::kFailedPrecondition, kNotApplicable,
              "The daemon's store was made by a newer version (schema {found}, known {known}).",
              "保存データは新しい版で作成されています（版 {found}、対応 {known}）。",
              "Start the newer version, or restore a backup of this version.",
              "新しい版で起動するか、この版のバックアップを復元してください。"},
    ReasonRow{Reason::kArgumentInvalid, "ARGUMENT_INVALID", Code::kInvalidArgument, kUnchanged,
              "{field}: {detail}.", "{field}：{detail}。", "Mend the request.",
              "指定を直してください。"},
    ReasonRow{Reason::kCallerUnknown, "CALLER_UNKNOWN", Code::kUnauthenticated, kUnchanged,
              "The daemon cannot tell who is calling.", "呼び出し元を確認できません。",
              "Call over the daemon's Unix socket.", "デーモンの Unix ソケットを使ってください。"},
    ReasonRow{Reason::kRoleMissing, "ROLE_MISSING", Code::kPermissionDenied, kUnchanged,
              "{method} needs the role {role}, which {caller} does not have.",
              "{method} には権限 {role} が必要ですが、{caller} にはありません。",
              "Ask the operator to grant the role in the configuration.",
              "管理者に権限の付与を依頼してください。"},
    ReasonRow{Reason::kNotBuilt, "NOT_BUILT", Code::kUnimplemented, kUnchanged,
              "{what} is not built yet.", "{what} はまだ実装されていません。",
              "Use a newer version when there is one.", "新しい版をお待ちください。"},
    ReasonRow{Reason::kServiceUnknown, "SERVICE_UNKNOWN", Code::kNotFound, kNotApplicable,
              "Nothing is called '{service}'.", "「{service}」というものはありません。",
              "Ask for a service's full name, 'reader/ALIAS', 'ca/NAME' or 'store'.",
              "サービス名、reader/ALIAS、ca/NAME、store のいずれかを指定してください。"},
    ReasonRow{Reason::kOverloaded, "OVERLOADED", Code::kResourceExhausted, kUnchanged,
              "Too much is waiting already: {detail}.", "待ちが多すぎます（{detail}）。",
              "Try again a little later.", "しばらくしてからお試しください。"},
    ReasonRow{Reason::kShuttingDown, "SHUTTING_DOWN", Code::kUnavailable, kMaybe,
              "The daemon is stopping.", "デーモンを停止しています。",
              "Operations under way go on at its next start.",
              "手続中の処理は次回の起動時に続きます。"},
    // What a client finds out by itself.
    ReasonRow{
        Reason::kDaemonUnreachable, "DAEMON_UNREACHABLE", Code::kUnavailable, kMaybe,
        "No daemon answers at {address}: {detail}.",
        "{address} のデーモンが応答しません（{detail}）。",
        "Start jpkid, or name the right one with --address or JPKID_ADDRESS. Operations under "
        "way go on at its next start.",
        "jpkid を起動するか、--address か JPKID_ADDRESS "
        "で接続先を指定してください。手続中の処理は次回の起動時に続きます。"},
    ReasonRow{
        Reason::kCallTimeout, "CALL_TIMEOUT", Code::kDeadlineExceeded, kMaybe,
        "The daemon did not answer within the time you were ready to wait.",
        "待ち時間内にデーモンの応答がありませんでした。",
        "Wait longer with --timeout. If an operation was begun it goes on without its watcher: see "
        "'jpkictl operation list'.",
        "--timeout を延ばしてください。開始した処理があれば続いています（「jpkictl operation "
        "list」で確認できます）。"},
    ReasonRow{Reason::kInternal, "INTERNAL", Code::kInternal, kMaybe,
              "Something is wrong in the daemon: {detail}.",
              "デーモン内部で問題が起きました（{detail}）。", "Tell the operator, with the time.",
              "発生時刻を添えて管理者に連絡してください。"},
};

}  // namespace

std::span<const ReasonRow> DaemonReasons() { return kRows; }

}  // namespace jpkid
