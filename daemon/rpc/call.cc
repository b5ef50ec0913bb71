#include "daemon/rpc/call.h"

#include <chrono>
#include <utility>

#include "base/steady_time.h"
#include "daemon/rpc/language.h"

namespace jpkid::rpc {

void Call::Await(grpc::AsyncGenericService& service, grpc::ServerCompletionQueue& queue,
                 std::shared_ptr<void> keeper,
                 absl::AnyInvocable<void(std::shared_ptr<Call>) &&> on_call) {
  auto call = std::make_shared<Call>(std::move(keeper));
  call->context_.AsyncNotifyWhenDone(AsTag(call->gone_tag_));
  void* begun = NewTag([call, on_call = std::move(on_call)](bool ok) mutable {
    if (!ok) return;
    call->gone_tag_.call = call;
    std::move(on_call)(std::move(call));
  });
  service.RequestCall(&call->context_, &call->stream_, &queue, &queue, begun);
}

absl::Time Call::deadline() const {
  const std::chrono::system_clock::time_point deadline = context_.deadline();
  return deadline == std::chrono::system_clock::time_point::max()
             ? absl::InfiniteFuture()
             : ToSteady(absl::FromChrono(deadline));
}

Language Call::language() const {
  const auto found = context_.client_metadata().find("accept-language");
  if (found == context_.client_metadata().end()) return Language::kEnglish;
  return ParseAcceptLanguage(absl::string_view(found->second.data(), found->second.size()));
}

void Call::AddInitialMetadata(const std::string& name, const std::string& value) {
  context_.AddInitialMetadata(name, value);
}

void Call::Read(OnMessage on_message) {
  auto received = std::make_unique<Received>();
  grpc::ByteBuffer* const buffer = &received->buffer();
  stream_.Read(buffer, NewTag([self = shared_from_this(), received = std::move(received),
                               on_message = std::move(on_message)](bool ok) mutable {
                 std::move(on_message)(ok ? std::move(received) : nullptr);
               }));
}

void Call::Write(const grpc::ByteBuffer& message, absl::AnyInvocable<void(bool) &&> on_sent) {
  stream_.Write(message, NewTag([self = shared_from_this(), on_sent = std::move(on_sent)](
                                    bool ok) mutable { std::move(on_sent)(ok); }));
}

void Call::Answer(const grpc::ByteBuffer& message) {
  stream_.WriteAndFinish(message, grpc::WriteOptions(), grpc::Status::OK,
                         NewTag([self = shared_from_this()](bool) {}));
}

void Call::Finish(const grpc::Status& status) {
  stream_.Finish(status, NewTag([self = shared_from_this()](bool) {}));
}

void Call::OnGone(absl::AnyInvocable<void() &&> listener) {
  {
    const MutexLock lock(mutex_);
    if (!gone_) {
      on_gone_ = std::move(listener);
      return;
    }
  }
  std::move(listener)();
}

bool Call::gone() const {
  const MutexLock lock(mutex_);
  return gone_;
}

void Call::GoneTag::Complete(bool) {
  const std::shared_ptr<Call> self = std::move(call);
  self->Gone();
}

void Call::Gone() {
  absl::AnyInvocable<void() &&> listener;
  {
    const MutexLock lock(mutex_);
    gone_ = true;
    listener = std::move(on_gone_);
  }
  if (listener != nullptr) std::move(listener)();
}

}  // namespace jpkid::rpc
