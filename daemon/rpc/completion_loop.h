#pragma once

#include <deque>
#include <memory>
#include <thread>

#include <grpcpp/alarm.h>
#include <grpcpp/completion_queue.h>

#include "base/mutex.h"
#include "base/worker.h"
#include "daemon/rpc/tag.h"

namespace jpkid::rpc {

// The one completion queue of the server, and the one thread that empties it: the I/O thread.
// Nothing that waits runs on it.
class CompletionLoop {
 public:
  explicit CompletionLoop(std::unique_ptr<grpc::ServerCompletionQueue> queue);
  ~CompletionLoop();
  CompletionLoop(const CompletionLoop&) = delete;
  CompletionLoop& operator=(const CompletionLoop&) = delete;

  grpc::ServerCompletionQueue& queue() { return *queue_; }

  // Begins once the server runs.
  void Start();

  // Runs `task` on the I/O thread soon, in order with other posted tasks. Never waits. Once the
  // loop has stopped, `task` goes without being run.
  void Post(Task task);

  // Ends the queue and the thread. The server is shut down and no call is left.
  void Stop();

 private:
  // Comes back from the alarm that Post sets.
  class PostedTag final : public Tag {
   public:
    explicit PostedTag(CompletionLoop& loop) : loop_(loop) {}
    void Complete(bool) override { loop_.RunPosted(); }

   private:
    CompletionLoop& loop_;
  };

  void Run();
  void RunPosted();
  void Arm() ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_);

  const std::unique_ptr<grpc::ServerCompletionQueue> queue_;
  std::thread thread_;
  PostedTag posted_tag_{*this};
  Mutex mutex_;
  grpc::Alarm alarm_ ABSL_GUARDED_BY(mutex_);
  bool running_ ABSL_GUARDED_BY(mutex_) = false;
  bool armed_ ABSL_GUARDED_BY(mutex_) = false;
  std::deque<Task> posted_ ABSL_GUARDED_BY(mutex_);
};

}  // namespace jpkid::rpc
