#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <vector>

#include "base/mutex.h"
#include "base/secret.h"
#include "daemon/rpc/line.h"
#include "daemon/rpc/session_service.h"
#include "daemon/session/session.h"

namespace jpkid::rpc {

// Commands that nothing comes between, and what came of them.
struct RawBatch {
  std::uint64_t number = 0;
  bool stop_at_failure = false;
  std::vector<WipedBytes> commands;
  const void* session = nullptr;  // Whose batch it is,
  bool first = true;              // and whether it is its first.
  std::vector<Bytes> answers;
  // Others have spoken to the card since the session's batch before.
  bool others_between = false;

  // On the reader's thread. The answers there are stay, whatever fails.
  absl::Status RunOn(hal::Card& card);
  void PutAnswers(jpki::v1::BatchAnswer& answer) const;
};

// One session from its demand to its release: tells the client what becomes of it, and answers its
// batches. Thread-safe; shared by the conversation and the jobs under way.
class SessionDesk : public session::Visitor, public std::enable_shared_from_this<SessionDesk> {
 public:
  SessionDesk(const SessionLimits& limits, int most_ahead, int most_commands,
              std::shared_ptr<Line> line);

  // The visit that this is the visitor of; it may have been granted, or have ended, by now.
  void SetVisit(std::shared_ptr<session::Visit> visit);

  // Whether the next message may be read at once; else it is when an answer has been sent.
  bool Run(std::shared_ptr<RawBatch> batch);

  // Gives the reader back once all has been answered; true where that is so already. Then the next
  // message is read, or, with `hang_up`, the call ends.
  bool Release(bool hang_up);
  bool released() const;

  // Gives the reader back at once, without a word.
  void Leave();

  void OnPosition(int position, std::optional<absl::Duration> expected_wait) override;
  void OnGranted(std::uint64_t insertion, const Bytes& atr) override;
  void OnEnded(const absl::Status& why) override;

 private:
  void OnRun(jpki::v1::BatchAnswer answer);
  void SayReleased();

  const SessionLimits limits_;
  const int most_ahead_;
  const int most_commands_;
  const std::shared_ptr<Line> line_;

  mutable Mutex mutex_;
  std::shared_ptr<session::Visit> visit_ ABSL_GUARDED_BY(mutex_);
  int unanswered_ ABSL_GUARDED_BY(mutex_) = 0;
  bool spoken_ ABSL_GUARDED_BY(mutex_) = false;  // A batch was run.
  bool reading_paused_ ABSL_GUARDED_BY(mutex_) = false;
  bool releasing_ ABSL_GUARDED_BY(mutex_) = false;
  bool hanging_up_ ABSL_GUARDED_BY(mutex_) = false;
};

}  // namespace jpkid::rpc
