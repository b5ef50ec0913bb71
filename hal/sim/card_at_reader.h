#pragma once

#include <memory>
#include <optional>
#include <string>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "absl/time/time.h"

#include "base/bytes.h"
#include "hal/sim/faults.h"
#include "hal/sim/sim_card.h"
#include "hal/sim/timing.h"
#include "hal/trace/trace.h"

namespace jpkid::hal::sim {

// How an exchange with a simulated card ends. The reader, in process or vpcd, acts it out.
struct Exchange {
  enum class End {
    kAnswer,   // `answer` is what the reader hands on: a response APDU, garbled perhaps.
    kMute,     // No answer; the reader gives the card up.
    kHang,     // No answer, and none before the card is taken away.
    kTornOut,  // The card has left the reader.
  };
  End end = End::kAnswer;
  Bytes answer = {};
  absl::Duration delay = absl::ZeroDuration();  // Real time that passes before the end.

  // Of kTornOut: when a card comes back by itself (empty: never), and which, where it is another.
  std::optional<absl::Duration> back_after = {};
  std::string other_card = {};
};

// A simulated card as a reader meets it: the card itself, the faults it was told, the time it takes
// by the link model, the trace of what was said. Used by one thread at a time.
class CardAtReader {
 public:
  struct Options {
    LinkModel link = LinkModel::TypeB();
    bool real_time = false;                         // Let the model's time really pass.
    std::shared_ptr<trace::Trace> trace = nullptr;  // Null: none is written.
  };

  // `card` comes from the file at `path`; `keys` outlives it.
  static absl::StatusOr<std::unique_ptr<CardAtReader>> Open(const std::string& path,
                                                            KeySource& keys, Options options);

  // The card leaves the reader, its file is others'. What is known of it stays.
  void TakeOut();

  // It comes back as others left it, or the card in the file at `path` takes its place. Faults and
  // total time stay.
  absl::Status PutIn(const std::string& path = "");

  // Power-up: the ATR. A new card session begins.
  Bytes PowerOn();
  void PowerOff() { card_->PowerOff(); }
  Bytes WarmReset() { return card_->WarmReset(); }

  // One command APDU, executed as far as the faults let it.
  Exchange Transmit(ByteView apdu);

  absl::Status AddFaults(absl::string_view text) { return faults_.Add(text); }
  std::size_t faults_waiting() const { return faults_.waiting(); }

  SimCard& card() { return *card_; }
  const CardTime& session_time() const { return session_time_; }  // Since power-up.
  const CardTime& total_time() const { return total_time_; }

 private:
  CardAtReader(std::unique_ptr<SimCard> card, KeySource& keys, Options options)
      : card_(std::move(card)), keys_(keys), options_(std::move(options)) {}

  Exchange Leave(const Fault& fault, ByteView apdu);
  void Record(ByteView apdu, Exchange& exchange);

  std::unique_ptr<SimCard> card_;
  KeySource& keys_;
  const Options options_;
  trace::Scribe scribe_;
  Faults faults_;
  CardTime session_time_;
  CardTime total_time_;
};

}  // namespace jpkid::hal::sim
