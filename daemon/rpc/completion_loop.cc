#include "daemon/rpc/completion_loop.h"

#include <pthread.h>
#ifdef __SANITIZE_THREAD__
#include <sanitizer/tsan_interface.h>
#endif

#include <chrono>
#include <utility>

namespace jpkid::rpc {
namespace {

// A tag goes to the I/O thread through gRPC's library, which is not instrumented: ThreadSanitizer
// has to be told.
void Give([[maybe_unused]] void* tag) {
#ifdef __SANITIZE_THREAD__
  __tsan_release(tag);
#endif
}
void Take([[maybe_unused]] void* tag) {
#ifdef __SANITIZE_THREAD__
  __tsan_acquire(tag);
#endif
}

// So many posted tasks run before whatever else came in has its turn.
constexpr int kPostedAtOnce = 32;

class CallbackTag final : public Tag {
 public:
  explicit CallbackTag(absl::AnyInvocable<void(bool) &&> done) : done_(std::move(done)) {}

  void Complete(bool ok) override {
    const std::unique_ptr<CallbackTag> self(this);
    std::move(done_)(ok);
  }

 private:
  absl::AnyInvocable<void(bool) &&> done_;
};

}  // namespace

void* NewTag(absl::AnyInvocable<void(bool) &&> done) {
  return AsTag(*new CallbackTag(std::move(done)));
}

void* AsTag(Tag& tag) {
  Give(&tag);
  return &tag;
}

CompletionLoop::CompletionLoop(std::unique_ptr<grpc::ServerCompletionQueue> queue)
    : queue_(std::move(queue)) {}

CompletionLoop::~CompletionLoop() { Stop(); }

void CompletionLoop::Start() {
  const MutexLock lock(mutex_);
  running_ = true;
  thread_ = std::thread([this] { Run(); });
}

void CompletionLoop::Post(Task task) {
  const MutexLock lock(mutex_);
  if (!running_) return;
  posted_.push_back(std::move(task));
  if (!armed_) Arm();
}

void CompletionLoop::Stop() {
  if (!thread_.joinable()) return;
  {
    const MutexLock lock(mutex_);
    running_ = false;
  }
  queue_->Shutdown();
  thread_.join();
}

void CompletionLoop::Run() {
  pthread_setname_np(pthread_self(), "rpc-io");
  void* tag = nullptr;
  bool ok = false;
  while (queue_->Next(&tag, &ok)) {
    Take(tag);
    static_cast<Tag*>(tag)->Complete(ok);
  }
}

void CompletionLoop::RunPosted() {
  for (int run = 0; run < kPostedAtOnce; ++run) {
    Task task;
    {
      const MutexLock lock(mutex_);
      armed_ = !posted_.empty();
      if (!armed_) return;
      task = std::move(posted_.front());
      posted_.pop_front();
    }
    std::move(task)();
  }
  const MutexLock lock(mutex_);
  armed_ = false;
  if (running_ && !posted_.empty()) Arm();
}

void CompletionLoop::Arm() {
  armed_ = true;
  alarm_.Set(queue_.get(), std::chrono::system_clock::now(), AsTag(posted_tag_));
}

}  // namespace jpkid::rpc
