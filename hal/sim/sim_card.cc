#include "hal/sim/sim_card.h"

#include <algorithm>
#include <utility>

#include "base/status.h"
#include "hal/apdu.h"
#include "hal/sim/commands.h"
#include "hal/sim/status_words.h"
#include "hal/sim/volatile_state.h"

namespace jpkid::hal::sim {
namespace {

constexpr std::uint8_t kAtr[] = {0x3B, 0xE0, 0x00, 0xFF, 0x81, 0x31, 0xFE, 0x45, 0x14};
constexpr std::uint8_t kSecureMessaging = 0x04;

Bytes Octets(const Response& response) {
  Bytes out = response.data;
  out.push_back(static_cast<std::uint8_t>(response.sw >> 8));
  out.push_back(static_cast<std::uint8_t>(response.sw & 0xFF));
  return out;
}

// What the class octet asks for that no card of this kind has (ISO/IEC 7816-4, 5.4.1).
StatusWord CheckClass(std::uint8_t cla) {
  const int top = cla & 0xE0;
  if (top == 0x40 || top == 0x60) return kNoLogicalChannels;  // Channels 4 to 19.
  if (top != 0x00 && (cla & 0xF0) != 0x80) return kUnknownClass;
  if ((cla & 0x03) != 0) return kNoLogicalChannels;
  if ((cla & 0x10) != 0) return kNoChaining;
  if ((cla & 0x08) != 0) return kNoSecureMessaging;  // That of ISO; ours is GlobalPlatform's.
  return kSuccess;
}

bool IsExtended(ByteView apdu) { return apdu.size() >= 7 && apdu[4] == 0x00; }

// Extended lengths work for one command only, in the clear.
bool IsFormAllowed(ByteView apdu, const Switches& switches) {
  return !IsExtended(apdu) || (switches.extended_length() && apdu[0] == 0x00 && apdu[1] == 0xB0);
}

bool IsGetResponse(const Command& command) { return command.cla == 0x00 && command.ins == 0xC0; }

bool IsExternalAuthenticate(const Command& command) {
  return command.cla == 0x84 && command.ins == 0x82;
}

Response InTheClear(Context& context, const Command& command) {
  const auto rows = PublicCommands();
  const auto row = std::ranges::find(rows, command.ins, &CommandRow::ins);
  if (row == rows.end()) return Status(kUnknownInstruction);
  if (row->cla != command.cla) return Status(kUnknownClass);
  if (!row->answers && command.le != Command::kNoLe) return Status(kWrongLength);
  return row->handle(context, command);
}

Response InTheChannel(Context& context, const Command& wrapped) {
  std::optional<Scp03Card>& channel = context.state.channel;
  absl::StatusOr<Command> command = channel->Unwrap(wrapped);
  if (!command.ok()) {
    channel.reset();
    return Status(kSecurityNotSatisfied);
  }
  const auto rows = ChannelCommands();
  const auto row = std::ranges::find(rows, command->ins, &CommandRow::ins);
  if (row == rows.end()) return Status(kUnknownInstruction);
  // Every command in the channel has an Le, for the R-MAC.
  if (!row->answers) command->le = Command::kNoLe;
  const Response plain = row->handle(context, *command);
  if (!channel.has_value()) return plain;  // SELECT of an application has ended it.
  absl::StatusOr<Response> answer = channel->Wrap(plain);
  if (answer.ok()) return *std::move(answer);
  channel.reset();
  return Status(kNoDiagnosis);
}

// The first `most` octets of an answer. The rest waits for GET RESPONSE.
Response Deliver(VolatileState& state, Response whole, std::size_t most) {
  if (whole.data.size() <= most) return whole;
  const ByteView rest = ByteView(whole.data).subspan(most);
  state.waiting = {.data = ToBytes(rest), .sw = whole.sw};
  whole.sw = static_cast<StatusWord>(kMoreWaits | (rest.size() > 0xFF ? 0x00 : rest.size()));
  whole.data.resize(most);
  return whole;
}

Response GetResponse(VolatileState& state, const Command& command) {
  if (command.p1 != 0x00 || command.p2 != 0x00) return Status(kWrongParameters);
  if (!command.data.empty() || command.le == Command::kNoLe) return Status(kWrongLength);
  const std::size_t size = state.waiting.data.size();
  const auto most = static_cast<std::size_t>(command.le);
  if (command.le != Command::kShortMax && most > size) {
    return Status(static_cast<StatusWord>(kWrongLe | size));
  }
  return Deliver(state, std::exchange(state.waiting, {}), most);
}

Response Execute(Context& context, const Command& command) {
  VolatileState& state = context.state;
  if (IsGetResponse(command) && !state.waiting.data.empty()) return GetResponse(state, command);
  state.waiting = {};
  if (!IsExternalAuthenticate(command)) state.greeted.reset();
  const StatusWord known = CheckClass(command.cla);
  if (known == kSuccess && (command.cla & kSecureMessaging) != 0 && state.channel.has_value()) {
    context.in_channel = true;
    // The channel adds octets that the caller of a plain command knows nothing of: its Le bounds
    // the plain data, the answer takes what a short APDU carries.
    return Deliver(state, InTheChannel(context, command), Command::kShortMax);
  }
  state.channel.reset();
  if (known != kSuccess) return Status(known);
  if ((command.cla & kSecureMessaging) != 0 && !IsExternalAuthenticate(command)) {
    return Status(kNoSecureMessaging);
  }
  if (IsGetResponse(command)) return Status(kConditionsNotSatisfied);
  return Deliver(state, InTheClear(context, command), static_cast<std::size_t>(command.le));
}

}  // namespace

absl::StatusOr<std::unique_ptr<SimCard>> SimCard::Open(const std::string& path, KeySource& keys) {
  JPKID_ASSIGN_OR_RETURN(std::unique_ptr<CardStore> store, CardStore::Load(path));
  return std::make_unique<SimCard>(std::move(store), keys);
}

SimCard::SimCard(std::unique_ptr<CardStore> store, KeySource& keys)
    : store_(std::move(store)), keys_(keys) {}

SimCard::~SimCard() = default;

Bytes SimCard::PowerOn() {
  state_ = std::make_unique<VolatileState>();
  return ToBytes(kAtr);
}

void SimCard::PowerOff() { state_.reset(); }

Bytes SimCard::WarmReset() {
  if (state_ == nullptr) return PowerOn();
  state_->waiting = {};
  state_->greeted.reset();
  state_->channel.reset();
  return ToBytes(kAtr);
}

Bytes SimCard::Transmit(ByteView apdu) {
  if (state_ == nullptr) return Octets(Status(kNoDiagnosis));
  const Switches& switches = store_->image().switches();
  if (std::exchange(state_->fresh, false) && switches.first_command_6f00()) {
    return Octets(Status(kNoDiagnosis));
  }
  const absl::StatusOr<Command> command = DecodeCommand(apdu);
  if (!command.ok() || !IsFormAllowed(apdu, switches)) {
    state_->waiting = {};
    state_->greeted.reset();
    state_->channel.reset();
    return Octets(Status(kWrongLength));
  }
  Context context = {.store = *store_, .keys = keys_, .state = *state_};
  return Octets(Execute(context, *command));
}

bool SimCard::powered() const { return state_ != nullptr; }

std::uint16_t SimCard::selected_file() const {
  return state_ == nullptr || state_->file == nullptr ? 0 : state_->file->id;
}

ByteView SimCard::selected_application() const {
  if (state_ == nullptr || state_->application == nullptr) return {};
  return state_->application->aid;
}

}  // namespace jpkid::hal::sim
