#pragma once

#include <memory>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"

#include "hal/reader.h"
#include "hal/sim/key_source.h"
#include "hal/sim/timing.h"

namespace jpkid::hal::sim {

// Readers in this process, with simulated cards: to their user equal to those of pcscd, with the
// same failures at the same moments. What a hand does at a real reader is done by the second half
// of the methods. Thread-safe.
class SimReaders final : public Readers {
 public:
  struct Slot {
    std::string name;
    std::string card = {};    // The file of the card on it; empty: none.
    std::string faults = {};  // What that card is told, a FaultList (fault.proto) as text.
  };
  struct Options {
    std::vector<Slot> slots = {};
    LinkModel link = LinkModel::TypeB();
    bool real_time = false;           // Let the model's time really pass.
    KeySource* key_source = nullptr;  // Outlives the cards; null: keys are really generated.
  };

  // INVALID_ARGUMENT for faults that make no sense; the failures of the card.
  static absl::StatusOr<std::unique_ptr<SimReaders>> Create(const Options& options);

  // Takes all cards away: calls that hang end with CARD_REMOVED.
  ~SimReaders() override;

  ReaderList List() const override;
  ReaderList WaitForChange(std::uint64_t version, absl::Time deadline) const override;
  absl::StatusOr<std::unique_ptr<Card>> Open(absl::string_view reader) override;

  // Puts a card on the reader: the one in the file `card`, or the one taken away last where that is
  // empty. FAILED_PRECONDITION when there is one already.
  absl::Status Insert(absl::string_view reader, const std::string& card = "");

  // Takes the card away. FAILED_PRECONDITION when there is none.
  absl::Status Remove(absl::string_view reader);

  // Tells the reader's card faults, a FaultList as text.
  absl::Status AddFaults(absl::string_view reader, absl::string_view text);

  // The reader stops working, saying why, until it is repaired.
  absl::Status Break(absl::string_view reader, absl::string_view detail);
  absl::Status Repair(absl::string_view reader);

  // What the reader's card was used for since its first insertion.
  absl::StatusOr<CardTime> TotalTime(absl::string_view reader) const;

 private:
  class State;
  class Connection;
  explicit SimReaders(std::shared_ptr<State> state);

  const std::shared_ptr<State> state_;
};

}  // namespace jpkid::hal::sim
