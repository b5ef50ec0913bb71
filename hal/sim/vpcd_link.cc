#include "hal/sim/vpcd_link.h"

#include <arpa/inet.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <sys/socket.h>
#include <sys/time.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <utility>

#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"

#include "base/log.h"
#include "base/status.h"
#include "base/steady_time.h"

namespace jpkid::hal::sim {
namespace {

// vpcd's control codes.
constexpr std::uint8_t kOff = 0;
constexpr std::uint8_t kOn = 1;
constexpr std::uint8_t kReset = 2;
constexpr std::uint8_t kAtr = 4;

// Sooner than this after a drop in the middle of a command, vpcd may stay blind for the new card.
constexpr absl::Duration kReconnectPause = absl::Milliseconds(500);
// pcscd powers a new card up and asks for its ATR every 400 ms. A reader that does not is blind: it
// missed that the card before went away, which happens when the next one is there within 400 ms.
constexpr absl::Duration kSilence = absl::Seconds(2);
constexpr std::size_t kLengthOctets = 2;

}  // namespace

absl::StatusOr<sockaddr_in> VpcdLink::ParseAddress(absl::string_view address) {
  const std::pair<std::string, std::string> parts =
      absl::StrSplit(address, absl::MaxSplits(':', 1));
  std::uint32_t port = 0;
  sockaddr_in parsed = {};
  parsed.sin_family = AF_INET;
  if (inet_pton(AF_INET, parts.first.c_str(), &parsed.sin_addr) != 1 ||
      !absl::SimpleAtoi(parts.second, &port) || port == 0 || port > 0xFFFF) {
    return absl::InvalidArgumentError(
        absl::StrCat("'", address, "' is not an address such as 127.0.0.1:35963"));
  }
  parsed.sin_port = htons(static_cast<std::uint16_t>(port));
  return parsed;
}

VpcdLink::VpcdLink(const sockaddr_in& vpcd, CardAtReader& card, std::function<void(bool)> tell)
    : vpcd_(vpcd), card_(card), tell_(std::move(tell)) {
  Enter(State::kWaiting, absl::ZeroDuration());
}

VpcdLink::~VpcdLink() = default;

void VpcdLink::Enter(State state, absl::Duration time) {
  state_ = state;
  wake_at_ = time == absl::InfiniteDuration() ? absl::InfiniteFuture() : SteadyNow() + time;
}

short VpcdLink::events() const {
  if (state_ == State::kConnecting) return POLLOUT;
  return state_ == State::kListening ? POLLIN : POLLRDHUP;
}

void VpcdLink::Step(short returned) {
  if (state_ == State::kConnecting && returned != 0) {
    FinishConnecting();
  } else if (state_ == State::kListening && (returned & POLLIN) != 0) {
    Receive();
  } else if (returned != 0 && socket_.valid()) {
    Drop(kReconnectPause);
  }
  if (SteadyNow() < wake_at_) return;
  switch (state_) {
    case State::kWaiting:
      Connect();
      break;
    case State::kConnecting:
    case State::kListening:
      Drop(kReconnectPause);
      break;
    case State::kAnswering:
      Enter(State::kListening, kSilence);
      Send(answer_);
      TakeMessages();
      break;
    case State::kOut:
    case State::kHanging:
      break;
  }
}

void VpcdLink::Connect() {
  const absl::Status status = card_.PutIn(std::exchange(next_card_, ""));
  if (!status.ok()) {
    LogError("no card comes back: %s", std::string(status.message()));
    Enter(State::kOut, absl::InfiniteDuration());
    return;
  }
  atr_ = card_.PowerOn();
  card_.PowerOff();
  socket_ = UniqueFd(socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0));
  const int on = 1;
  setsockopt(socket_.get(), IPPROTO_TCP, TCP_NODELAY, &on, sizeof(on));
  const int result =
      connect(socket_.get(), reinterpret_cast<const sockaddr*>(&vpcd_), sizeof(vpcd_));
  if (result != 0 && errno != EINPROGRESS) {
    Drop(kReconnectPause);
    return;
  }
  Enter(State::kConnecting, kSilence);
}

void VpcdLink::FinishConnecting() {
  int error = 0;
  socklen_t size = sizeof(error);
  if (getsockopt(socket_.get(), SOL_SOCKET, SO_ERROR, &error, &size) != 0 || error != 0) {
    if (!std::exchange(complained_, true)) {
      LogWarning("no vpcd at port %d yet: %s", ntohs(vpcd_.sin_port), std::strerror(error));
    }
    Drop(kReconnectPause);
    return;
  }
  Enter(State::kListening, kSilence);
}

// Closes the connection: the reader loses the card, which loses its power.
void VpcdLink::Drop(absl::Duration before_reconnecting) {
  HangUp();
  Enter(State::kWaiting, before_reconnecting);
}

void VpcdLink::TakeOut() {
  HangUp();
  card_.TakeOut();
}

void VpcdLink::HangUp() {
  socket_ = UniqueFd();
  card_.PowerOff();
  received_ = WipedBytes();
  Enter(State::kOut, absl::InfiniteDuration());
  if (std::exchange(attached_, false)) tell_(false);
}

absl::Status VpcdLink::Insert(const std::string& card) {
  if (inserted()) return absl::FailedPreconditionError("there is a card already");
  JPKID_RETURN_IF_ERROR(card_.PutIn(card));
  Enter(State::kWaiting, kReconnectPause);
  return absl::OkStatus();
}

absl::Status VpcdLink::Remove() {
  if (!inserted()) return absl::FailedPreconditionError("there is no card");
  TakeOut();
  return absl::OkStatus();
}

void VpcdLink::Receive() {
  // vpcd sends a message in two segments with Nagle's algorithm on: without an immediate ACK the
  // second waits 40 ms. Linux takes the option back by itself, hence again each time.
  const int on = 1;
  setsockopt(socket_.get(), IPPROTO_TCP, TCP_QUICKACK, &on, sizeof(on));
  std::uint8_t block[4096];
  const ssize_t got = recv(socket_.get(), block, sizeof(block), MSG_DONTWAIT);
  if (got < 0 && (errno == EAGAIN || errno == EINTR)) return;
  if (got <= 0) {
    Drop(kReconnectPause);
    return;
  }
  received_.insert(received_.end(), block, block + got);
  OPENSSL_cleanse(block, sizeof(block));
  TakeMessages();
}

void VpcdLink::TakeMessages() {
  while (state_ == State::kListening && received_.size() >= kLengthOctets) {
    const std::size_t length = static_cast<std::size_t>(received_[0] << 8 | received_[1]);
    if (received_.size() < kLengthOctets + length) return;
    const auto begin = received_.begin() + kLengthOctets;
    const auto end = begin + static_cast<std::ptrdiff_t>(length);
    const WipedBytes message(begin, end);
    received_.erase(received_.begin(), end);
    if (attached_) Enter(State::kListening, kSilence);
    Handle(message);
  }
}

void VpcdLink::Handle(ByteView message) {
  if (message.size() == 1) {
    HandleControl(message[0]);
  } else {
    HandleCommand(message);
  }
}

void VpcdLink::HandleControl(std::uint8_t code) {
  switch (code) {
    case kOff:
      card_.PowerOff();
      break;
    case kOn:
      card_.PowerOn();
      complained_ = false;
      if (!std::exchange(attached_, true)) tell_(true);
      break;
    case kReset:
      card_.WarmReset();
      break;
    case kAtr:
      Send(atr_);
      break;
    default:  // An APDU of one octet; silence would wedge the reader.
      Send(Bytes{0x67, 0x00});
      break;
  }
}

void VpcdLink::HandleCommand(ByteView apdu) {
  Exchange exchange = card_.Transmit(apdu);
  switch (exchange.end) {
    case Exchange::End::kTornOut:
      TearOut(exchange);
      return;
    case Exchange::End::kHang:
      Enter(State::kHanging, absl::InfiniteDuration());
      return;
    case Exchange::End::kMute:
      exchange.answer = {0};  // vpcd would take no octet at all for the end of the card.
      break;
    case Exchange::End::kAnswer:
      break;
  }
  if (exchange.delay <= absl::ZeroDuration()) {
    Send(exchange.answer);
    return;
  }
  answer_ = std::move(exchange.answer);
  Enter(State::kAnswering, exchange.delay);
}

void VpcdLink::TearOut(const Exchange& exchange) {
  if (!exchange.back_after.has_value()) {
    TakeOut();
    return;
  }
  next_card_ = exchange.other_card;
  Drop(std::max(kReconnectPause, *exchange.back_after));
}

// One send: two would meet Nagle's algorithm again. What does not fit the socket's buffer at once
// (65 KiB fit) is an end of the connection that vpcd sees.
void VpcdLink::Send(ByteView message) {
  Bytes framed = {static_cast<std::uint8_t>(message.size() >> 8),
                  static_cast<std::uint8_t>(message.size())};
  Append(framed, message);
  const ssize_t sent = send(socket_.get(), framed.data(), framed.size(), MSG_NOSIGNAL);
  if (sent != static_cast<ssize_t>(framed.size())) Drop(kReconnectPause);
}

}  // namespace jpkid::hal::sim
