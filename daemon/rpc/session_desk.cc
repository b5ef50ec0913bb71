#include "daemon/rpc/session_desk.h"

#include <utility>

#include "base/status.h"
#include "daemon/rpc/convert.h"
#include "jpki/v1/reader_session.pb.h"

namespace jpkid::rpc {
namespace {

bool Succeeded(const Bytes& answer) {
  return answer.size() >= 2 && answer[answer.size() - 2] == 0x90 && answer.back() == 0x00;
}

}  // namespace

absl::Status RawBatch::RunOn(hal::Card& card) {
  // Whatever is selected now, nobody has kept account of it.
  hal::Remembered& remembered = card.remembered();
  remembered.selected_application.clear();
  others_between =
      !first && (remembered.raw_sender != session || remembered.raw_sent_at != card.exchanges());
  remembered.raw_sender = session;
  remembered.raw_sent_at = card.exchanges();
  for (const WipedBytes& command : commands) {
    JPKID_ASSIGN_OR_RETURN(Bytes answer, card.TransmitRaw(ByteView(command)));
    answers.push_back(std::move(answer));
    if (stop_at_failure && !Succeeded(answers.back())) break;
  }
  return absl::OkStatus();
}

void RawBatch::PutAnswers(v1::BatchAnswer& answer) const {
  for (const Bytes& one : answers) answer.add_answers(one.data(), one.size());
  answer.set_others_between(others_between);
}

SessionDesk::SessionDesk(const SessionLimits& limits, int most_ahead, int most_commands,
                         std::shared_ptr<Line> line)
    : limits_(limits),
      most_ahead_(most_ahead),
      most_commands_(most_commands),
      line_(std::move(line)) {}

void SessionDesk::SetVisit(std::shared_ptr<session::Visit> visit) {
  const MutexLock lock(mutex_);
  visit_ = std::move(visit);
}

bool SessionDesk::Run(std::shared_ptr<RawBatch> batch) {
  std::shared_ptr<session::Visit> visit;
  bool read_on = false;
  {
    const MutexLock lock(mutex_);
    ++unanswered_;
    read_on = unanswered_ < most_ahead_;
    reading_paused_ = !read_on;
    visit = visit_;
    batch->session = this;
    batch->first = !std::exchange(spoken_, true);
  }
  visit->Run([batch](hal::Card& card) { return batch->RunOn(card); },
             [weak = weak_from_this(), batch](const absl::Status& status) {
               const auto self = weak.lock();
               if (self == nullptr) return;
               // After a failure the visit ends, and says why. The answers of one that hangs are
               // still the reader's thread's.
               v1::BatchAnswer answer;
               answer.set_number(batch->number);
               if (!FailedFor(status, Reason::kReaderHung)) batch->PutAnswers(answer);
               self->OnRun(std::move(answer));
             });
  return read_on;
}

// On the reader's thread, which goes on to the next job after it.
void SessionDesk::OnRun(v1::BatchAnswer answer) {
  v1::OpenSessionResponse response;
  *response.mutable_answer() = std::move(answer);
  line_->Send(response);
  bool read_on = false;
  bool released = false;
  bool hang_up = false;
  std::shared_ptr<session::Visit> visit;  // Goes without the lock.
  {
    const MutexLock lock(mutex_);
    --unanswered_;
    std::swap(read_on, reading_paused_);
    released = releasing_ && unanswered_ == 0;
    hang_up = hanging_up_;
    if (released) visit.swap(visit_);
  }
  if (released) SayReleased();
  if (released && hang_up) return line_->End(absl::OkStatus());
  if (read_on || released) line_->ReadNext();
}

bool SessionDesk::Release(bool hang_up) {
  std::shared_ptr<session::Visit> visit;
  {
    const MutexLock lock(mutex_);
    if (releasing_ && unanswered_ == 0) return true;
    releasing_ = true;
    hanging_up_ = hang_up;
    if (unanswered_ > 0) return false;
    visit.swap(visit_);
  }
  SayReleased();
  return true;
}

bool SessionDesk::released() const {
  const MutexLock lock(mutex_);
  return releasing_ && unanswered_ == 0;
}

void SessionDesk::Leave() {
  std::shared_ptr<session::Visit> visit;
  const MutexLock lock(mutex_);
  visit.swap(visit_);
}

void SessionDesk::OnPosition(int position, std::optional<absl::Duration> expected_wait) {
  v1::OpenSessionResponse response;
  v1::SessionQueued& queued = *response.mutable_queued();
  queued.set_position(position);
  if (expected_wait.has_value()) *queued.mutable_expected_wait() = ToDuration(*expected_wait);
  line_->Send(response);
}

void SessionDesk::OnGranted(std::uint64_t insertion, const Bytes& atr) {
  v1::OpenSessionResponse response;
  v1::SessionGranted& granted = *response.mutable_granted();
  granted.set_insertion(static_cast<std::int64_t>(insertion));
  granted.set_atr(ToHex(atr));
  *granted.mutable_idle_limit() = ToDuration(limits_.idle);
  *granted.mutable_total_limit() = ToDuration(limits_.total);
  granted.set_most_batches_ahead(most_ahead_);
  granted.set_most_commands(most_commands_);
  line_->Send(response);
}

void SessionDesk::OnEnded(const absl::Status& why) { line_->End(why); }

void SessionDesk::SayReleased() {
  v1::OpenSessionResponse response;
  response.mutable_released();
  line_->Send(response);
}

}  // namespace jpkid::rpc
