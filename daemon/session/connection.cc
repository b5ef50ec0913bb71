#include "daemon/session/connection.h"

#include <algorithm>
#include <utility>

#include "absl/strings/str_cat.h"

#include "base/log.h"
#include "base/status.h"

namespace jpkid::session {
namespace {

// After these nothing the card knew can be relied on.
bool EndsConnection(const absl::Status& status) {
  if (status.ok()) return false;
  const Reason reason = FailureOf(status).reason;
  return reason == Reason::kCardRemoved || reason == Reason::kCardMute ||
         reason == Reason::kReaderUnavailable;
}

// Clients know the reader by its alias. A status that carries no reason stays as it is.
absl::Status Named(const absl::Status& status, const std::string& alias) {
  if (status.ok() || FailedFor(status, Reason::kInternal)) return status;
  return WithMetadata(status, "reader", alias);
}

}  // namespace

Connection::Connection(std::shared_ptr<hal::Readers> readers, std::string driver_name)
    : readers_(std::move(readers)), driver_name_(std::move(driver_name)) {}

absl::Status Connection::Run(LeasedCard& lease, Job job) {
  if (card_ != nullptr && Gone()) Close();
  if (lease.insertion != 0 && card_ == nullptr && !lease.any_connection) lease.lost = true;
  if (lease.lost) return Fail(Reason::kCardRemoved, {{"reader", lease.reader}});
  if (card_ == nullptr) JPKID_RETURN_IF_ERROR(Open(lease));
  if (lease.insertion != 0 && lease.insertion != card_->insertion()) {
    return Fail(Reason::kLeaseStale, {{"reader", lease.reader},
                                      {"expected", absl::StrCat(lease.insertion)},
                                      {"found", absl::StrCat(card_->insertion())}});
  }
  lease.insertion = card_->insertion();
  const absl::Status status = std::move(job)(*card_);
  if (EndsConnection(status)) {
    lease.lost = true;
    Close();
  }
  return Named(status, lease.reader);
}

absl::Status Connection::Open(LeasedCard& lease) {
  absl::StatusOr<std::unique_ptr<hal::Card>> card = readers_->Open(driver_name_);
  if (!card.ok()) return Named(card.status(), lease.reader);
  card_ = *std::move(card);
  if (card_->insertion() == learned_of_) {
    card_->learned() = std::move(learned_);
  } else {
    Expect();
  }
  learned_of_ = 0;
  return absl::OkStatus();
}

// A guess, no more: a card that does otherwise costs one command.
void Connection::Expect() {
  const std::optional<hal::ReaderState> reader = State();
  Bytes atr = reader.has_value() ? reader->atr : Bytes();
  if (atr.empty() || atr != atr_) extended_.reset();
  card_->learned().extended_le = extended_;
  atr_ = std::move(atr);
}

void Connection::Close() {
  if (card_ == nullptr) return;
  learned_ = std::move(card_->learned());
  if (learned_.extended_le.has_value()) extended_ = learned_.extended_le;
  learned_of_ = card_->insertion();
  card_.reset();
}

void Connection::Forget() {
  learned_of_ = 0;
  if (card_ != nullptr) card_->learned() = hal::Learned();
}

void Connection::PowerDown() {
  if (card_ == nullptr) return;
  const absl::Status status = card_->PowerDown();
  if (status.ok()) return;
  LogInfo("Reader %s: the card's power could not be cut (%s); its connection is closed.",
          driver_name_, status.message());
  Close();
}

std::optional<hal::ReaderState> Connection::State() const {
  const hal::ReaderList list = readers_->List();
  const auto reader =
      std::find_if(list.readers.begin(), list.readers.end(),
                   [this](const hal::ReaderState& state) { return state.name == driver_name_; });
  if (reader == list.readers.end()) return std::nullopt;
  return *reader;
}

// The list may be behind the connection, never ahead of it.
bool Connection::Gone() const {
  const std::optional<hal::ReaderState> reader = State();
  if (!reader.has_value()) return true;
  if (reader->insertion != card_->insertion()) return reader->insertion > card_->insertion();
  return reader->presence == hal::Presence::kEmpty ||
         reader->presence == hal::Presence::kUnavailable;
}

}  // namespace jpkid::session
