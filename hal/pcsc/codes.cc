#include "hal/pcsc/codes.h"

#include <algorithm>
#include <array>
#include <string>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"

#include "base/status.h"

namespace jpkid::hal::pcsc {
namespace {

// What a code means to us.
enum class Scope { kCard, kReader, kService, kOurs };

struct CodeRow {
  LONG code;
  absl::string_view name;
  Reason reason;
  Scope scope;
  absl::string_view detail;
};

using enum Scope;

constexpr std::array kCodes = {
    // The card.
    CodeRow{SCARD_E_NO_SMARTCARD, "SCARD_E_NO_SMARTCARD", Reason::kCardAbsent, kCard, "no card"},
    CodeRow{SCARD_W_REMOVED_CARD, "SCARD_W_REMOVED_CARD", Reason::kCardRemoved, kCard, "removed"},
    CodeRow{SCARD_W_RESET_CARD, "SCARD_W_RESET_CARD", Reason::kCardRemoved, kCard,
            "reset by another program"},
    CodeRow{SCARD_W_UNPOWERED_CARD, "SCARD_W_UNPOWERED_CARD", Reason::kCardRemoved, kCard,
            "lost power"},
    CodeRow{SCARD_W_UNRESPONSIVE_CARD, "SCARD_W_UNRESPONSIVE_CARD", Reason::kCardMute, kCard,
            "no answer to reset"},
    CodeRow{SCARD_W_UNSUPPORTED_CARD, "SCARD_W_UNSUPPORTED_CARD", Reason::kCardMute, kCard,
            "an answer to reset that the reader does not understand"},
    CodeRow{SCARD_E_PROTO_MISMATCH, "SCARD_E_PROTO_MISMATCH", Reason::kCardMute, kCard,
            "neither T=0 nor T=1"},
    CodeRow{SCARD_E_NOT_TRANSACTED, "SCARD_E_NOT_TRANSACTED", Reason::kCardMute, kCard,
            "no answer"},
    CodeRow{SCARD_E_SHARING_VIOLATION, "SCARD_E_SHARING_VIOLATION", Reason::kCardHeldElsewhere,
            kCard, "held elsewhere"},
    // The reader.
    CodeRow{SCARD_E_UNKNOWN_READER, "SCARD_E_UNKNOWN_READER", Reason::kReaderUnknown, kReader,
            "no such reader"},
    CodeRow{SCARD_E_READER_UNAVAILABLE, "SCARD_E_READER_UNAVAILABLE", Reason::kReaderUnavailable,
            kReader, "unplugged"},
    CodeRow{SCARD_E_NO_READERS_AVAILABLE, "SCARD_E_NO_READERS_AVAILABLE",
            Reason::kReaderUnavailable, kReader, "no reader is connected"},
    CodeRow{SCARD_E_READER_UNSUPPORTED, "SCARD_E_READER_UNSUPPORTED", Reason::kReaderUnavailable,
            kReader, "not supported by its driver"},
    CodeRow{SCARD_E_NOT_READY, "SCARD_E_NOT_READY", Reason::kReaderUnavailable, kReader,
            "not ready"},
    CodeRow{SCARD_E_TIMEOUT, "SCARD_E_TIMEOUT", Reason::kReaderUnavailable, kReader, "timed out"},
    // pcscd.
    CodeRow{SCARD_E_NO_SERVICE, "SCARD_E_NO_SERVICE", Reason::kReaderUnavailable, kService,
            "pcscd does not run"},
    CodeRow{SCARD_E_SERVICE_STOPPED, "SCARD_E_SERVICE_STOPPED", Reason::kReaderUnavailable,
            kService, "pcscd stopped"},
    CodeRow{SCARD_E_INVALID_HANDLE, "SCARD_E_INVALID_HANDLE", Reason::kReaderUnavailable, kService,
            "pcscd was restarted"},
    CodeRow{SCARD_F_COMM_ERROR, "SCARD_F_COMM_ERROR", Reason::kReaderUnavailable, kService,
            "pcscd does not answer"},
    CodeRow{SCARD_F_INTERNAL_ERROR, "SCARD_F_INTERNAL_ERROR", Reason::kReaderUnavailable, kService,
            "pcscd failed"},
    CodeRow{SCARD_F_UNKNOWN_ERROR, "SCARD_F_UNKNOWN_ERROR", Reason::kReaderUnavailable, kService,
            "pcscd failed"},
    CodeRow{SCARD_E_NO_MEMORY, "SCARD_E_NO_MEMORY", Reason::kReaderUnavailable, kService,
            "pcscd has no room for another connection"},
    CodeRow{SCARD_W_SECURITY_VIOLATION, "SCARD_W_SECURITY_VIOLATION", Reason::kReaderUnavailable,
            kService, "pcscd refuses this user (polkit)"},
    CodeRow{SCARD_E_NO_ACCESS, "SCARD_E_NO_ACCESS", Reason::kReaderUnavailable, kService,
            "pcscd refuses this user"},
    // Our own mistake.
    CodeRow{SCARD_E_INVALID_PARAMETER, "SCARD_E_INVALID_PARAMETER", Reason::kInternal, kOurs, ""},
    CodeRow{SCARD_E_INVALID_VALUE, "SCARD_E_INVALID_VALUE", Reason::kInternal, kOurs, ""},
    CodeRow{SCARD_E_INSUFFICIENT_BUFFER, "SCARD_E_INSUFFICIENT_BUFFER", Reason::kInternal, kOurs,
            ""},
    CodeRow{SCARD_E_CANCELLED, "SCARD_E_CANCELLED", Reason::kInternal, kOurs, ""},
    CodeRow{SCARD_E_UNSUPPORTED_FEATURE, "SCARD_E_UNSUPPORTED_FEATURE", Reason::kInternal, kOurs,
            ""},
};

const CodeRow* Find(LONG code) {
  const auto* row = std::find_if(kCodes.begin(), kCodes.end(), [code](const CodeRow& candidate) {
    return candidate.code == code;
  });
  return row == kCodes.end() ? nullptr : row;
}

}  // namespace

absl::Status FromPcsc(LONG code, absl::string_view reader) {
  if (code == SCARD_S_SUCCESS) return absl::OkStatus();
  const CodeRow* row = Find(code);
  const std::string name = CodeName(code);
  if (row == nullptr || row->scope == kOurs) return Fail(Reason::kInternal, {{"detail", name}});
  return Fail(row->reason, {{"reader", std::string(reader)},
                            {"detail", absl::StrCat(row->detail, " (", name, ")")}});
}

bool ServiceIsGone(LONG code) {
  const CodeRow* row = Find(code);
  return row != nullptr && row->scope == kService;
}

std::string CodeName(LONG code) {
  const CodeRow* row = Find(code);
  if (row != nullptr) return std::string(row->name);
  return absl::StrFormat("PC/SC code 0x%08X", static_cast<unsigned long>(code) & 0xFFFFFFFF);
}

}  // namespace jpkid::hal::pcsc
