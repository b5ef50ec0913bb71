#include "hal/trace/replay_readers.h"

#include <utility>

#include "base/mutex.h"
#include "base/status.h"
#include "hal/reader_board.h"
#include "hal/trace/player.h"

namespace jpkid::hal::trace {

class ReplayReaders::State {
 public:
  explicit State(std::map<std::string, std::vector<Step>> recording) {
    const MutexLock lock(mutex_);
    for (auto& [name, steps] : recording) seats_.try_emplace(name, Player(std::move(steps)));
    Publish();
  }

  const ReaderBoard& board() const { return board_; }

  // Holds the reader's card, which gets power; its insertion.
  absl::StatusOr<std::uint64_t> Claim(const std::string& reader) {
    const MutexLock lock(mutex_);
    const auto seat = seats_.find(reader);
    if (seat == seats_.end()) return Fail(Reason::kReaderUnknown, {{"reader", reader}});
    if (seat->second.held) {
      return Fail(Reason::kCardHeldElsewhere, {{"reader", reader}, {"holder", "this program"}});
    }
    JPKID_RETURN_IF_ERROR(seat->second.player.PowerUp());
    seat->second.held = true;
    return seat->second.insertion;
  }

  void Release(const std::string& reader) {
    const MutexLock lock(mutex_);
    seats_.at(reader).held = false;
  }

  absl::Status PowerUp(const std::string& reader, std::uint64_t insertion) {
    const MutexLock lock(mutex_);
    Seat& seat = seats_.at(reader);
    if (seat.insertion != insertion) return Fail(Reason::kCardRemoved, {{"reader", reader}});
    return seat.player.PowerUp();
  }

  absl::StatusOr<Bytes> Transmit(const std::string& reader, std::uint64_t insertion,
                                 ByteView apdu) {
    const MutexLock lock(mutex_);
    Seat& seat = seats_.at(reader);
    if (seat.insertion != insertion) return Fail(Reason::kCardRemoved, {{"reader", reader}});
    JPKID_ASSIGN_OR_RETURN(const Step* const step, seat.player.Take(apdu));
    if (step->record.end() == ANSWERED) return step->answer;
    ++seat.insertion;
    Publish();
    const bool gone = step->record.end() == CARD_GONE;
    return Fail(gone ? Reason::kCardRemoved : Reason::kCardMute, {{"reader", reader}});
  }

 private:
  struct Seat {
    explicit Seat(Player of) : player(std::move(of)) {}
    Player player;
    bool held = false;
    std::uint64_t insertion = 1;
  };

  void Publish() ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_) {
    std::vector<ReaderState> states;
    for (const auto& [name, seat] : seats_) {
      states.push_back({.name = name,
                        .presence = Presence::kPresent,
                        .atr = seat.player.atr(),
                        .insertion = seat.insertion});
    }
    board_.Publish(std::move(states));
  }

  mutable Mutex mutex_;
  std::map<std::string, Seat> seats_ ABSL_GUARDED_BY(mutex_);  // By driver's name.
  ReaderBoard board_;
};

class ReplayReaders::Connection final : public Card {
 public:
  Connection(std::shared_ptr<State> state, std::string reader, std::uint64_t insertion)
      : state_(std::move(state)), reader_(std::move(reader)), insertion_(insertion) {}
  ~Connection() override { state_->Release(reader_); }

  absl::StatusOr<Bytes> TransmitRaw(ByteView apdu) override {
    return state_->Transmit(reader_, insertion_, apdu);
  }
  std::uint64_t insertion() const override { return insertion_; }

 protected:
  absl::Status CutPower() override { return state_->PowerUp(reader_, insertion_); }

 private:
  const std::shared_ptr<State> state_;
  const std::string reader_;
  const std::uint64_t insertion_;
};

ReplayReaders::ReplayReaders(std::shared_ptr<State> state) : state_(std::move(state)) {}

absl::StatusOr<std::unique_ptr<ReplayReaders>> ReplayReaders::Create(const std::string& path) {
  JPKID_ASSIGN_OR_RETURN(auto recording, ReadRecording(path));
  return std::unique_ptr<ReplayReaders>(
      new ReplayReaders(std::make_shared<State>(std::move(recording))));
}

ReaderList ReplayReaders::List() const { return state_->board().List(); }

ReaderList ReplayReaders::WaitForChange(std::uint64_t version, absl::Time deadline) const {
  return state_->board().WaitForChange(version, deadline);
}

absl::StatusOr<std::unique_ptr<Card>> ReplayReaders::Open(absl::string_view reader) {
  std::string name(reader);
  JPKID_ASSIGN_OR_RETURN(const std::uint64_t insertion, state_->Claim(name));
  return std::make_unique<Connection>(state_, std::move(name), insertion);
}

}  // namespace jpkid::hal::trace
