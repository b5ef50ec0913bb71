#pragma once

#include <netinet/in.h>

#include <cstdint>
#include <functional>
#include <memory>
#include <string>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "absl/time/time.h"

#include "base/bytes.h"
#include "base/file.h"
#include "base/secret.h"
#include "hal/sim/card_at_reader.h"

namespace jpkid::hal::sim {

// A simulated card on a reader of Debian's vpcd driver, over TCP: messages of a two-octet length
// and their content; one octet is a control code. It connects and reconnects by itself for as long
// as the card is inserted. Driven by one poll loop: never blocks, never sleeps.
class VpcdLink {
 public:
  // `address` is "127.0.0.1:35963". INVALID_ARGUMENT for anything but a numeric IPv4 address and
  // port.
  static absl::StatusOr<sockaddr_in> ParseAddress(absl::string_view address);

  // `tell` is called with true when the reader has powered the card up, with false when it has lost
  // it.
  // `card` and `tell` outlive the link. The card is inserted at once.
  VpcdLink(const sockaddr_in& vpcd, CardAtReader& card, std::function<void(bool)> tell);
  ~VpcdLink();
  VpcdLink(const VpcdLink&) = delete;
  VpcdLink& operator=(const VpcdLink&) = delete;

  // What to poll: a descriptor (-1: none), events, and until when.
  int fd() const { return socket_.get(); }
  short events() const;
  absl::Time wake_at() const { return wake_at_; }

  // Does what is due, with what poll returned for the descriptor.
  void Step(short returned);

  // Puts the card back, or the one in the file `card`. FAILED_PRECONDITION if there is one; the
  // failures of the card.
  absl::Status Insert(const std::string& card);

  // Takes the card away, in the middle of a command if need be. FAILED_PRECONDITION without one.
  absl::Status Remove();

  bool inserted() const { return state_ != State::kOut; }
  bool attached() const { return attached_; }

 private:
  enum class State {
    kOut,         // No card on the reader.
    kWaiting,     // Connects at wake_at_.
    kConnecting,  // Gives up at wake_at_.
    kListening,   // Reconnects at wake_at_ unless the reader shows before that it sees the card.
    kAnswering,   // `answer_` goes out at wake_at_.
    kHanging,     // Owes an answer that never comes.
  };

  void Enter(State state, absl::Duration time);
  void Connect();
  void FinishConnecting();
  void Drop(absl::Duration before_reconnecting);
  void TakeOut();
  void HangUp();
  void Receive();
  void TakeMessages();
  void Handle(ByteView message);
  void HandleControl(std::uint8_t code);
  void HandleCommand(ByteView apdu);
  void TearOut(const Exchange& exchange);
  void Send(ByteView message);

  const sockaddr_in vpcd_;
  CardAtReader& card_;
  const std::function<void(bool)> tell_;
  UniqueFd socket_;
  State state_ = State::kOut;
  absl::Time wake_at_ = absl::InfiniteFuture();
  std::string next_card_;  // The file of the card to connect with, where it is another one.
  bool attached_ = false;
  bool complained_ = false;  // That nobody listens; once for each time.
  Bytes atr_;
  WipedBytes received_;  // Commands may hold PINs.
  Bytes answer_;
};

}  // namespace jpkid::hal::sim
