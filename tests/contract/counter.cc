#include "tests/contract/counter.h"

#include <unistd.h>

#include <algorithm>
#include <filesystem>

#include "absl/strings/str_cat.h"

#include "base/mutex.h"
#include "base/steady_time.h"
#include "daemon/ca/certificate.h"

namespace jpkid {
namespace {

constexpr absl::Duration kPatience = absl::Seconds(60);

bool Ended(const store::OperationRecord& record) {
  return record.state() == store::OperationRecord::SUCCEEDED ||
         record.state() == store::OperationRecord::FAILED ||
         record.state() == store::OperationRecord::CANCELLED;
}

// Waits for word of an operation, with a deadline.
class Ear {
 public:
  Ear(events::Feed& feed, const std::string& id)
      : guard_(feed.Subscribe(id, [this] {
          const MutexLock lock(mutex_);
          ++heard_;
          changed_.NotifyAll();
        })) {}
  ~Ear() { guard_.reset(); }

  int heard() {
    const MutexLock lock(mutex_);
    return heard_;
  }
  // False when nothing more than `known` was heard in time.
  bool Wait(int known) {
    const absl::Time deadline = SteadyNow() + kPatience;
    const MutexLock lock(mutex_);
    while (heard_ == known) {
      if (!changed_.WaitUntil(mutex_, deadline)) return false;
    }
    return true;
  }

 private:
  Mutex mutex_;
  CondVar changed_;
  int heard_ ABSL_GUARDED_BY(mutex_) = 0;
  std::shared_ptr<void> guard_;
};

}  // namespace

Counter::Counter()
    : directory_(absl::StrCat(testing::TempDir(), "counter.", getpid())),
      authority_(absl::StrCat("counter.", getpid())),
      issuer_keys_(card::FromMasterKey(hal::sim::TestMasterKey()).value()) {
  std::filesystem::remove_all(directory_);
  std::filesystem::create_directories(directory_);
}

Counter::~Counter() {
  StopDaemon();
  readers_ = nullptr;
  std::filesystem::remove_all(directory_);
}

hal::sim::CardOrder Counter::NewCard() {
  hal::sim::CardOrder order = hal::sim::TestOrder();
  order.auth_pin = Secret();
  order.signature_pin = Secret();
  return order;
}

void Counter::Open(hal::sim::CardOrder order) { OpenImage(hal::sim::MakeCardImage(order).value()); }

void Counter::OpenImage(hal::sim::CardImage image) {
  const std::string path = directory_ + "/card.bin";
  ASSERT_TRUE(hal::sim::CardStore::Create(path, std::move(image)).ok());
  readers_ = hal::sim::SimReaders::Create(
                 {.slots = {{.name = kReader, .card = path}}, .key_source = &keys_})
                 .value();
  StartDaemon();
}

void Counter::StartDaemon() {
  store_ = store::Store::Open({.url = "sqlite:" + directory_ + "/jpkid.db",
                               .key_file = directory_ + "/holder.key",
                               .owner = "counter"},
                              authority_.clock())
               .value();
  session::Options options;
  options.look_every = absl::Milliseconds(10);
  sessions_ = session::Sessions::Create(readers_, std::move(options));
  const runner::Parts parts = {.store = *store_,
                               .sessions = *sessions_,
                               .authority = Asked(),
                               .issuer_keys = *issuer_keys_,
                               .feed = feed_,
                               .clock = authority_.clock()};
  runner_ = runner::Runner::Create(parts, limits_);
  ASSERT_EQ(runner_->Resume(), absl::OkStatus());
}

void Counter::StopDaemon() {
  if (runner_ != nullptr) runner_->Stop(SteadyNow() + kPatience);
  if (sessions_ != nullptr) sessions_->Stop();
  runner_ = nullptr;
  sessions_ = nullptr;
  store_ = nullptr;
}

runner::RunRequest Counter::Request(const std::string& request_id) const {
  return {.request_id = request_id,
          .creator = "test",
          .reader = kAlias,
          .kinds = {certs::Kind::kAuth, certs::Kind::kSignature},
          .holder = std::nullopt};
}

void Counter::TypePins(const store::OperationRecord& record) {
  for (const events::AwaitedInput& input : record.inputs()) {
    if (input.pin_kind().empty()) continue;
    const certs::Kind kind = certs::ParseKind(input.pin_kind()).value();
    const std::string& pin = kind == certs::Kind::kAuth ? auth_pin_ : signature_pin_;
    // An input that was given already is refused, and that is all.
    (void)runner_
        ->Provide(
            record.id(), input.input_id(),
            runner::PinGiven{
                .kind = kind, .card_serial = input.card_serial(), .pin = Secret(AsBytes(pin))})
        .status();
  }
}

store::OperationRecord Counter::Follow(const std::string& id, bool types, Condition condition) {
  Ear ear(feed_, id);
  while (true) {
    const int heard = ear.heard();
    store::OperationRecord record = store_->Get(id).value();
    if (Ended(record) || condition(record)) return record;
    if (types) TypePins(record);
    if (!ear.Wait(heard)) {
      ADD_FAILURE() << "nothing happened any more: " << record.ShortDebugString();
      return record;
    }
  }
}

store::OperationRecord Counter::ServeToEnd(const std::string& id) {
  return ServeUntil(id, [](const store::OperationRecord&) { return false; });
}

store::OperationRecord Counter::ServeUntil(const std::string& id, Condition condition) {
  return Follow(id, true, condition);
}

store::OperationRecord Counter::WaitUntil(const std::string& id, Condition condition) {
  return Follow(id, false, condition);
}

store::OperationRecord Counter::WaitUntilAsked(const std::string& id, const std::string& pin_kind) {
  return WaitUntil(id, [&](const store::OperationRecord& record) {
    return std::any_of(record.inputs().begin(), record.inputs().end(),
                       [&](const auto& input) { return input.pin_kind() == pin_kind; });
  });
}

absl::StatusOr<std::unique_ptr<session::Lease>> Counter::TakeReader() {
  return sessions_->Acquire(
      {.reader = kAlias, .client = "another", .deadline = SteadyNow() + kPatience}, [](int) {});
}

store::OperationRecord Counter::IssueToEnd(const runner::RunRequest& request) {
  return ServeToEnd(runner_->Begin(request).value().id());
}

std::vector<std::string> Counter::EventNames(const std::string& id) {
  std::vector<std::string> names;
  std::int64_t sequence = 0;
  const std::vector<events::Event> events = store_->Events(id, 0, 1000).value();
  for (const events::Event& event : events) {
    EXPECT_EQ(event.sequence(), ++sequence) << "a gap in the operation's story";
    std::string name = events::Event::Type_Name(event.type());
    if (!event.kind().empty()) absl::StrAppend(&name, " ", event.kind());
    names.push_back(std::move(name));
  }
  return names;
}

hal::sim::CardImage Counter::Image() {
  return hal::sim::CardStore::Read(directory_ + "/card.bin").value();
}

void Counter::Fault(const std::string& text) {
  ASSERT_EQ(readers_->AddFaults(kReader, text), absl::OkStatus());
}

void Counter::ExpectCardAndBookAgree(const store::OperationRecord& record) {
  ASSERT_EQ(record.state(), store::OperationRecord::SUCCEEDED) << record.ShortDebugString();
  const hal::sim::CardImage image = Image();
  for (const store::CertificateWork& work : record.work()) {
    const certs::Kind kind = certs::ParseKind(work.kind()).value();
    const hal::sim::CertificateSlot& slot =
        kind == certs::Kind::kAuth ? image.auth() : image.signature();
    const ca::Certificate on_card =
        ca::ReadCertificate(AsBytes(slot.current().certificate())).value();
    EXPECT_EQ(on_card.serial, work.serial_number());
    EXPECT_FALSE(slot.has_pending());
    EXPECT_EQ((*authority_).StatusOf(kind, on_card.serial)->state, ca::BookEntry::State::kGood);
    EXPECT_TRUE(work.proved());
  }
}

}  // namespace jpkid
