#include "hal/sim/sim_readers.h"

#include <utility>

#include "base/status.h"
#include "hal/sim/card_at_reader.h"
#include "hal/sim/sim_slots.h"

namespace jpkid::hal::sim {

// What connections share with the readers they came from; they may outlive them.
class SimReaders::State {
 public:
  State(const std::vector<std::string>& names, KeySource* keys, CardAtReader::Options card)
      : slots(names, keys != nullptr ? *keys : generator_, std::move(card)) {}

 private:
  GeneratingKeySource generator_;

 public:
  SimSlots slots;
};

// An exclusive connection to the card of one insertion.
class SimReaders::Connection final : public Card {
 public:
  Connection(std::shared_ptr<State> state, std::size_t slot, std::uint64_t insertion)
      : state_(std::move(state)), slot_(slot), insertion_(insertion) {}

  ~Connection() override {
    Seat& seat = slots().seat(slot_);
    {
      const MutexLock lock(seat.mutex);
      if (slots().Check(slot_, insertion_).ok()) seat.card->PowerOff();
    }
    slots().Release(slot_);
  }

  // Powers the card up. CARD_MUTE without an answer to reset.
  absl::Status PowerUp() {
    Seat& seat = slots().seat(slot_);
    const MutexLock lock(seat.mutex);
    JPKID_RETURN_IF_ERROR(slots().Check(slot_, insertion_));
    seat.card->PowerOff();
    if (seat.card->PowerOn().empty()) {
      return Fail(Reason::kCardMute, {{"reader", slots().name(slot_)}});
    }
    return absl::OkStatus();
  }

  absl::StatusOr<Bytes> TransmitRaw(ByteView apdu) override {
    JPKID_ASSIGN_OR_RETURN(Exchange exchange, Execute(apdu));
    const bool hangs = exchange.end == Exchange::End::kHang;
    JPKID_RETURN_IF_ERROR(
        slots().Pass(slot_, insertion_, hangs ? absl::InfiniteDuration() : exchange.delay));
    if (exchange.end == Exchange::End::kAnswer) return std::move(exchange.answer);
    if (exchange.end == Exchange::End::kTornOut) {
      slots().TearOut(slot_, insertion_, exchange);
      return Fail(Reason::kCardRemoved, {{"reader", slots().name(slot_)}});
    }
    slots().Lost(slot_, insertion_);
    return Fail(Reason::kCardMute, {{"reader", slots().name(slot_)}});
  }

  std::uint64_t insertion() const override { return insertion_; }

 protected:
  absl::Status CutPower() override { return PowerUp(); }

 private:
  absl::StatusOr<Exchange> Execute(ByteView apdu) {
    Seat& seat = slots().seat(slot_);
    const MutexLock lock(seat.mutex);
    JPKID_RETURN_IF_ERROR(slots().Check(slot_, insertion_));
    return seat.card->Transmit(apdu);
  }

  SimSlots& slots() { return state_->slots; }

  const std::shared_ptr<State> state_;
  const std::size_t slot_;
  const std::uint64_t insertion_;
};

SimReaders::SimReaders(std::shared_ptr<State> state) : state_(std::move(state)) {}

SimReaders::~SimReaders() { state_->slots.Close(); }

absl::StatusOr<std::unique_ptr<SimReaders>> SimReaders::Create(const Options& options) {
  CardAtReader::Options card = {.link = options.link, .real_time = options.real_time};
  std::vector<std::string> names;
  for (const Slot& slot : options.slots) names.push_back(slot.name);
  std::unique_ptr<SimReaders> readers(
      new SimReaders(std::make_shared<State>(names, options.key_source, std::move(card))));
  for (const Slot& slot : options.slots) {
    if (slot.card.empty()) continue;
    JPKID_RETURN_IF_ERROR(readers->Insert(slot.name, slot.card));
    JPKID_RETURN_IF_ERROR(readers->AddFaults(slot.name, slot.faults));
  }
  return readers;
}

ReaderList SimReaders::List() const { return state_->slots.board().List(); }

ReaderList SimReaders::WaitForChange(std::uint64_t version, absl::Time deadline) const {
  return state_->slots.board().WaitForChange(version, deadline);
}

absl::StatusOr<std::unique_ptr<Card>> SimReaders::Open(absl::string_view reader) {
  JPKID_ASSIGN_OR_RETURN(const std::size_t slot, state_->slots.Find(reader));
  JPKID_ASSIGN_OR_RETURN(const std::uint64_t insertion, state_->slots.Claim(slot));
  auto connection = std::make_unique<Connection>(state_, slot, insertion);
  JPKID_RETURN_IF_ERROR(connection->PowerUp());
  return connection;
}

absl::Status SimReaders::Insert(absl::string_view reader, const std::string& card) {
  JPKID_ASSIGN_OR_RETURN(const std::size_t slot, state_->slots.Find(reader));
  return state_->slots.Insert(slot, card);
}

absl::Status SimReaders::Remove(absl::string_view reader) {
  JPKID_ASSIGN_OR_RETURN(const std::size_t slot, state_->slots.Find(reader));
  return state_->slots.Remove(slot);
}

absl::Status SimReaders::AddFaults(absl::string_view reader, absl::string_view text) {
  JPKID_ASSIGN_OR_RETURN(const std::size_t slot, state_->slots.Find(reader));
  Seat& seat = state_->slots.seat(slot);
  const MutexLock lock(seat.mutex);
  if (seat.card == nullptr) return absl::FailedPreconditionError("no card was ever on this reader");
  return seat.card->AddFaults(text);
}

absl::Status SimReaders::Break(absl::string_view reader, absl::string_view detail) {
  JPKID_ASSIGN_OR_RETURN(const std::size_t slot, state_->slots.Find(reader));
  state_->slots.SetDetail(slot, detail);
  return absl::OkStatus();
}

absl::Status SimReaders::Repair(absl::string_view reader) { return Break(reader, ""); }

absl::StatusOr<CardTime> SimReaders::TotalTime(absl::string_view reader) const {
  JPKID_ASSIGN_OR_RETURN(const std::size_t slot, state_->slots.Find(reader));
  Seat& seat = state_->slots.seat(slot);
  const MutexLock lock(seat.mutex);
  return seat.card == nullptr ? CardTime() : seat.card->total_time();
}

}  // namespace jpkid::hal::sim
