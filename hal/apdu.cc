#include "hal/apdu.h"

#include <utility>

#include "absl/status/status.h"
#include "absl/strings/str_cat.h"

#include "base/status.h"

namespace jpkid::hal {
namespace {

constexpr std::size_t kHeader = 4;

void PushTwo(WipedBytes& out, std::size_t value) {
  out.push_back(static_cast<std::uint8_t>(value >> 8 & 0xFF));
  out.push_back(static_cast<std::uint8_t>(value & 0xFF));
}

absl::Status WrongLength(std::size_t size) {
  return absl::InvalidArgumentError(
      absl::StrCat("command APDU of ", size, " octets: lengths do not add up"));
}

// Body of a short command: nothing, Le, Lc data, Lc data Le.
absl::Status DecodeShort(ByteView body, Command& command) {
  const std::size_t lc = body[0];
  if (body.size() == 1) {
    command.le = lc == 0 ? Command::kShortMax : static_cast<int>(lc);
    return absl::OkStatus();
  }
  if (lc == 0 || body.size() < 1 + lc || body.size() > 2 + lc) {
    return WrongLength(kHeader + body.size());
  }
  command.data.assign(body.begin() + 1, body.begin() + 1 + static_cast<std::ptrdiff_t>(lc));
  if (body.size() == 2 + lc) {
    command.le = body.back() == 0 ? Command::kShortMax : body.back();
  }
  return absl::OkStatus();
}

int ExtendedLe(ByteView two) {
  const int value = two[0] << 8 | two[1];
  return value == 0 ? Command::kExtendedMax : value;
}

// Body of an extended command: 00 Le Le, 00 Lc Lc data, 00 Lc Lc data Le Le.
absl::Status DecodeExtended(ByteView body, Command& command) {
  if (body.size() == 3) {
    command.le = ExtendedLe(body.subspan(1));
    return absl::OkStatus();
  }
  const std::size_t lc = static_cast<std::size_t>(body[1] << 8 | body[2]);
  if (lc == 0 || (body.size() != 3 + lc && body.size() != 5 + lc)) {
    return WrongLength(kHeader + body.size());
  }
  const ByteView data = body.subspan(3, lc);
  command.data.assign(data.begin(), data.end());
  if (body.size() == 5 + lc) command.le = ExtendedLe(body.last(2));
  return absl::OkStatus();
}

}  // namespace

WipedBytes Encode(const Command& command) {
  const std::size_t nc = command.data.size();
  const bool extended = nc > 255 || command.le > Command::kShortMax;
  WipedBytes out;
  out.reserve(kHeader + 3 + nc + 3);
  out.insert(out.end(), {command.cla, command.ins, command.p1, command.p2});
  if (extended) out.push_back(0);
  if (nc > 0) {
    if (extended) {
      PushTwo(out, nc);
    } else {
      out.push_back(static_cast<std::uint8_t>(nc));
    }
    out.insert(out.end(), command.data.begin(), command.data.end());
  }
  if (command.le != Command::kNoLe) {
    if (extended) {
      PushTwo(out, static_cast<std::size_t>(command.le));
    } else {
      out.push_back(static_cast<std::uint8_t>(command.le & 0xFF));
    }
  }
  return out;
}

absl::StatusOr<Command> DecodeCommand(ByteView apdu) {
  if (apdu.size() < kHeader) return WrongLength(apdu.size());
  Command command = {.cla = apdu[0], .ins = apdu[1], .p1 = apdu[2], .p2 = apdu[3]};
  const ByteView body = apdu.subspan(kHeader);
  if (body.empty()) return command;
  const bool extended = body[0] == 0 && body.size() >= 3;
  JPKID_RETURN_IF_ERROR(extended ? DecodeExtended(body, command) : DecodeShort(body, command));
  return command;
}

absl::StatusOr<Response> DecodeResponse(ByteView apdu) {
  if (apdu.size() < 2) {
    return absl::InvalidArgumentError(
        absl::StrCat("response APDU of ", apdu.size(), " octets has no status word"));
  }
  const ByteView sw = apdu.last(2);
  return Response{.data = ToBytes(apdu.first(apdu.size() - 2)),
                  .sw = static_cast<StatusWord>(sw[0] << 8 | sw[1])};
}

absl::StatusOr<Response> TransmitWhole(const Command& command, RawTransmit transmit) {
  const auto exchange = [&transmit](const Command& one) -> absl::StatusOr<Response> {
    JPKID_ASSIGN_OR_RETURN(const Bytes answer, transmit(ByteView(Encode(one))));
    absl::StatusOr<Response> response = DecodeResponse(answer);
    if (!response.ok()) {
      return Fail(Reason::kCardAnswerInvalid,
                  {{"command", ToHex(Bytes{one.cla, one.ins})},
                   {"detail", std::string(response.status().message())}});
    }
    return response;
  };
  JPKID_ASSIGN_OR_RETURN(Response response, exchange(command));
  if (response.sw >> 8 == 0x6C && command.le != Command::kNoLe) {
    const int exact = (response.sw & 0xFF) == 0 ? Command::kShortMax : response.sw & 0xFF;
    Command again = command;
    again.le = exact;
    JPKID_ASSIGN_OR_RETURN(response, exchange(again));
  }
  Bytes whole = std::move(response.data);
  while (response.sw >> 8 == 0x61) {
    const int more = (response.sw & 0xFF) == 0 ? Command::kShortMax : response.sw & 0xFF;
    JPKID_ASSIGN_OR_RETURN(response, exchange(Command{.ins = 0xC0, .le = more}));
    if (whole.size() + response.data.size() > Command::kExtendedMax ||
        (response.data.empty() && response.sw >> 8 == 0x61)) {
      return Fail(Reason::kCardAnswerInvalid,
                  {{"command", "C0"}, {"detail", "GET RESPONSE without an end"}});
    }
    Append(whole, response.data);
  }
  return Response{.data = std::move(whole), .sw = response.sw};
}

}  // namespace jpkid::hal
