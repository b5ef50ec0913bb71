#pragma once

#include <atomic>
#include <memory>
#include <set>
#include <vector>

#include "absl/status/status.h"

#include "daemon/rpc/call.h"
#include "daemon/rpc/completion_loop.h"
#include "daemon/rpc/line.h"
#include "daemon/rpc/source.h"

namespace jpkid::rpc {

class Streams;

// Carries a source's messages to the client of a call, one at a time. No thread belongs to it: all
// of it happens on the I/O thread, Woken excepted.
class Stream final : public std::enable_shared_from_this<Stream> {
 public:
  Stream(Streams& streams, std::shared_ptr<Call> call, std::unique_ptr<Source> source);

  void Start();

  // Any thread.
  void Woken();

  // Ends the stream, after the message under way and one more: what the source learned together
  // with the end.
  void End(const absl::Status& status);

 private:
  enum class State { kIdle, kSending, kEnded };

  void Pump();
  void Send(const grpc::ByteBuffer& message);
  void Sent(bool ok);
  void SendLast();
  void Finish(const absl::Status& status);
  void Close();

  Streams& streams_;
  const std::shared_ptr<Call> call_;
  std::unique_ptr<Source> source_;
  State state_ = State::kIdle;
  absl::Status end_;  // Of End().
  bool last_taken_ = false;
  std::atomic<bool> woken_ = false;
};

// The streams under way. On the I/O thread alone, Start excepted.
class Streams {
 public:
  // `loop` outlives it.
  explicit Streams(CompletionLoop& loop) : loop_(loop) {}

  // Answers `call` with what `source` tells until that ends or the client is gone. Any thread.
  void Start(std::shared_ptr<Call> call, std::unique_ptr<Source> source);

  // Ends `line`, too, when all end.
  void Add(const std::shared_ptr<Line>& line);

  // Ends all, and whichever comes later, with `status`.
  void EndAll(const absl::Status& status);

 private:
  friend class Stream;

  CompletionLoop& loop_;
  absl::Status ended_;
  std::set<Stream*> open_;
  std::vector<std::weak_ptr<Line>> lines_;
  std::size_t most_lines_ = 64;  // Then those that have gone are taken out.
};

}  // namespace jpkid::rpc
