#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <thread>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "absl/time/time.h"

#include "base/mutex.h"
#include "hal/reader_board.h"
#include "hal/sim/card_at_reader.h"

namespace jpkid::hal::sim {

// A card's place in a reader. Locked for as long as the card executes something, so that no command
// meets a card that was exchanged meanwhile. Locked before SimSlots' own lock, never after.
struct Seat {
  Mutex mutex;
  std::unique_ptr<CardAtReader> card ABSL_GUARDED_BY(mutex);  // Null: none was ever here.
};

// The readers in this process: what is on them, who holds them, which card comes back when. All
// times are the machine's. Thread-safe; nothing slow happens under its own lock.
class SimSlots {
 public:
  SimSlots(const std::vector<std::string>& names, KeySource& keys, CardAtReader::Options card);
  ~SimSlots();

  // All cards are gone for good; whoever waits for one is told.
  void Close();

  const ReaderBoard& board() const { return board_; }

  // The number of the reader of this name. READER_UNKNOWN.
  absl::StatusOr<std::size_t> Find(absl::string_view reader) const;
  Seat& seat(std::size_t index) { return *places_[index].seat; }
  const std::string& name(std::size_t index) const { return places_[index].name; }

  // Holds the card exclusively, until Release; its insertion. As Readers::Open.
  absl::StatusOr<std::uint64_t> Claim(std::size_t index);
  void Release(std::size_t index);

  // Whether the card of this insertion is there: CARD_REMOVED, READER_UNAVAILABLE.
  absl::Status Check(std::size_t index, std::uint64_t insertion) const;

  // Lets time pass, as long as the card of this insertion is there; then as Check.
  absl::Status Pass(std::size_t index, std::uint64_t insertion, absl::Duration time) const;

  // The card did not answer: to the reader, what is there from now on is a new insertion.
  void Lost(std::size_t index, std::uint64_t insertion);

  // The card of this insertion leaves the reader; as Exchange says, one comes back.
  void TearOut(std::size_t index, std::uint64_t insertion, const Exchange& exchange);

  // See SimReaders.
  absl::Status Insert(std::size_t index, const std::string& card);
  absl::Status Remove(std::size_t index);
  void SetDetail(std::size_t index, absl::string_view detail);

 private:
  // A reader: what never changes.
  struct Place {
    std::string name;
    std::unique_ptr<Seat> seat = std::make_unique<Seat>();
  };
  // A reader: what does.
  struct Slot {
    bool present = false;
    bool held = false;
    std::string detail = {};  // Why the reader does not work; empty: it does.
    Bytes atr = {};
    std::uint64_t insertion = 0;
    absl::Time back_at = absl::InfiniteFuture();
    std::string back_card = {};
  };

  static std::vector<Place> MakePlaces(const std::vector<std::string>& names);
  absl::Status CheckLocked(std::size_t index, std::uint64_t insertion) const
      ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_);
  void Publish() ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_);
  void BringBack();

  // The file of a card that is not there is others'; once it has executed what it was told.
  void LetGo(std::size_t index);

  const std::vector<Place> places_;
  KeySource& keys_;
  const CardAtReader::Options card_options_;
  mutable Mutex mutex_;
  mutable CondVar changed_;
  std::vector<Slot> slots_ ABSL_GUARDED_BY(mutex_);  // As many as places.
  bool closing_ ABSL_GUARDED_BY(mutex_) = false;
  std::uint64_t last_insertion_ ABSL_GUARDED_BY(mutex_) = 0;
  ReaderBoard board_;
  std::thread bring_back_;
};

}  // namespace jpkid::hal::sim
