#include <array>

#include "base/reason_rows.h"

namespace jpkid {
namespace {

using enum CardChange;
using Code = absl::StatusCode;

constexpr std::array kRows = {
    // Operations.
    ReasonRow{Reason::kOperationUnknown, "OPERATION_UNKNOWN", Code::kNotFound, kNotApplicable,
              "There is no operation '{operation}'.", "処理「{operation}」はありません。",
              "List the operations with 'jpkictl operation list'.",
              "「jpkictl operation list」で確認してください。"},
    ReasonRow{Reason::kOperationEnded, "OPERATION_ENDED", Code::kFailedPrecondition, kUnchanged,
              "Operation '{operation}' has already ended.", "処理「{operation}」は終了しています。",
              "See how with 'jpkictl operation show'.",
              "結果は「jpkictl operation show」で確認できます。"},
    ReasonRow{Reason::kOperationCancelled, "OPERATION_CANCELLED", Code::kCancelled, kUnchanged,
              "The operation was cancelled.", "処理は取り消されました。", "Start again when ready.",
              "必要ならやり直してください。"},
    ReasonRow{Reason::kCancelTooLate, "CANCEL_TOO_LATE", Code::kFailedPrecondition, kMaybe,
              "The new certificate is already in force on the card; the operation runs to its end.",
              "新しい証明書はすでに有効化されています。処理は最後まで続きます。",
              "Wait for the end.", "完了までお待ちください。"},
    ReasonRow{Reason::kInputUnknown, "INPUT_UNKNOWN", Code::kFailedPrecondition, kUnchanged,
              "The operation does not wait for input '{input}'.",
              "処理は入力「{input}」を待っていません。",
              "An input id serves once; see what is awaited with 'jpkictl operation show'.",
              "入力 ID は一度だけ有効です。「jpkictl operation show」で確認してください。"},
    ReasonRow{Reason::kInputTimeout, "INPUT_TIMEOUT", Code::kDeadlineExceeded, kUnchanged,
              "Nobody gave the awaited input in time.", "時間内に入力がありませんでした。",
              "Start again when the holder is there.",
              "ご本人がお越しになってからやり直してください。"},
    ReasonRow{Reason::kRequestIdReused, "REQUEST_ID_REUSED", Code::kAlreadyExists, kUnchanged,
              "Request id '{request_id}' was used for a different request.",
              "リクエスト ID「{request_id}」は別の依頼で使用済みです。",
              "Choose a new request id for a new request.",
              "新しい依頼には新しい ID を使ってください。"},
    ReasonRow{Reason::kRequestUnderWay, "REQUEST_UNDER_WAY", Code::kAborted, kMaybe,
              "Request '{request_id}' is still being worked on.",
              "リクエスト「{request_id}」は処理中です。",
              "Wait a moment and repeat it with the same id; nothing is done twice.",
              "少し待ってから同じ ID で再送してください。二重に処理されることはありません。"},
    ReasonRow{Reason::kRequestCutOff, "REQUEST_CUT_OFF", Code::kAborted, kMaybe,
              "Request '{request_id}' was cut off in the middle; whether it changed the card is "
              "unknown. It is not done again.",
              "リクエスト「{request_id}」は途中で中断しました。カードが変更されたかは不明です。"
              "再実行はしません。",
              "Look at the card first ('jpkictl pin status'), then use a new request id.",
              "先にカードの状態（jpkictl pin status）を確認し、新しい ID を使ってください。"},
    ReasonRow{Reason::kOwnershipLost, "OWNERSHIP_LOST", Code::kAborted, kMaybe,
              "The operation is another daemon's, or its own daemon was not heard of any more.",
              "この処理は別のデーモンのものか、担当のデーモンが応答しなくなったものです。",
              "It goes on where its card is; watch it there. If it has ended, start it again.",
              "カードのある端末で続きます。終了している場合は、もう一度始めてください。"},
    ReasonRow{Reason::kOperationSuspended, "OPERATION_SUSPENDED", Code::kUnavailable, kUnchanged,
              "{operation} is switched off at the moment: {detail}.",
              "{operation} は現在停止しています（{detail}）。",
              "Other operations go on; try again when it is switched on.",
              "他の手続は利用できます。再開後にお試しください。"},
    // Sessions at a reader.
    ReasonRow{
        Reason::kLeaseStale, "LEASE_STALE", Code::kAborted, kNotApplicable,
        "The session belongs to insertion {expected} of a card on reader '{reader}'; now it is "
        "{found}.",
        "セッションは以前に挿入されたカード（{expected} 回目）のものです（現在 {found} 回目）。",
        "Begin a new session. Nothing was sent to this card.",
        "新しいセッションを開始してください。このカードには何も送っていません。"},
    ReasonRow{Reason::kLeaseIdle, "LEASE_IDLE", Code::kDeadlineExceeded, kNotApplicable,
              "The session at reader '{reader}' was idle for {limit} and was ended.",
              "リーダー「{reader}」のセッションは {limit} 間操作がなく、終了しました。",
              "Begin a new session.", "新しいセッションを開始してください。"},
    ReasonRow{Reason::kLeaseTimeUp, "LEASE_TIME_UP", Code::kDeadlineExceeded, kNotApplicable,
              "The session at reader '{reader}' was ended[: it reached its limit of {limit}]"
              "[: {ended_by}].",
              "リーダー「{reader}」のセッションは[上限（{limit}）に達し、][{ended_by_ja}、]"
              "終了しました。",
              "Begin a new session; others had their turn.",
              "新しいセッションを開始してください。"},
    ReasonRow{Reason::kCommandRefused, "COMMAND_REFUSED", Code::kPermissionDenied, kUnchanged,
              "Command {command} is not sent in a raw session: {detail}.",
              "コマンド {command} は直接送信できません（{detail}）。",
              "Use the daemon's own methods: ChangePin, Sign and operations count tries and leave "
              "nothing open.",
              "暗証番号や発行の操作には専用の機能を使ってください。"},
    ReasonRow{Reason::kTraceDiffers, "TRACE_DIFFERS", Code::kDataLoss, kNotApplicable,
              "Command {n} is not the one that was recorded: {detail}.",
              "{n} 番目のコマンドが記録と一致しません（{detail}）。",
              "Replay with the program that made the recording.",
              "記録時と同じ手順で再生してください。"},
};

}  // namespace

std::span<const ReasonRow> OperationReasons() { return kRows; }

}  // namespace jpkid
