#pragma once

#include <memory>

#include "hal/reader.h"
#include "hal/trace/trace.h"

namespace jpkid::hal::trace {

// The readers of any backend, with every exchange and every power-up of their cards written into a
// trace. Thread-safe.
class RecordingReaders final : public Readers {
 public:
  RecordingReaders(std::unique_ptr<Readers> readers, std::shared_ptr<Trace> trace);

  ReaderList List() const override;
  ReaderList WaitForChange(std::uint64_t version, absl::Time deadline) const override;
  absl::StatusOr<std::unique_ptr<Card>> Open(absl::string_view reader) override;

 private:
  const std::unique_ptr<Readers> readers_;
  const std::shared_ptr<Trace> trace_;
};

}  // namespace jpkid::hal::trace
