#include <algorithm>
#include <array>

#include "clients/cli/help_texts.h"

namespace jpkid::cli {
namespace {

constexpr std::array kExamples = {
    HelpText{"", "",
             R"(A first session, with the daemon's embedded default (everything for training):
  jpkid &
  jpkictl readers
  jpkictl issue
  jpkictl card show

PINs are typed where the terminal does not show them, or come from a file descriptor: never from
the command line or the environment. From a descriptor each line is one PIN, and is sent once:
  jpkictl sign --kind auth --in FILE --out FILE.sig --pin-fd 3 3<pin-file

Exit codes: 0 done; 1 failed; 2 wrong usage, nothing was done; 3 no daemon, or it cannot serve now;
4 refused; 5 PIN wrong, malformed, locked or not set; 6 card or reader; 7 certificate authority;
8 not in time, or cancelled; 130 interrupted. Failures are told on standard error, with the code of
their reason in brackets.)",
             R"(最初の一歩（組み込みの訓練環境を使います）：
  jpkid &
  jpkictl readers
  jpkictl issue
  jpkictl card show

暗証番号は画面に表示せずに入力するか、ファイル記述子から読みます。コマンドラインや環境変数には書けません。
記述子からは 1 行が 1 つの暗証番号で、一度だけ送ります：
  jpkictl sign --kind auth --in FILE --out FILE.sig --pin-fd 3 3<pin-file

終了コード：0 完了、1 失敗、2 指定の誤り（何もしていません）、3 デーモンなし・応答不可、4 拒否、
5 暗証番号の誤り・形式・ロック・未設定、6 カードまたはリーダー、7 認証局、8 時間切れまたは取消、130 中断。
失敗の内容は標準エラーに、理由のコードとともに表示します。)"},
    HelpText{"readers", "", R"(Examples:
  jpkictl readers
  jpkictl readers --watch -o jsonl)",
             R"(例：
  jpkictl readers
  jpkictl readers --watch -o jsonl)"},
    HelpText{"card show", "", R"(Examples:
  jpkictl card show
  jpkictl card show --reader counter-1 -o json)",
             R"(例：
  jpkictl card show
  jpkictl card show --reader counter-1 -o json)"},
    HelpText{"pin status", "", R"(Example:
  jpkictl pin status)",
             R"(例：
  jpkictl pin status)"},
    HelpText{"pin change", "", R"(Examples:
  jpkictl pin change --kind auth
  jpkictl pin change --kind signature --pin-fd 3 --new-pin-fd 4 3<old 4<new)",
             R"(例：
  jpkictl pin change --kind auth
  jpkictl pin change --kind signature --pin-fd 3 --new-pin-fd 4 3<old 4<new)"},
    HelpText{"pin reset", "", R"(Only at the counter, with the issuer's keys. Examples:
  jpkictl pin reset --kind auth
  jpkictl pin reset --kind auth --card-serial 123456789012345 --new-pin-fd 3 3<new)",
             R"(発行者の鍵を持つ窓口でのみ使えます。例：
  jpkictl pin reset --kind auth
  jpkictl pin reset --kind auth --card-serial 123456789012345 --new-pin-fd 3 3<new)"},
    HelpText{"cert read", "",
             R"(The signature certificate carries name and address: reading it needs its PIN.
Examples:
  jpkictl cert read --kind auth --out auth.pem
  jpkictl cert read --kind signature --out - | openssl x509 -inform der -noout -text
  jpkictl cert read --kind auth --authority --out ca.der)",
             R"(署名用電子証明書には氏名と住所が含まれるため、読み出しに暗証番号が必要です。
例：
  jpkictl cert read --kind auth --out auth.pem
  jpkictl cert read --kind signature --out - | openssl x509 -inform der -noout -text
  jpkictl cert read --kind auth --authority --out ca.der)"},
    HelpText{"sign", "", R"(Example, with its check:
  jpkictl sign --kind signature --in form.xml --out form.sig
  jpkictl cert read --kind signature --out - | openssl x509 -inform der -noout -pubkey > key.pem
  openssl dgst -sha256 -verify key.pem -signature form.sig form.xml)",
             R"(例（署名と検証）：
  jpkictl sign --kind signature --in form.xml --out form.sig
  jpkictl cert read --kind signature --out - | openssl x509 -inform der -noout -pubkey > key.pem
  openssl dgst -sha256 -verify key.pem -signature form.sig form.xml)"},
    HelpText{
        "issue", "",
        R"(Ctrl-C stops watching; the operation goes on in the daemon. Should that stop, it goes
on at its next start, and jpkictl finds it again; PINs are then asked for once more.
Examples:
  jpkictl issue
  jpkictl issue --reader counter-1 --kinds auth,signature --holder holder.json
  jpkictl issue --kinds auth --auth-pin-fd 3 --request-id case-4711 3<pin-file

holder.json: {"name": "…", "address": "…", "birth_date": "1980-02-17", "sex": 2})",
        R"(Ctrl-C は表示を終えるだけで、処理はデーモンで続きます。デーモンが止まっても次回の起動時に続き、
jpkictl は自動的に再接続します（暗証番号はもう一度尋ねます）。
例：
  jpkictl issue
  jpkictl issue --reader counter-1 --kinds auth,signature --holder holder.json
  jpkictl issue --kinds auth --auth-pin-fd 3 --request-id case-4711 3<pin-file

holder.json: {"name": "…", "address": "…", "birth_date": "1980-02-17", "sex": 2})"},
    HelpText{
        "renew", "",
        R"(The old certificates work until the new ones are proved, then they are revoked. What has
expired becomes a new issue. Examples:
  jpkictl renew
  jpkictl renew --reader counter-1 --kinds auth --auth-pin-fd 3 3<pin-file
  jpkictl renew --reset-pins signature)",
        R"(新しい電子証明書の動作を確認するまで、以前のものが使えます。その後に失効させます。
有効期限を過ぎたものは新規発行になります。例：
  jpkictl renew
  jpkictl renew --reader counter-1 --kinds auth --auth-pin-fd 3 3<pin-file
  jpkictl renew --reset-pins signature)"},
    HelpText{
        "preview", "",
        R"(A refusal is an answer: exit code 0, with the reasons. Malformed dates end with another
code. Examples:
  jpkictl preview --operation issue --birth-date 1980-02-17 --card-expiry 2034-02-17
  jpkictl preview --operation renew --applicant voluntary-proxy --has-notice-form \
      --birth-date 1980-02-17 --card-expiry 2034-02-17 --auth-expiry 2027-02-17 \
      --at 2027-01-12T10:00:00+09:00 -o json
  jpkictl preview --operation issue --birth-date 1990-05-05 --card-expiry 2030-05-05 \
      --residence-status mid-to-long-term --stay-until 2028-03-31)",
        R"(受け付けできないという答えも終了コード 0 で、理由を示します。日付の誤りなどは 0 以外です。
例：
  jpkictl preview --operation issue --birth-date 1980-02-17 --card-expiry 2034-02-17
  jpkictl preview --operation renew --applicant voluntary-proxy --has-notice-form \
      --birth-date 1980-02-17 --card-expiry 2034-02-17 --auth-expiry 2027-02-17 \
      --at 2027-01-12T10:00:00+09:00 -o json
  jpkictl preview --operation issue --birth-date 1990-05-05 --card-expiry 2030-05-05 \
      --residence-status mid-to-long-term --stay-until 2028-03-31)"},
    HelpText{"case", "", R"(The two visits of an application by proxy:
  jpkictl case create --operation issue --applicant voluntary-proxy --reader counter-1 \
      --holder holder.json --checked HOLDER_CARD,PROXY_PHOTO_ID
  jpkictl case mail-inquiry ID
  jpkictl case slip ID --format html --out slip.html
Days later, at any terminal:
  jpkictl case present-reply ID --presenter voluntary-proxy \
      --checked HOLDER_CARD,SEALED_REPLY_FORM,PROXY_PHOTO_ID
  jpkictl case run ID --reader counter-2
  jpkictl case slip ID)",
             R"(代理人による申請（2 回の来庁）：
  jpkictl case create --operation issue --applicant voluntary-proxy --reader counter-1 \
      --holder holder.json --checked HOLDER_CARD,PROXY_PHOTO_ID
  jpkictl case mail-inquiry ID
  jpkictl case slip ID --format html --out slip.html
後日、どの端末からでも：
  jpkictl case present-reply ID --presenter voluntary-proxy \
      --checked HOLDER_CARD,SEALED_REPLY_FORM,PROXY_PHOTO_ID
  jpkictl case run ID --reader counter-2
  jpkictl case slip ID)"},
    HelpText{"case create", "",
             R"(With --reader the card itself tells its serial and its expiries. Example:
  jpkictl case create --operation issue --applicant voluntary-proxy --reader counter-1 \
      --holder holder.json --checked HOLDER_CARD,PROXY_PHOTO_ID)",
             R"(--reader を指定すると、製造番号と有効期限をカードから読みます。例：
  jpkictl case create --operation issue --applicant voluntary-proxy --reader counter-1 \
      --holder holder.json --checked HOLDER_CARD,PROXY_PHOTO_ID)"},
    HelpText{"case list", "", R"(Examples:
  jpkictl case list --state inquiry-mailed,ready
  jpkictl case list --from 2026-11-01T00:00:00+09:00 --all -o jsonl)",
             R"(例：
  jpkictl case list --state inquiry-mailed,ready
  jpkictl case list --from 2026-11-01T00:00:00+09:00 --all -o jsonl)"},
    HelpText{"case show", "", R"(Example:
  jpkictl case show ID)",
             R"(例：
  jpkictl case show ID)"},
    HelpText{"case mail-inquiry", "", R"(Example:
  jpkictl case mail-inquiry ID --etag ETAG)",
             R"(例：
  jpkictl case mail-inquiry ID --etag ETAG)"},
    HelpText{"case present-reply", "",
             R"(With --etag nobody else can have taken the visit meanwhile. Example:
  jpkictl case present-reply ID --presenter voluntary-proxy --etag ETAG \
      --checked HOLDER_CARD,SEALED_REPLY_FORM,PROXY_PHOTO_ID)",
             R"(--etag を指定すると、他の担当者が先に処理した場合に拒否されます。例：
  jpkictl case present-reply ID --presenter voluntary-proxy --etag ETAG \
      --checked HOLDER_CARD,SEALED_REPLY_FORM,PROXY_PHOTO_ID)"},
    HelpText{"case withdraw", "", R"(Example:
  jpkictl case withdraw ID --why "applies at another office")",
             R"(例：
  jpkictl case withdraw ID --why "applies at another office")"},
    HelpText{"case run", "", R"(Asks for PINs as 'jpkictl issue' does. Examples:
  jpkictl case run ID --reader counter-2
  jpkictl case run ID --auth-pin-fd 3 --signature-pin-fd 3 3<pin-file)",
             R"(「jpkictl issue」と同じく暗証番号を尋ねます。例：
  jpkictl case run ID --reader counter-2
  jpkictl case run ID --auth-pin-fd 3 --signature-pin-fd 3 3<pin-file)"},
    HelpText{"case slip", "", R"(The paper is in the language of --lang. Examples:
  jpkictl case slip ID
  jpkictl case slip ID --lang ja --format html --paper a6 --out slip.html)",
             R"(票の言語は --lang で指定します。例：
  jpkictl case slip ID
  jpkictl case slip ID --lang ja --format html --paper a6 --out slip.html)"},
    HelpText{"receipt", "",
             R"(While the authority is awaited it is the slip for a card that is kept. Examples:
  jpkictl receipt ID
  jpkictl receipt ID --lang ja --format html --out receipt.html)",
             R"(認証局の応答を待つ間は、カードのお預かり票になります。例：
  jpkictl receipt ID
  jpkictl receipt ID --lang ja --format html --out receipt.html)"},
    HelpText{"operation list", "", R"(Examples:
  jpkictl operation list --active
  jpkictl operation list --limit 500 -o jsonl)",
             R"(例：
  jpkictl operation list --active
  jpkictl operation list --limit 500 -o jsonl)"},
    HelpText{"operation watch", "",
             R"(Asks for what the operation waits for, as 'jpkictl issue' does. Examples:
  jpkictl operation watch ID
  jpkictl operation watch ID --look-on -o jsonl --resume-after 12)",
             R"(「jpkictl issue」と同じく、処理が待つものを尋ねます。例：
  jpkictl operation watch ID
  jpkictl operation watch ID --look-on -o jsonl --resume-after 12)"},
    HelpText{"operation input", "", R"(Examples:
  jpkictl operation input ID
  jpkictl operation input ID --auth-pin-fd 3 3<pin-file
  jpkictl operation input ID --card)",
             R"(例：
  jpkictl operation input ID
  jpkictl operation input ID --auth-pin-fd 3 3<pin-file
  jpkictl operation input ID --card)"},
    HelpText{"health", "", R"(Exit code 0: serving; 3: not. Examples:
  jpkictl health
  jpkictl health store)",
             R"(終了コード 0：稼働中、3：停止中。例：
  jpkictl health
  jpkictl health store)"},
    HelpText{"queue", "", R"(Examples:
  jpkictl queue
  jpkictl queue counter-1 --watch -o jsonl
  jpkictl queue counter-1 --release)",
             R"(例：
  jpkictl queue
  jpkictl queue counter-1 --watch -o jsonl
  jpkictl queue counter-1 --release)"},
    HelpText{"backup", "", R"(The file is for its owner alone. jpkid --restore takes it. Example:
  jpkictl backup /var/backups/jpkid-$(date +%F).db)",
             R"(ファイルは所有者だけが読めます。復元は jpkid --restore で行います。例：
  jpkictl backup /var/backups/jpkid-$(date +%F).db)"},
    HelpText{
        "apdu", "",
        R"(Without commands it reads lines from standard input; nothing comes between the
commands of a line. Without --exclusive each line is a turn of its own. Examples:
  jpkictl apdu 00A4040C0AD392F000260100000001 00200098
  jpkictl apdu --exclusive <commands.txt)",
        R"(コマンドを省略すると標準入力の各行を送ります。1 行のコマンドの間に他の利用者は入りません。
--exclusive がなければ、行ごとに順番が回ります。例：
  jpkictl apdu 00A4040C0AD392F000260100000001 00200098
  jpkictl apdu --exclusive <commands.txt)"},
    HelpText{"trace show", "", R"(Example:
  jpkictl trace show trace.jsonl)",
             R"(例：
  jpkictl trace show trace.jsonl)"},
    HelpText{"trace check", "", R"(Exit code 0: it may be handed on. Example:
  jpkictl trace check trace.jsonl)",
             R"(終了コード 0：問題ありません。例：
  jpkictl trace check trace.jsonl)"},
};

}  // namespace

absl::string_view CommandExamples(absl::string_view name, Language language) {
  const auto found = std::find_if(kExamples.begin(), kExamples.end(),
                                  [&](const HelpText& text) { return text.name == name; });
  return found != kExamples.end() ? found->In(language) : absl::string_view();
}

}  // namespace jpkid::cli
