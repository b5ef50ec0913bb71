#pragma once

#include <memory>
#include <string>

#include "hal/reader.h"

namespace jpkid::hal::trace {

// The readers of a recording, each with a card that answers what was recorded, in the order in
// which it was, without taking time: a session is played again without the card. A command that is
// not the recorded one is answered with TRACE_DIFFERS, and so is a power-up at another place; both
// leave the replay where it is. What is masked in the recording is compared by its length alone
// (any PIN of that length will do) and answered with octets 00. A secure channel begins with random
// numbers of both sides and cannot be played again. Where the recorded card did not answer or was
// taken away, this one does and is, and is back at once. Thread-safe.
class ReplayReaders final : public Readers {
 public:
  // The recording in the file at `path` from its beginning. Fails as ReadRecording.
  static absl::StatusOr<std::unique_ptr<ReplayReaders>> Create(const std::string& path);

  ReaderList List() const override;
  ReaderList WaitForChange(std::uint64_t version, absl::Time deadline) const override;
  absl::StatusOr<std::unique_ptr<Card>> Open(absl::string_view reader) override;

 private:
  class State;
  class Connection;
  explicit ReplayReaders(std::shared_ptr<State> state);

  const std::shared_ptr<State> state_;  // Shared with connections, which may outlive it.
};

}  // namespace jpkid::hal::trace
