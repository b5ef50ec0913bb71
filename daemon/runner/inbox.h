#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <vector>

#include "absl/status/status.h"
#include "absl/time/time.h"
#include <google/protobuf/repeated_field.h>

#include "base/mutex.h"
#include "daemon/events/event.pb.h"
#include "daemon/runner/runner.h"

namespace jpkid::runner {

// Where clients leave what an operation waits for, and where the operation's thread waits: for
// inputs, for a change at the readers, for the end of a pause. Thread-safe.
class Inbox {
 public:
  enum class Wake {
    kInput,  // Everything awaited is there.
    kSome,   // Something of it came; told once.
    kPoke,   // Something changed at the readers.
    kTimeout,
    kCancelled,  // Somebody wants the operation to end.
    kStopping,   // The daemon stops.
  };

  // Replaces what is awaited; inputs given for what was awaited before are wiped.
  void Await(std::vector<events::AwaitedInput> inputs);

  // Leaves an input. INPUT_UNKNOWN when it is not awaited (any more), CARD_WRONG when it names
  // another card.
  absl::Status Give(const std::string& input_id, Input input);

  // Waits for the first of the reasons to wake up. A cancellation wakes while `cancellable`.
  Wake Wait(absl::Time deadline, bool cancellable);

  // Waits until `until`, whatever is given meanwhile, and forgets nothing of it: kTimeout,
  // kStopping or, while `cancellable`, kCancelled.
  Wake Sleep(absl::Time until, bool cancellable);

  // What is still awaited of `inputs`.
  google::protobuf::RepeatedPtrField<events::AwaitedInput> Missing(
      const google::protobuf::RepeatedPtrField<events::AwaitedInput>& inputs) const;

  // The PINs that were given, once; awaits nothing afterwards.
  std::vector<PinGiven> TakePins();

  // Calls `listener` as soon as the operation is to end, because the daemon stops or, while
  // `cancellable`, somebody wants it to: at once where that is so already. Until the returned guard
  // goes, and maybe once more just then.
  std::shared_ptr<void> OnEnd(std::function<void()> listener, bool cancellable);

  void Poke();
  void Stop();
  bool stopping() const;

  // Asks for the end. CANCEL_TOO_LATE once the operation passed CloseToCancel.
  absl::Status Cancel();
  // Waits until the cancellation is written down, or the operation is left as it stands, or
  // `deadline`.
  enum class CancelState { kAsked, kWritten, kLeft };
  CancelState WaitUntilCancelWritten(absl::Time deadline);
  void MarkCancelWritten();
  // The operation's thread ends.
  void MarkLeft();
  // The operation passes the point of no return. False: a cancellation came first.
  bool CloseToCancel();
  bool cancelled() const;

 private:
  struct Awaited {
    events::AwaitedInput input;
    std::optional<PinGiven> pin = std::nullopt;
    bool given = false;
  };

  void TellOfEnd();
  bool Complete() const ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_);

  mutable Mutex mutex_;
  CondVar changed_;
  std::vector<Awaited> awaited_ ABSL_GUARDED_BY(mutex_);
  bool poked_ ABSL_GUARDED_BY(mutex_) = false;
  bool some_given_ ABSL_GUARDED_BY(mutex_) = false;
  bool stopping_ ABSL_GUARDED_BY(mutex_) = false;
  bool cancelled_ ABSL_GUARDED_BY(mutex_) = false;
  CancelState cancel_state_ ABSL_GUARDED_BY(mutex_) = CancelState::kAsked;
  bool closed_to_cancel_ ABSL_GUARDED_BY(mutex_) = false;
  struct Listener {
    std::function<void()> call;
    bool cancellable;
  };
  std::map<std::uint64_t, Listener> listeners_ ABSL_GUARDED_BY(mutex_);
  std::uint64_t next_listener_ ABSL_GUARDED_BY(mutex_) = 0;
};

}  // namespace jpkid::runner
