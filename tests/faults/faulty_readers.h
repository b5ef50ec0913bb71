#pragma once

#include <atomic>
#include <memory>

#include "hal/reader.h"
#include "tests/faults/trap.h"

namespace jpkid::faults {

// The readers behind a trap: each APDU is an act. A killed daemon reaches no card.
class FaultyReaders final : public hal::Readers {
 public:
  // `trap` outlives it.
  FaultyReaders(std::shared_ptr<hal::Readers> readers, Trap& trap)
      : readers_(std::move(readers)), trap_(trap) {}

  hal::ReaderList List() const override { return readers_->List(); }
  hal::ReaderList WaitForChange(std::uint64_t version, absl::Time deadline) const override {
    return readers_->WaitForChange(version, deadline);
  }
  absl::StatusOr<std::unique_ptr<hal::Card>> Open(absl::string_view reader) override;

  // VERIFY commands with a PIN that reached the card.
  int verifies() const { return *verifies_; }

 private:
  const std::shared_ptr<hal::Readers> readers_;
  Trap& trap_;
  const std::shared_ptr<std::atomic<int>> verifies_ = std::make_shared<std::atomic<int>>(0);
};

}  // namespace jpkid::faults
