#include "daemon/rpc/stream.h"

#include <algorithm>
#include <utility>
#include <vector>

#include "daemon/rpc/status.h"

namespace jpkid::rpc {

Stream::Stream(Streams& streams, std::shared_ptr<Call> call, std::unique_ptr<Source> source)
    : streams_(streams), call_(std::move(call)), source_(std::move(source)) {}

void Stream::Start() {
  streams_.open_.insert(this);
  // Keeps the stream until then, and ends it on this thread: a source may hold a subscription whose
  // end must not come from its own notification.
  call_->OnGone([self = shared_from_this()] { self->Close(); });
  if (state_ == State::kEnded) return;
  source_->Start([weak = weak_from_this()] {
    if (const std::shared_ptr<Stream> self = weak.lock()) self->Woken();
  });
  Pump();
}

void Stream::Woken() {
  if (woken_.exchange(true)) return;
  streams_.loop_.Post([self = shared_from_this()] {
    self->woken_ = false;
    if (self->state_ == State::kIdle) self->Pump();
  });
}

void Stream::Pump() {
  Source::Next next = source_->Take();
  if (const auto* message = std::get_if<grpc::ByteBuffer>(&next)) {
    Send(*message);
  } else if (const auto* end = std::get_if<Source::End>(&next)) {
    Finish(end->status);
  } else {
    state_ = State::kIdle;
  }
}

void Stream::Send(const grpc::ByteBuffer& message) {
  state_ = State::kSending;
  call_->Write(message, [self = shared_from_this()](bool ok) { self->Sent(ok); });
}

void Stream::Sent(bool ok) {
  if (state_ == State::kEnded) return;
  if (!ok) {
    Close();
    return;
  }
  if (end_.ok()) {
    Pump();
  } else {
    SendLast();
  }
}

void Stream::End(const absl::Status& status) {
  if (state_ == State::kEnded || !end_.ok()) return;
  end_ = status;
  if (state_ == State::kIdle) SendLast();
}

void Stream::SendLast() {
  if (!last_taken_) {
    last_taken_ = true;
    Source::Next next = source_->Take();
    if (const auto* message = std::get_if<grpc::ByteBuffer>(&next)) {
      Send(*message);
      return;
    }
  }
  Finish(end_);
}

void Stream::Finish(const absl::Status& status) {
  Close();
  call_->Finish(ToGrpc(status, call_->language()));
}

void Stream::Close() {
  state_ = State::kEnded;
  source_.reset();
  streams_.open_.erase(this);
}

void Streams::Start(std::shared_ptr<Call> call, std::unique_ptr<Source> source) {
  auto stream = std::make_shared<Stream>(*this, std::move(call), std::move(source));
  loop_.Post([this, stream] {
    stream->Start();
    if (!ended_.ok()) stream->End(ended_);
  });
}

void Streams::Add(const std::shared_ptr<Line>& line) {
  if (!ended_.ok()) return line->End(ended_);
  if (lines_.size() >= most_lines_) {
    std::erase_if(lines_, [](const std::weak_ptr<Line>& one) { return one.expired(); });
    most_lines_ = std::max<std::size_t>(64, 2 * lines_.size());
  }
  lines_.push_back(line);
}

void Streams::EndAll(const absl::Status& status) {
  ended_ = status;
  for (const std::weak_ptr<Line>& weak : lines_) {
    if (const std::shared_ptr<Line> line = weak.lock()) line->End(status);
  }
  const std::set<Stream*> open = open_;
  for (Stream* stream : open) stream->End(status);
}

}  // namespace jpkid::rpc
