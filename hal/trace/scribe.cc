#include "hal/trace/scribe.h"

#include <algorithm>
#include <array>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"

#include "hal/apdu.h"

namespace jpkid::hal::trace {
namespace {

constexpr char kReadBinary[] = "READ BINARY";
constexpr char kUpdateBinary[] = "UPDATE BINARY";
constexpr char kReadRecord[] = "READ RECORD";
constexpr char kSelect[] = "SELECT";
constexpr char kSign[] = "PERFORM SECURITY OPERATION";
constexpr char kGetResponse[] = "GET RESPONSE";

constexpr std::uint8_t kSecureMessaging = 0x04;  // In CLA (ISO/IEC 7816-4, 5.4.1).
constexpr std::uint8_t kShortFileId = 0x80;      // In P1 of READ and UPDATE BINARY.

struct Name {
  std::uint8_t instruction;
  absl::string_view name;
};
constexpr std::array kNames = {
    Name{0x04, "DEACTIVATE FILE"},
    Name{0x20, "VERIFY"},
    Name{0x24, "CHANGE REFERENCE DATA"},
    Name{0x2A, kSign},
    Name{0x2C, "RESET RETRY COUNTER"},
    Name{0x44, "ACTIVATE FILE"},
    Name{0x47, "GENERATE ASYMMETRIC KEY PAIR"},
    Name{0x50, "INITIALIZE UPDATE"},
    Name{0x82, "EXTERNAL AUTHENTICATE"},
    Name{0xA4, kSelect},
    Name{0xB0, kReadBinary},
    Name{0xB2, kReadRecord},
    Name{0xC0, kGetResponse},
    Name{0xCA, "GET DATA"},
    Name{0xD6, kUpdateBinary},
};

// Files that need no PIN: of the JPKI application the CAs' certificates, the authentication
// certificate (which names nobody), the token and what is present; of the common application the
// card's own record.
constexpr std::array kPublicFiles = {
    absl::string_view("D392F000260100000001/0002"), absl::string_view("D392F000260100000001/0006"),
    absl::string_view("D392F000260100000001/0008"), absl::string_view("D392F000260100000001/000A"),
    absl::string_view("D392F000260100000001/000B"), absl::string_view("D3921000310001010100/0001"),
};
constexpr absl::string_view kSignatureCertificate = "D392F000260100000001/0001";
constexpr std::size_t kSequenceHeader = 4;  // 30 82 and two octets of length.

std::string NameOf(std::uint8_t instruction) {
  const auto* name = std::find_if(kNames.begin(), kNames.end(), [&](const Name& candidate) {
    return candidate.instruction == instruction;
  });
  if (name == kNames.end()) return absl::StrFormat("INS %02X", instruction);
  return std::string(name->name);
}

bool IsBinary(const ApduRecord& record) {
  return record.instruction() == kReadBinary || record.instruction() == kUpdateBinary;
}

// Which computes a signature (P1 00 on the card of this profile, 9E in ISO/IEC 7816-8), not one
// that deciphers.
bool Signs(const ApduRecord& record) {
  const std::string p1 = record.header().substr(4, 2);
  return record.instruction() == kSign && (p1 == "00" || p1 == "9E");
}

// The identifier that P1 of READ and UPDATE BINARY, or P2 of READ RECORD, names; empty: none.
std::string ShortFileId(const ApduRecord& record) {
  const Bytes header = FromHex(record.header()).value();
  if (IsBinary(record)) {
    return (header[2] & kShortFileId) == 0 ? "" : absl::StrFormat("%04X", header[2] & 0x1F);
  }
  return header[3] >> 3 == 0 ? "" : absl::StrFormat("%04X", header[3] >> 3);
}

}  // namespace

ApduRecord DescribeCommand(ByteView command) {
  ApduRecord record;
  const absl::StatusOr<Command> decoded = DecodeCommand(command);
  if (!decoded.ok()) {
    record.set_instruction("not a command APDU");
    record.set_data_octets(static_cast<std::uint32_t>(command.size()));
    return record;
  }
  record.set_instruction(NameOf(decoded->ins));
  record.set_header(ToHex(Bytes{decoded->cla, decoded->ins, decoded->p1, decoded->p2}));
  record.set_secure_messaging((decoded->cla & kSecureMessaging) != 0);
  record.set_data_octets(static_cast<std::uint32_t>(decoded->data.size()));
  if (decoded->le != Command::kNoLe) record.set_le(static_cast<std::uint32_t>(decoded->le));
  if (IsBinary(record)) {
    const bool short_file_id = (decoded->p1 & kShortFileId) != 0;
    record.set_offset(
        static_cast<std::uint32_t>(short_file_id ? decoded->p2 : decoded->p1 << 8 | decoded->p2));
  }
  const bool tells = record.instruction() == kSelect || Signs(record);
  if (tells && !record.secure_messaging()) record.set_data(ToHex(decoded->data));
  return record;
}

ApduRecord Scribe::PowerUp(ByteView atr) {
  *this = Scribe();
  ApduRecord record;
  record.set_instruction(kPowerUp);
  record.set_atr(ToHex(atr));
  return record;
}

ApduRecord Scribe::Describe(ByteView command, End end, ByteView answer) {
  ApduRecord record = DescribeCommand(command);
  record.set_end(end);
  const absl::StatusOr<Response> response = DecodeResponse(answer);
  const bool answered = end == ANSWERED && response.ok();
  last_ = Follow(record, answered && response->sw == kSuccess);
  if (!answered) return record;
  record.set_answer_octets(static_cast<std::uint32_t>(response->data.size()));
  record.set_sw(absl::StrFormat("%04X", response->sw));
  const std::string data = ToHex(response->data);
  if (last_ == Telling::kAll) record.set_answer(data);
  if (last_ == Telling::kLengthOfCertificate && absl::StartsWith(data, "3082")) {
    record.set_answer(data.substr(0, 2 * kSequenceHeader));
  }
  return record;
}

Scribe::Telling Scribe::Follow(ApduRecord& command, bool answered) {
  if (command.header().empty()) return Telling::kNothing;
  if (command.secure_messaging()) {
    application_.clear();  // What it selects is not for us to see.
    return Telling::kNothing;
  }
  if (command.instruction() == kGetResponse) return last_;
  if (command.instruction() == kSelect) {
    FollowSelect(command, answered);
    return Telling::kAll;
  }
  if (IsBinary(command) || command.instruction() == kReadRecord) {
    return OfFile(command, ShortFileId(command));
  }
  return Signs(command) ? Telling::kAll : Telling::kNothing;
}

void Scribe::FollowSelect(const ApduRecord& command, bool answered) {
  const std::string p1 = command.header().substr(4, 2);
  file_.clear();
  if (p1 == "02" && answered) {
    file_ = command.data();
  } else if (p1 != "02") {
    application_ = p1 == "04" && answered ? command.data() : "";
  }
}

Scribe::Telling Scribe::OfFile(ApduRecord& command, absl::string_view short_id) {
  if (!short_id.empty()) file_ = std::string(short_id);
  if (application_.empty() || file_.empty() || command.instruction() == kUpdateBinary) {
    return Telling::kNothing;
  }
  command.set_file(absl::StrCat(application_, "/", file_));
  const bool is_public =
      std::find(kPublicFiles.begin(), kPublicFiles.end(), command.file()) != kPublicFiles.end();
  if (is_public) return Telling::kAll;
  const bool beginning = command.file() == kSignatureCertificate && command.offset() == 0;
  return beginning && command.instruction() == kReadBinary ? Telling::kLengthOfCertificate
                                                           : Telling::kNothing;
}

}  // namespace jpkid::hal::trace
