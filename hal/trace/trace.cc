#include "hal/trace/trace.h"

#include <fcntl.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstring>

#include "absl/status/status.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include <google/protobuf/util/json_util.h>

#include "base/log.h"
#include "hal/apdu.h"

namespace jpkid::hal::trace {
namespace {

constexpr std::uint8_t kSelect = 0xA4;
constexpr std::uint8_t kReadBinary = 0xB0;
constexpr std::uint8_t kUpdateBinary = 0xD6;
constexpr std::uint8_t kSecureMessaging = 0x04;  // In CLA (ISO/IEC 7816-4, 5.4.1).

struct Name {
  std::uint8_t instruction;
  absl::string_view name;
};
constexpr std::array kNames = {
    Name{0x04, "DEACTIVATE FILE"},
    Name{0x20, "VERIFY"},
    Name{0x24, "CHANGE REFERENCE DATA"},
    Name{0x2A, "PERFORM SECURITY OPERATION"},
    Name{0x2C, "RESET RETRY COUNTER"},
    Name{0x44, "ACTIVATE FILE"},
    Name{0x47, "GENERATE ASYMMETRIC KEY PAIR"},
    Name{0x50, "INITIALIZE UPDATE"},
    Name{0x82, "EXTERNAL AUTHENTICATE"},
    Name{kSelect, "SELECT"},
    Name{kReadBinary, "READ BINARY"},
    Name{0xB2, "READ RECORD"},
    Name{0xC0, "GET RESPONSE"},
    Name{0xCA, "GET DATA"},
    Name{kUpdateBinary, "UPDATE BINARY"},
};

std::string NameOf(std::uint8_t instruction) {
  const auto* name = std::find_if(kNames.begin(), kNames.end(), [&](const Name& candidate) {
    return candidate.instruction == instruction;
  });
  if (name == kNames.end()) return absl::StrFormat("INS %02X", instruction);
  return std::string(name->name);
}

void DescribeCommand(const Command& command, ApduRecord& record) {
  record.set_instruction(NameOf(command.ins));
  record.set_header(ToHex(Bytes{command.cla, command.ins, command.p1, command.p2}));
  record.set_secure_messaging((command.cla & kSecureMessaging) != 0);
  record.set_data_octets(static_cast<std::uint32_t>(command.data.size()));
  if (command.le != Command::kNoLe) record.set_le(static_cast<std::uint32_t>(command.le));
  if (command.ins == kReadBinary || command.ins == kUpdateBinary) {
    const bool short_file_id = (command.p1 & 0x80) != 0;
    record.set_offset(
        static_cast<std::uint32_t>(short_file_id ? command.p2 : command.p1 << 8 | command.p2));
  }
  if (command.ins == kSelect && !record.secure_messaging()) record.set_data(ToHex(command.data));
}

}  // namespace

ApduRecord Describe(ByteView command, End end, ByteView answer) {
  ApduRecord record;
  const absl::StatusOr<Command> decoded = DecodeCommand(command);
  if (decoded.ok()) {
    DescribeCommand(*decoded, record);
  } else {
    record.set_instruction("not a command APDU");
    record.set_data_octets(static_cast<std::uint32_t>(command.size()));
  }
  record.set_end(end);
  const absl::StatusOr<Response> response = DecodeResponse(answer);
  if (end == ANSWERED && response.ok()) {
    record.set_answer_octets(static_cast<std::uint32_t>(response->data.size()));
    record.set_sw(absl::StrFormat("%04X", response->sw));
  }
  return record;
}

absl::StatusOr<std::unique_ptr<Trace>> Trace::Open(const std::string& path) {
  UniqueFd file(open(path.c_str(), O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0600));
  if (!file.valid()) return absl::ErrnoToStatus(errno, absl::StrCat("cannot open ", path));
  return std::unique_ptr<Trace>(new Trace(std::move(file)));
}

void Trace::Write(ApduRecord record) {
  const MutexLock lock(mutex_);
  record.set_number(++number_);
  google::protobuf::util::JsonPrintOptions options;
  options.preserve_proto_field_names = true;
  std::string line;
  const bool printed = google::protobuf::util::MessageToJsonString(record, &line, options).ok();
  line += '\n';
  const auto size = static_cast<ssize_t>(line.size());
  if (printed && write(file_.get(), line.data(), line.size()) == size) return;
  if (!failed_) LogError("the APDU trace cannot be written: %s", std::strerror(errno));
  failed_ = true;
}

}  // namespace jpkid::hal::trace
