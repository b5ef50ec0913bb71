#pragma once

#include <memory>
#include <set>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "absl/time/time.h"

#include "hal/reader.h"

namespace jpkid::fakes {

// The calls of a driver.
enum class DriverCall { kOpen, kTransmit, kPowerDown, kClose };

// Readers whose driver does what a test tells it: cards come and go, calls fail or hang. Every
// command is answered with 9000. Stricter than a real driver: the test fails when a card is opened
// twice, or used by another thread than the one that opened it. Thread-safe; its cards outlive it.
class FakeReaders final : public hal::Readers {
 public:
  FakeReaders();
  ~FakeReaders() override;
  FakeReaders(const FakeReaders&) = delete;
  FakeReaders& operator=(const FakeReaders&) = delete;

  hal::ReaderList List() const override;
  hal::ReaderList WaitForChange(std::uint64_t version, absl::Time deadline) const override;
  absl::StatusOr<std::unique_ptr<hal::Card>> Open(absl::string_view reader) override;

  // A reader comes, without a card, or goes.
  void Plug(const std::string& reader);
  void Unplug(const std::string& reader);

  // A card comes or goes.
  void Insert(const std::string& reader, const Bytes& atr = {});
  void Remove(const std::string& reader);
  // The same in one moment: nobody sees the reader empty.
  void Swap(const std::string& reader);

  // The next call of this kind, on any reader, fails with `failure`.
  void FailNext(DriverCall call, absl::Status failure);

  // The next call of this kind, on any reader, does not return before Release.
  void HangNext(DriverCall call);
  // Waits until a call hangs.
  void WaitForHang() const;
  // What hangs returns as if nothing had been. A test that lets something hang ends with this.
  void Release();

  // What the driver was asked, in order: "open", "transmit 00A40400", "power-down", "close".
  std::vector<std::string> calls() const;
  // Waits until they are these, and fails the test if they never are.
  void ExpectCalls(const std::vector<std::string>& expected) const;

 private:
  class State;
  class FakeCard;
  const std::shared_ptr<State> state_;
};

}  // namespace jpkid::fakes
