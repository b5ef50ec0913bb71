#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "absl/time/time.h"

#include "base/bytes.h"
#include "base/secret.h"
#include "hal/apdu.h"

// The door of the hardware layer: readers and the cards on them, in our own types. Nothing outside
// hal/ knows PC/SC.
namespace jpkid::hal {

enum class Presence {
  kEmpty,        // No card.
  kPresent,      // A card, free to be opened.
  kElsewhere,    // A card that another program uses; `detail` names it.
  kMute,         // A card that gave no answer to reset.
  kUnavailable,  // The reader does not work; `detail` says why.
};

struct ReaderState {
  std::string name = {};  // The backend's own name, "Virtual PCD 00 00".
  Presence presence = Presence::kEmpty;
  Bytes atr = {};               // Of the present card.
  std::uint64_t insertion = 0;  // Grows with every card put on this reader. 0: none yet.
  std::string detail = {};

  friend bool operator==(const ReaderState&, const ReaderState&) = default;
};

// All readers at one moment. `version` grows with every change; 0: the backend has not looked yet.
struct ReaderList {
  std::uint64_t version = 0;
  std::vector<ReaderState> readers;
};

// What the code that talks to a card remembers of the card's volatile state. It belongs to the
// connection and is forgotten at power-down, so that nobody builds on a selection or a verified PIN
// that is gone.
struct Remembered {
  Bytes selected_application;   // AID; empty: unknown.
  bool security_state = false;  // A PIN was verified or a secure channel opened since power-up.
  // Who sent the last command that Card::exchanges did not count, and that count then.
  const void* raw_sender = nullptr;
  std::uint64_t raw_sent_at = 0;
  std::map<std::uint16_t, WipedBytes> private_files;  // Read by virtue of that, by identifier.
};

// What was learned about the card for as long as it stays on the reader; a power-down changes none
// of it.
struct Learned {
  std::optional<bool> extended_le;  // Whether READ BINARY takes an extended Le. Empty: not tried.
  std::map<std::uint16_t, Bytes> public_files;  // Of the JPKI application, by identifier.
};

// An exclusive connection to the card on a reader. Used by one thread at a time. Its destructor
// powers the card down and gives it back.
class Card {
 public:
  virtual ~Card() = default;

  // Sends one command APDU and waits for the answer, once: nothing is ever repeated here. Failures:
  // CARD_REMOVED, CARD_MUTE, READER_UNAVAILABLE. The caller bounds the time (a backend cannot
  // interrupt a driver that hangs).
  virtual absl::StatusOr<Bytes> TransmitRaw(ByteView apdu) = 0;

  // Cuts the card's power and restores it: verified PINs, secure channel and selection are gone.
  // Keeps the connection.
  absl::Status PowerDown();

  // TransmitRaw with 61xx and 6Cxx followed (apdu.h).
  absl::StatusOr<Response> Transmit(const Command& command);

  // Which insertion this connection belongs to (ReaderState::insertion).
  virtual std::uint64_t insertion() const = 0;

  // Grows with every APDU of Transmit and every PowerDown: who finds it unchanged knows that nobody
  // else has spoken to the card since.
  std::uint64_t exchanges() const { return exchanges_; }

  Remembered& remembered() { return remembered_; }
  Learned& learned() { return learned_; }

 protected:
  virtual absl::Status CutPower() = 0;

 private:
  Remembered remembered_;
  Learned learned_;
  std::uint64_t exchanges_ = 0;
};

// The readers of one backend. Thread-safe.
class Readers {
 public:
  virtual ~Readers() = default;

  // The readers as last seen. Never waits for a reader, a card or a driver.
  virtual ReaderList List() const = 0;

  // Waits until the list differs from `version`, or `deadline`; the list then.
  virtual ReaderList WaitForChange(std::uint64_t version, absl::Time deadline) const = 0;

  // Opens the card on the reader of this name, exclusively. Failures: READER_UNKNOWN,
  // READER_UNAVAILABLE, CARD_ABSENT, CARD_MUTE, CARD_HELD_ELSEWHERE (with `holder` where it can be
  // found out). May take as long as the driver takes.
  virtual absl::StatusOr<std::unique_ptr<Card>> Open(absl::string_view reader) = 0;
};

}  // namespace jpkid::hal
