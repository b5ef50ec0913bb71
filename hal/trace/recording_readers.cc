#include "hal/trace/recording_readers.h"

#include <utility>

#include "base/status.h"

namespace jpkid::hal::trace {
namespace {

End EndOf(const absl::Status& status) {
  if (status.ok()) return ANSWERED;
  return FailedFor(status, Reason::kCardRemoved) ? CARD_GONE : NO_ANSWER;
}

Bytes AtrIn(const ReaderList& list, absl::string_view reader) {
  for (const ReaderState& state : list.readers) {
    if (state.name == reader) return state.atr;
  }
  return {};
}

class RecordedCard final : public Card {
 public:
  RecordedCard(std::unique_ptr<Card> card, absl::string_view reader, Bytes atr,
               std::shared_ptr<Trace> trace)
      : card_(std::move(card)), reader_(reader), atr_(std::move(atr)), trace_(std::move(trace)) {
    Write(scribe_.PowerUp(atr_));
  }

  absl::StatusOr<Bytes> TransmitRaw(ByteView apdu) override {
    absl::StatusOr<Bytes> answer = card_->TransmitRaw(apdu);
    Write(scribe_.Describe(apdu, EndOf(answer.status()), answer.ok() ? *answer : Bytes()));
    return answer;
  }
  std::uint64_t insertion() const override { return card_->insertion(); }

 protected:
  absl::Status CutPower() override {
    JPKID_RETURN_IF_ERROR(card_->PowerDown());
    Write(scribe_.PowerUp(atr_));
    return absl::OkStatus();
  }

 private:
  void Write(ApduRecord record) {
    record.set_reader(reader_);
    trace_->Write(std::move(record));
  }

  const std::unique_ptr<Card> card_;
  const std::string reader_;
  const Bytes atr_;
  const std::shared_ptr<Trace> trace_;
  Scribe scribe_;
};

}  // namespace

RecordingReaders::RecordingReaders(std::unique_ptr<Readers> readers, std::shared_ptr<Trace> trace)
    : readers_(std::move(readers)), trace_(std::move(trace)) {}

ReaderList RecordingReaders::List() const { return readers_->List(); }

ReaderList RecordingReaders::WaitForChange(std::uint64_t version, absl::Time deadline) const {
  return readers_->WaitForChange(version, deadline);
}

absl::StatusOr<std::unique_ptr<Card>> RecordingReaders::Open(absl::string_view reader) {
  JPKID_ASSIGN_OR_RETURN(std::unique_ptr<Card> card, readers_->Open(reader));
  Bytes atr = AtrIn(readers_->List(), reader);
  return std::make_unique<RecordedCard>(std::move(card), reader, std::move(atr), trace_);
}

}  // namespace jpkid::hal::trace
