#include "daemon/runner/inbox.h"

#include <algorithm>
#include <utility>

#include "base/status.h"

namespace jpkid::runner {

void Inbox::Await(std::vector<events::AwaitedInput> inputs) {
  const MutexLock lock(mutex_);
  awaited_.clear();
  some_given_ = false;
  for (events::AwaitedInput& input : inputs) awaited_.push_back({.input = std::move(input)});
}

absl::Status Inbox::Give(const std::string& input_id, Input input) {
  const MutexLock lock(mutex_);
  const auto found = std::find_if(awaited_.begin(), awaited_.end(), [&](const Awaited& one) {
    return one.input.input_id() == input_id && !one.given;
  });
  const absl::Status unknown = Fail(Reason::kInputUnknown, {{"input", input_id}});
  if (found == awaited_.end()) return unknown;
  if (auto* pin = std::get_if<PinGiven>(&input)) {
    if (found->input.pin_kind() != certs::Name(pin->kind)) return unknown;
    if (found->input.card_serial() != pin->card_serial) {
      return Fail(Reason::kCardWrong,
                  {{"found", pin->card_serial}, {"expected", found->input.card_serial()}});
    }
    found->pin = std::move(*pin);
  } else {
    if (!found->input.pin_kind().empty()) return unknown;
  }
  found->given = true;
  some_given_ = true;
  changed_.NotifyAll();
  return absl::OkStatus();
}

google::protobuf::RepeatedPtrField<events::AwaitedInput> Inbox::Missing(
    const google::protobuf::RepeatedPtrField<events::AwaitedInput>& inputs) const {
  google::protobuf::RepeatedPtrField<events::AwaitedInput> missing;
  const MutexLock lock(mutex_);
  for (const events::AwaitedInput& input : inputs) {
    const bool awaited = std::any_of(awaited_.begin(), awaited_.end(), [&](const Awaited& one) {
      return one.input.input_id() == input.input_id() && !one.given;
    });
    if (awaited) *missing.Add() = input;
  }
  return missing;
}

bool Inbox::Complete() const {
  return !awaited_.empty() && std::all_of(awaited_.begin(), awaited_.end(),
                                          [](const Awaited& one) { return one.given; });
}

Inbox::Wake Inbox::Wait(absl::Time deadline, bool cancellable) {
  const MutexLock lock(mutex_);
  bool in_time = true;
  while (true) {
    if (cancelled_ && cancellable) return Wake::kCancelled;
    if (stopping_) return Wake::kStopping;
    if (Complete()) return Wake::kInput;
    if (std::exchange(some_given_, false)) return Wake::kSome;
    if (std::exchange(poked_, false)) return Wake::kPoke;
    if (!in_time) return Wake::kTimeout;
    in_time = changed_.WaitUntil(mutex_, deadline);
  }
}

Inbox::Wake Inbox::Sleep(absl::Time until, bool cancellable) {
  const MutexLock lock(mutex_);
  bool in_time = true;
  while (true) {
    if (cancelled_ && cancellable) return Wake::kCancelled;
    if (stopping_) return Wake::kStopping;
    if (!in_time) return Wake::kTimeout;
    in_time = changed_.WaitUntil(mutex_, until);
  }
}

std::vector<PinGiven> Inbox::TakePins() {
  const MutexLock lock(mutex_);
  std::vector<PinGiven> pins;
  for (Awaited& one : awaited_) {
    if (one.pin.has_value()) pins.push_back(*std::move(one.pin));
  }
  awaited_.clear();
  return pins;
}

void Inbox::Poke() {
  const MutexLock lock(mutex_);
  poked_ = true;
  changed_.NotifyAll();
}

std::shared_ptr<void> Inbox::OnEnd(std::function<void()> listener, bool cancellable) {
  std::uint64_t key = 0;
  bool ends = false;
  {
    const MutexLock lock(mutex_);
    key = next_listener_++;
    listeners_[key] = {.call = listener, .cancellable = cancellable};
    ends = stopping_ || (cancelled_ && cancellable);
  }
  if (ends) listener();
  return std::shared_ptr<void>(nullptr, [this, key](void*) {
    const MutexLock lock(mutex_);
    listeners_.erase(key);
  });
}

// Without the lock: a listener has locks of its own.
void Inbox::TellOfEnd() {
  std::vector<std::function<void()>> listeners;
  {
    const MutexLock lock(mutex_);
    for (const auto& [key, listener] : listeners_) {
      if (stopping_ || listener.cancellable) listeners.push_back(listener.call);
    }
  }
  for (const std::function<void()>& listener : listeners) listener();
}

void Inbox::Stop() {
  {
    const MutexLock lock(mutex_);
    stopping_ = true;
    changed_.NotifyAll();
  }
  TellOfEnd();
}

bool Inbox::stopping() const {
  const MutexLock lock(mutex_);
  return stopping_;
}

absl::Status Inbox::Cancel() {
  {
    const MutexLock lock(mutex_);
    if (closed_to_cancel_) return Fail(Reason::kCancelTooLate);
    cancelled_ = true;
    changed_.NotifyAll();
  }
  TellOfEnd();
  return absl::OkStatus();
}

Inbox::CancelState Inbox::WaitUntilCancelWritten(absl::Time deadline) {
  const MutexLock lock(mutex_);
  while (cancel_state_ == CancelState::kAsked && changed_.WaitUntil(mutex_, deadline)) {
  }
  return cancel_state_;
}

void Inbox::MarkCancelWritten() {
  const MutexLock lock(mutex_);
  cancel_state_ = CancelState::kWritten;
  changed_.NotifyAll();
}

void Inbox::MarkLeft() {
  const MutexLock lock(mutex_);
  if (cancel_state_ == CancelState::kAsked) cancel_state_ = CancelState::kLeft;
  changed_.NotifyAll();
}

bool Inbox::CloseToCancel() {
  const MutexLock lock(mutex_);
  if (cancelled_) return false;
  closed_to_cancel_ = true;
  return true;
}

bool Inbox::cancelled() const {
  const MutexLock lock(mutex_);
  return cancelled_;
}

}  // namespace jpkid::runner
