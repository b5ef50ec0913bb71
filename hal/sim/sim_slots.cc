#include "hal/sim/sim_slots.h"

#include <algorithm>
#include <utility>

#include "base/log.h"
#include "base/status.h"
#include "base/steady_time.h"

namespace jpkid::hal::sim {

SimSlots::SimSlots(const std::vector<std::string>& names, KeySource& keys,
                   CardAtReader::Options card)
    : places_(MakePlaces(names)), keys_(keys), card_options_(std::move(card)) {
  {
    const MutexLock lock(mutex_);
    slots_.resize(places_.size());
    Publish();
  }
  bring_back_ = std::thread([this] { BringBack(); });
}

std::vector<SimSlots::Place> SimSlots::MakePlaces(const std::vector<std::string>& names) {
  std::vector<Place> places;
  for (const std::string& name : names) places.push_back({.name = name});
  return places;
}

SimSlots::~SimSlots() { Close(); }

void SimSlots::Close() {
  {
    const MutexLock lock(mutex_);
    closing_ = true;
    changed_.NotifyAll();
  }
  if (bring_back_.joinable()) bring_back_.join();
  for (std::size_t i = 0; i < places_.size(); ++i) LetGo(i);
}

void SimSlots::LetGo(std::size_t index) {
  Seat& place = seat(index);
  const MutexLock seat_lock(place.mutex);
  const MutexLock lock(mutex_);
  const bool gone = closing_ || !slots_[index].present;  // Or it is back already.
  if (gone && place.card != nullptr) place.card->TakeOut();
}

void SimSlots::Publish() {
  std::vector<ReaderState> states;
  for (std::size_t i = 0; i < slots_.size(); ++i) {
    const Slot& slot = slots_[i];
    ReaderState state = {.name = name(i), .insertion = slot.insertion, .detail = slot.detail};
    if (!slot.detail.empty()) {
      state.presence = Presence::kUnavailable;
    } else if (slot.present) {
      state.presence = Presence::kPresent;
      state.atr = slot.atr;
    }
    states.push_back(std::move(state));
  }
  board_.Publish(std::move(states));
  changed_.NotifyAll();
}

absl::StatusOr<std::size_t> SimSlots::Find(absl::string_view reader) const {
  for (std::size_t i = 0; i < places_.size(); ++i) {
    if (name(i) == reader) return i;
  }
  return Fail(Reason::kReaderUnknown, {{"reader", std::string(reader)}});
}

absl::StatusOr<std::uint64_t> SimSlots::Claim(std::size_t index) {
  const MutexLock lock(mutex_);
  Slot& slot = slots_[index];
  if (!slot.detail.empty()) {
    return Fail(Reason::kReaderUnavailable, {{"reader", name(index)}, {"detail", slot.detail}});
  }
  if (slot.held) {
    return Fail(Reason::kCardHeldElsewhere, {{"reader", name(index)}, {"holder", "this program"}});
  }
  if (!slot.present) return Fail(Reason::kCardAbsent, {{"reader", name(index)}});
  slot.held = true;
  return slot.insertion;
}

void SimSlots::Release(std::size_t index) {
  const MutexLock lock(mutex_);
  slots_[index].held = false;
}

absl::Status SimSlots::CheckLocked(std::size_t index, std::uint64_t insertion) const {
  const Slot& slot = slots_[index];
  if (!slot.detail.empty()) {
    return Fail(Reason::kReaderUnavailable, {{"reader", name(index)}, {"detail", slot.detail}});
  }
  if (closing_ || !slot.present || slot.insertion != insertion) {
    return Fail(Reason::kCardRemoved, {{"reader", name(index)}});
  }
  return absl::OkStatus();
}

absl::Status SimSlots::Check(std::size_t index, std::uint64_t insertion) const {
  const MutexLock lock(mutex_);
  return CheckLocked(index, insertion);
}

absl::Status SimSlots::Pass(std::size_t index, std::uint64_t insertion, absl::Duration time) const {
  const absl::Time end = SteadyNow() + time;
  const MutexLock lock(mutex_);
  while (true) {
    JPKID_RETURN_IF_ERROR(CheckLocked(index, insertion));
    if (SteadyNow() >= end) return absl::OkStatus();
    changed_.WaitUntil(mutex_, end);
  }
}

void SimSlots::Lost(std::size_t index, std::uint64_t insertion) {
  const MutexLock lock(mutex_);
  Slot& slot = slots_[index];
  if (slot.insertion == insertion && slot.present) slot.insertion = ++last_insertion_;
  Publish();
}

void SimSlots::TearOut(std::size_t index, std::uint64_t insertion, const Exchange& exchange) {
  {
    const MutexLock lock(mutex_);
    Slot& slot = slots_[index];
    if (slot.insertion != insertion || !slot.present) return;  // A hand was quicker.
    slot.present = false;
    if (exchange.back_after.has_value()) {
      slot.back_at = SteadyNow() + *exchange.back_after;
      slot.back_card = exchange.other_card;
    }
    Publish();
  }
  LetGo(index);
}

absl::Status SimSlots::Insert(std::size_t index, const std::string& card) {
  Seat& place = seat(index);
  const MutexLock seat_lock(place.mutex);
  {
    const MutexLock lock(mutex_);
    if (slots_[index].present) return absl::FailedPreconditionError("there is a card already");
  }
  if (place.card == nullptr) {
    if (card.empty()) return absl::FailedPreconditionError("no card was ever on this reader");
    JPKID_ASSIGN_OR_RETURN(place.card, CardAtReader::Open(card, keys_, card_options_));
  } else {
    JPKID_RETURN_IF_ERROR(place.card->PutIn(card));
  }
  Bytes atr = place.card->PowerOn();
  place.card->PowerOff();
  const MutexLock lock(mutex_);
  Slot& slot = slots_[index];
  slot.present = true;
  slot.atr = std::move(atr);
  slot.insertion = ++last_insertion_;
  slot.back_at = absl::InfiniteFuture();
  Publish();
  return absl::OkStatus();
}

absl::Status SimSlots::Remove(std::size_t index) {
  {
    const MutexLock lock(mutex_);
    Slot& slot = slots_[index];
    const bool coming_back = slot.back_at != absl::InfiniteFuture();
    if (!slot.present && !coming_back) return absl::FailedPreconditionError("there is no card");
    slot.present = false;
    slot.back_at = absl::InfiniteFuture();
    Publish();
  }
  LetGo(index);
  return absl::OkStatus();
}

void SimSlots::SetDetail(std::size_t index, absl::string_view detail) {
  const MutexLock lock(mutex_);
  Slot& slot = slots_[index];
  if (!slot.detail.empty() && detail.empty() && slot.present) slot.insertion = ++last_insertion_;
  slot.detail = std::string(detail);
  Publish();
}

// The thread that puts back the cards that come back by themselves.
void SimSlots::BringBack() {
  mutex_.Lock();
  while (!closing_) {
    const auto due =
        std::min_element(slots_.begin(), slots_.end(),
                         [](const Slot& a, const Slot& b) { return a.back_at < b.back_at; });
    const absl::Time at = due == slots_.end() ? absl::InfiniteFuture() : due->back_at;
    if (SteadyNow() < at) {
      changed_.WaitUntil(mutex_, at);
      continue;
    }
    due->back_at = absl::InfiniteFuture();
    const std::string card = due->back_card;
    const auto index = static_cast<std::size_t>(due - slots_.begin());
    mutex_.Unlock();
    if (const absl::Status status = Insert(index, card); !status.ok()) {
      LogError("reader %s: no card comes back: %s", name(index), std::string(status.message()));
    }
    mutex_.Lock();
  }
  mutex_.Unlock();
}

}  // namespace jpkid::hal::sim
