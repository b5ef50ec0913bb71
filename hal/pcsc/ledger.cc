#include "hal/pcsc/ledger.h"

#include <algorithm>
#include <utility>

namespace jpkid::hal::pcsc {
namespace {

constexpr DWORD kNotWorking = SCARD_STATE_UNKNOWN | SCARD_STATE_UNAVAILABLE | SCARD_STATE_IGNORE;
constexpr DWORD kInUse = SCARD_STATE_INUSE | SCARD_STATE_EXCLUSIVE;

std::uint16_t CounterOf(const SCARD_READERSTATE& state) {
  return static_cast<std::uint16_t>(state.dwEventState >> 16);
}

Presence PresenceOf(DWORD event, bool foreign) {
  if ((event & kNotWorking) != 0) return Presence::kUnavailable;
  if ((event & SCARD_STATE_PRESENT) == 0) return Presence::kEmpty;
  if ((event & SCARD_STATE_MUTE) != 0) return Presence::kMute;
  return foreign ? Presence::kElsewhere : Presence::kPresent;
}

}  // namespace

std::uint64_t Ledger::use_epoch() const {
  const MutexLock lock(mutex_);
  return use_epoch_;
}

bool Ledger::Saw(const std::vector<SCARD_READERSTATE>& states, std::uint64_t use_epoch) {
  const MutexLock lock(mutex_);
  const bool current = use_epoch == use_epoch_;
  bool certain = true;
  std::vector<Entry> entries;
  for (const SCARD_READERSTATE& seen : states) {
    const Entry* old = Find(seen.szReader);
    Entry entry = old != nullptr ? *old : Entry();
    entry.state.name = seen.szReader;
    bool foreign = (seen.dwEventState & kInUse) != 0 && uses_.count(entry.state.name) == 0;
    if (foreign && !current) {
      foreign = entry.state.presence == Presence::kElsewhere;
      certain = false;
    }
    Update(entry, seen, foreign);
    entries.push_back(std::move(entry));
  }
  entries_ = std::move(entries);
  Publish();
  return certain;
}

void Ledger::Update(Entry& entry, const SCARD_READERSTATE& seen, bool foreign) {
  const bool card = (seen.dwEventState & SCARD_STATE_PRESENT) != 0;
  const std::uint16_t counter = CounterOf(seen);
  if (card && (!entry.card || counter != entry.counter)) {
    entry.state.insertion = ++last_insertion_;
  }
  entry.card = card;
  entry.counter = counter;
  const Presence before = entry.state.presence;
  entry.state.presence = PresenceOf(seen.dwEventState, foreign);
  entry.state.atr =
      card ? Bytes(seen.rgbAtr, seen.rgbAtr + std::min<DWORD>(seen.cbAtr, MAX_ATR_SIZE)) : Bytes();
  if (entry.state.presence == Presence::kElsewhere && before == Presence::kElsewhere) return;
  entry.state.detail =
      entry.state.presence == Presence::kUnavailable ? "its driver reports no state" : "";
}

bool Ledger::HasUnnamedHolder() const {
  const MutexLock lock(mutex_);
  return std::any_of(entries_.begin(), entries_.end(), IsUnnamed);
}

void Ledger::NameHolders(const std::string& name) {
  const MutexLock lock(mutex_);
  for (Entry& entry : entries_) {
    if (IsUnnamed(entry)) entry.state.detail = name;
  }
  Publish();
}

bool Ledger::IsUnnamed(const Entry& entry) {
  return entry.state.presence == Presence::kElsewhere && entry.state.detail.empty();
}

void Ledger::ServiceGone(absl::string_view detail) {
  const MutexLock lock(mutex_);
  for (Entry& entry : entries_) {
    entry.card = false;
    entry.state.presence = Presence::kUnavailable;
    entry.state.atr.clear();
    entry.state.detail = std::string(detail);
  }
  Publish();
}

void Ledger::Publish() {
  std::vector<ReaderState> states;
  states.reserve(entries_.size());
  for (const Entry& entry : entries_) states.push_back(entry.state);
  board_.Publish(std::move(states));
  changed_.NotifyAll();
}

const Ledger::Entry* Ledger::Find(absl::string_view reader) const {
  for (const Entry& entry : entries_) {
    if (entry.state.name == reader) return &entry;
  }
  return nullptr;
}

void Ledger::BeginUse(absl::string_view reader) {
  const MutexLock lock(mutex_);
  ++uses_[std::string(reader)];
  ++use_epoch_;
}

void Ledger::EndUse(absl::string_view reader) {
  const MutexLock lock(mutex_);
  const auto use = uses_.find(std::string(reader));
  if (--use->second == 0) uses_.erase(use);
  ++use_epoch_;
}

bool Ledger::Used(absl::string_view reader) const {
  const MutexLock lock(mutex_);
  return uses_.count(std::string(reader)) > 0;
}

std::uint64_t Ledger::InsertionAt(absl::string_view reader, std::uint16_t counter,
                                  absl::Time deadline) const {
  const MutexLock lock(mutex_);
  while (true) {
    const Entry* entry = Find(reader);
    // The counter wraps around: the sign of the difference says who is ahead.
    const int ahead = entry == nullptr ? -1 : static_cast<std::int16_t>(entry->counter - counter);
    if (ahead == 0 && entry->card) return entry->state.insertion;
    if (ahead > 0) return 0;
    if (!changed_.WaitUntil(mutex_, deadline)) return 0;
  }
}

bool Ledger::WaitGone(absl::string_view reader, std::uint64_t insertion,
                      absl::Time deadline) const {
  const MutexLock lock(mutex_);
  while (true) {
    const Entry* entry = Find(reader);
    if (entry == nullptr || !entry->card || entry->state.insertion != insertion) return true;
    if (!changed_.WaitUntil(mutex_, deadline)) return false;
  }
}

void Ledger::CardLost(absl::string_view reader, std::uint64_t insertion) {
  const MutexLock lock(mutex_);
  for (Entry& entry : entries_) {
    if (entry.state.name != reader || entry.state.insertion != insertion) continue;
    if (entry.card) entry.state.insertion = ++last_insertion_;
  }
  Publish();
}

}  // namespace jpkid::hal::pcsc
