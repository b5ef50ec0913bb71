#include "clients/cli/help_texts.h"

#include <algorithm>
#include <array>
#include <span>

namespace jpkid::cli {
namespace {

constexpr std::array kCommands = {
    HelpText{"", "", "Issues JPKI certificates on My Number Cards, through the daemon jpkid.",
             "デーモン jpkid を通して、マイナンバーカードに公的個人認証の電子証明書を発行します。"},
    HelpText{"readers", "", "Lists the readers and what is on them.",
             "リーダーとカードの状態を一覧します。"},
    HelpText{"card", "", "What is on a card.", "カードの内容"},
    HelpText{"card show", "", "Shows whose card it is and what is on it. Needs no PIN.",
             "カードの製造番号・有効期限・電子証明書を表示します。暗証番号は不要です。"},
    HelpText{"pin", "", "A card's PINs.", "カードの暗証番号"},
    HelpText{"pin status", "", "Shows how many tries each PIN has left. Costs none.",
             "暗証番号の残り回数を表示します。回数は減りません。"},
    HelpText{"pin change", "", "Gives a PIN that the holder knows a new value.",
             "現在の暗証番号を使って、新しい暗証番号に変更します。"},
    HelpText{"pin reset", "", "Gives a forgotten or locked PIN a new value, at the counter.",
             "忘れた、またはロックされた暗証番号を窓口で再設定します。"},
    HelpText{"cert", "", "The certificates on a card.", "カードの電子証明書"},
    HelpText{"cert read", "", "Reads a certificate; shows it, or writes it to a file.",
             "電子証明書を読み出し、表示またはファイルに保存します。"},
    HelpText{"sign", "", "Signs a file with a key of the card.",
             "カードの鍵でファイルに署名します。"},
    HelpText{"issue", "", "Issues certificates on a card and shows how it goes.",
             "カードに電子証明書を発行し、進み具合を表示します。"},
    HelpText{"operation", "", "What the daemon does to cards.", "デーモンが行っている処理"},
    HelpText{"operation list", "", "Lists the operations, newest first.",
             "処理を新しい順に一覧します。"},
    HelpText{"operation show", "", "Shows one operation as it stands.",
             "処理の現在の状態を表示します。"},
    HelpText{"operation watch", "", "Shows what has happened and goes on happening, to the end.",
             "処理の経過を、最初から終わりまで表示します。"},
    HelpText{"operation input", "", "Gives an operation the PIN, or the card, that it waits for.",
             "処理が待っている暗証番号やカードの合図を送ります。"},
    HelpText{"operation cancel", "", "Cancels an operation before a new certificate is in force.",
             "新しい電子証明書が有効になる前の処理を取り消します。"},
    HelpText{"health", "", "Asks whether the daemon, or a part of it, works.",
             "デーモン、またはその一部が動いているかを調べます。"},
};

constexpr std::array kOptions = {
    HelpText{"--help", "", "Print this help and exit", "この説明を表示して終了"},
    HelpText{"--version", "", "Print the version and exit", "版を表示して終了"},
    HelpText{"--address", "unix:PATH",
             "The daemon's socket [JPKID_ADDRESS, else the embedded default's]",
             "デーモンのソケット［JPKID_ADDRESS、なければ既定の場所］"},
    HelpText{"--output", "text|json|jsonl",
             "Form of the answer [text; what streams, not on a terminal: jsonl]",
             "出力の形式［text。経過の表示は端末以外では jsonl］"},
    HelpText{"--timeout", "DURATION",
             "Longest the command may take: 30, 30s, 5m [60s; watching: 30m]",
             "待ち時間の上限：30、30s、5m［60s。経過の表示は 30m］"},
    HelpText{"--lang", "ja|en", "Language [from LC_ALL, LC_MESSAGES, LANG]",
             "言語［LC_ALL、LC_MESSAGES、LANG による］"},
    HelpText{"--never-ask", "", "Ask nothing at the terminal", "端末で何も尋ねない"},
    HelpText{"--reader", "READER", "The reader [the only one there is]",
             "リーダー［1 台だけなら省略可］"},
    HelpText{"--watch", "", "Go on, and list them again at every change",
             "状態が変わるたびに表示し続ける"},
    HelpText{"--kind", "auth|signature", "Which of the two certificates",
             "電子証明書の種類（auth 利用者証明用、signature 署名用）"},
    HelpText{"--kinds", "auth,signature", "Which certificates [both]", "電子証明書の種類［両方］"},
    HelpText{"--authority", "", "The authority's certificate instead of the holder's",
             "本人の代わりに認証局の証明書"},
    HelpText{"--in", "FILE", "What is signed; - is standard input",
             "署名するファイル（- は標準入力）"},
    HelpText{"--out", "FILE", "Where to write it; - is standard output",
             "書き出すファイル（- は標準出力）"},
    HelpText{"--format", "der|pem", "Form of the certificate's file [pem for FILE.pem, else der]",
             "証明書ファイルの形式［FILE.pem なら pem、他は der］"},
    HelpText{"--hash", "sha256|sha384|sha512", "Digest that is signed [sha256]",
             "署名に使うダイジェスト［sha256］"},
    HelpText{"--holder", "FILE", "The holder's data, JSON of jpki.v1.Holder",
             "本人の情報（jpki.v1.Holder の JSON）"},
    HelpText{"--request-id", "ID", "Name of this request: repeated, it is done once [random]",
             "依頼の名前。同じ ID の依頼は一度だけ実行［乱数］"},
    HelpText{"--detach", "", "Start it and do not watch", "開始だけして、経過を表示しない"},
    HelpText{"--pin-fd", "N", "Descriptor with the PIN of --kind",
             "--kind の暗証番号を読むファイル記述子"},
    HelpText{"--auth-pin-fd", "N", "Descriptor with the auth PIN",
             "利用者証明用の暗証番号を読むファイル記述子"},
    HelpText{"--signature-pin-fd", "N", "Descriptor with the signature PIN",
             "署名用の暗証番号を読むファイル記述子"},
    HelpText{"--new-pin-fd", "N", "Descriptor with the PIN to be",
             "新しい暗証番号を読むファイル記述子"},
    HelpText{"--card-serial", "SERIAL", "The card that is meant [the one on the reader]",
             "対象カードの製造番号［リーダー上のカード］"},
    HelpText{"--active", "", "Only those that have not ended", "終了していないものだけ"},
    HelpText{"--limit", "N", "At most so many [50]", "件数の上限［50］"},
    HelpText{"--resume-after", "SEQUENCE", "Only events after this one [0: all]",
             "この番号より後の出来事だけ［0：すべて］"},
    HelpText{"--look-on", "", "Only watch; answer nothing", "見るだけで、入力しない"},
    HelpText{"--input-id", "ID", "Which input, where several are awaited",
             "複数の入力を待つときの入力 ID"},
    HelpText{"--card", "", "Say that the card is on the reader", "カードを置いたことを知らせる"},
    HelpText{"NAME", "", "Its name, with or without the collection: operations/ID or ID",
             "名前（operations/ID または ID）"},
    HelpText{"SERVICE", "", "A health name: a service, reader/R, ca/C, store [the daemon]",
             "監視対象の名前：サービス名、reader/R、ca/C、store［デーモン全体］"},
};

const HelpText& Find(std::span<const HelpText> table, absl::string_view name) {
  static constexpr HelpText kNone = {"", "", "", ""};
  const auto found = std::find_if(table.begin(), table.end(),
                                  [&](const HelpText& text) { return text.name == name; });
  return found != table.end() ? *found : kNone;
}

}  // namespace

const HelpText& CommandHelp(absl::string_view name) { return Find(kCommands, name); }

const HelpText& OptionHelp(absl::string_view name) { return Find(kOptions, name); }

}  // namespace jpkid::cli
