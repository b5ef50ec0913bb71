#include "daemon/rpc/line.h"

#include <utility>

#include "base/status.h"
#include "daemon/rpc/method.h"
#include "daemon/rpc/status.h"

namespace jpkid::rpc {

Line::Line(std::shared_ptr<Call> call, const Method& method)
    : call_(std::move(call)), method_(method) {}

void Line::Start(std::unique_ptr<Conversation> conversation) {
  conversation_ = std::move(conversation);
  call_->OnGone([self = shared_from_this()] {
    self->conversation_ = nullptr;
    const MutexLock lock(self->mutex_);
    self->closed_ = true;
    self->unsent_.clear();
  });
  ReadNext();
}

void Line::ReadNext() {
  call_->Read([self = shared_from_this()](std::unique_ptr<Received> received) {
    self->OnRead(std::move(received));
  });
}

void Line::OnRead(std::unique_ptr<Received> received) {
  if (conversation_ == nullptr) return;
  if (received == nullptr) return conversation_->OnAllSaid();
  const std::unique_ptr<Message> message = method_.NewRequest();
  if (!received->ParseTo(*message)) {
    return End(Fail(Reason::kArgumentInvalid,
                    {{"field", "request"}, {"detail", "not a message of this stream"}}));
  }
  received = nullptr;
  conversation_->OnMessage(*message);
}

void Line::Send(const Message& message) {
  grpc::ByteBuffer buffer = ToBuffer(message);
  {
    const MutexLock lock(mutex_);
    if (closed_ || end_.has_value()) return;
    unsent_.push_back(std::move(buffer));
  }
  Pump();
}

void Line::End(const absl::Status& status) {
  {
    const MutexLock lock(mutex_);
    if (closed_ || end_.has_value()) return;
    end_ = status;
  }
  Pump();
}

void Line::Pump() {
  std::optional<grpc::ByteBuffer> next;
  std::optional<absl::Status> end;
  {
    const MutexLock lock(mutex_);
    if (sending_ || closed_) return;
    if (!unsent_.empty()) {
      next = std::move(unsent_.front());
      unsent_.pop_front();
      sending_ = true;
    } else if (end_.has_value()) {
      end = end_;
      closed_ = true;
    }
  }
  if (next.has_value()) {
    call_->Write(*next, [self = shared_from_this()](bool ok) { self->Sent(ok); });
  } else if (end.has_value()) {
    call_->Finish(ToGrpc(*end, call_->language()));
  }
}

void Line::Sent(bool ok) {
  {
    const MutexLock lock(mutex_);
    sending_ = false;
    if (!ok) closed_ = true;
  }
  Pump();
}

}  // namespace jpkid::rpc
