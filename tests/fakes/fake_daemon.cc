#include "tests/fakes/fake_daemon.h"

#include <unistd.h>

#include <cstdlib>
#include <stdexcept>
#include <utility>

#include "base/default_paths.h"
#include "base/status.h"
#include "base/steady_time.h"
#include "tests/fakes/fake_services.h"

namespace jpkid::fakes {
namespace {

using jpki::v1::OperationEvent;

std::string MakeDirectory() {
  std::string name = "/tmp/jpkid-fake-XXXXXX";
  if (mkdtemp(name.data()) == nullptr) throw std::runtime_error("mkdtemp");
  return name;
}

OperationEvent AtPercent(int percent) {
  OperationEvent event;
  event.mutable_progress()->set_step(percent / 10);
  event.mutable_progress()->set_steps(10);
  event.mutable_progress()->set_percent(percent);
  return event;
}

}  // namespace

FakeServices::FakeServices(FakeState& state, const std::string& address)
    : readers_(state), cards_(state), cases_(state), operations_(state), health_(state) {
  grpc::ServerBuilder builder;
  builder.AddListeningPort(address, grpc::InsecureServerCredentials());
  for (grpc::Service* service :
       std::initializer_list<grpc::Service*>{&readers_, &cards_, &cases_, &operations_, &health_}) {
    builder.RegisterService(service);
  }
  server_ = builder.BuildAndStart();
  if (server_ == nullptr) throw std::runtime_error("no server on " + address);
}

FakeServices::~FakeServices() { server_->Shutdown(std::chrono::system_clock::now()); }

FakeDaemon::FakeDaemon()
    : directory_(MakeDirectory()),
      address_("unix:" + SocketPathIn(directory_)),
      state_(std::make_unique<FakeState>()) {
  jpki::v1::Reader reader;
  reader.set_name(kReader);
  reader.set_driver_name("Fake 00");
  reader.set_state(jpki::v1::Reader::STATE_CARD_PRESENT);
  SetReaders({reader});
  SetPin(jpki::v1::PIN_KIND_AUTH, {.value = "1234", .tries_left = 3});
  SetPin(jpki::v1::PIN_KIND_SIGNATURE, {.value = "ABC123", .tries_left = 5});
  jpki::v1::Procedure one_visit;
  one_visit.set_allowed(true);
  one_visit.set_same_day(true);
  one_visit.set_visits(1);
  one_visit.set_becomes("issue");
  SetProcedure(one_visit);
  Start();
}

FakeDaemon::~FakeDaemon() {
  Kill();
  unlink(SocketPathIn(directory_).c_str());
  rmdir(directory_.c_str());
}

void FakeDaemon::Kill() {
  {
    const MutexLock lock(state_->mutex);
    state_->killed = true;
    state_->changed.NotifyAll();
  }
  services_.reset();
}

void FakeDaemon::Start() {
  {
    const MutexLock lock(state_->mutex);
    state_->killed = false;
  }
  services_ = std::make_unique<FakeServices>(*state_, address_);
}

void FakeDaemon::Forget(std::size_t events) {
  const MutexLock lock(state_->mutex);
  state_->told.resize(events);
}

void FakeDaemon::Script(std::vector<OperationEvent> events) {
  const MutexLock lock(state_->mutex);
  state_->script.assign(events.begin(), events.end());
}

void FakeDaemon::TakeIntoCustody() {
  const MutexLock lock(state_->mutex);
  state_->operation.set_in_custody(true);
}

void FakeDaemon::GoOn() {
  const MutexLock lock(state_->mutex);
  if (!state_->script.empty()) state_->script.pop_front();
  state_->Advance();
}

bool FakeDaemon::WaitUntilWatched(std::int64_t sequence) {
  const MutexLock lock(state_->mutex);
  const absl::Time deadline = SteadyNow() + absl::Seconds(20);
  while (state_->watched < sequence) {
    if (!state_->changed.WaitUntil(state_->mutex, deadline)) return false;
  }
  return true;
}

void FakeDaemon::FailNext(const std::string& method, Reason reason, ReasonMetadata metadata) {
  const MutexLock lock(state_->mutex);
  state_->failures[method] = Fail(reason, std::move(metadata));
}

void FakeDaemon::SetReaders(std::vector<jpki::v1::Reader> readers) {
  const MutexLock lock(state_->mutex);
  state_->readers = std::move(readers);
  ++state_->readers_version;
  state_->changed.NotifyAll();
}

void FakeDaemon::SetPin(jpki::v1::PinKind pin, const FakePin& value) {
  const MutexLock lock(state_->mutex);
  state_->pins[pin] = value;
}

FakePin FakeDaemon::pin(jpki::v1::PinKind pin) const {
  const MutexLock lock(state_->mutex);
  return state_->pins[pin];
}

void FakeDaemon::SetProcedure(const jpki::v1::Procedure& procedure) {
  const MutexLock lock(state_->mutex);
  state_->procedure = procedure;
}

void FakeDaemon::SetCase(const jpki::v1::Case& one) {
  const MutexLock lock(state_->mutex);
  state_->the_case = one;
}

jpki::v1::Case FakeDaemon::the_case() const {
  const MutexLock lock(state_->mutex);
  return state_->the_case;
}

std::string FakeDaemon::last(const std::string& method) const {
  const MutexLock lock(state_->mutex);
  return state_->last[method];
}

void FakeDaemon::SetTraining(bool training) {
  const MutexLock lock(state_->mutex);
  state_->training = training;
}

int FakeDaemon::calls(const std::string& method) const {
  const MutexLock lock(state_->mutex);
  return state_->calls[method];
}

std::vector<std::string> FakeDaemon::languages() const {
  const MutexLock lock(state_->mutex);
  return state_->languages;
}

OperationEvent AwaitPin(jpki::v1::PinKind pin, const std::string& input_id,
                        jpki::v1::PinRequest::Purpose purpose, int tries_left) {
  OperationEvent event = AtPercent(10);
  event.mutable_waiting()->set_waiting_for(OperationEvent::Waiting::FOR_PIN);
  jpki::v1::PendingInput& input = *event.mutable_waiting()->add_inputs();
  input.set_input_id(input_id);
  input.mutable_pin()->set_pin(pin);
  input.mutable_pin()->set_card_serial(FakeDaemon::kCardSerial);
  input.mutable_pin()->set_purpose(purpose);
  input.mutable_pin()->set_tries_left(tries_left);
  return event;
}

OperationEvent Pause() { return OperationEvent(); }

OperationEvent Activated(jpki::v1::CertificateKind kind, int percent) {
  OperationEvent event = AtPercent(percent);
  event.mutable_activated()->set_kind(kind);
  return event;
}

OperationEvent Completed() {
  OperationEvent event = AtPercent(100);
  jpki::v1::Receipt& receipt = *event.mutable_completed()->mutable_receipt();
  receipt.set_operation(FakeDaemon::kOperation);
  receipt.set_card_serial(FakeDaemon::kCardSerial);
  receipt.mutable_time()->set_seconds(1'800'000'100);
  receipt.set_training(true);
  jpki::v1::CertificateInfo& certificate = *receipt.add_certificates();
  certificate.set_kind(jpki::v1::CERTIFICATE_KIND_AUTH);
  certificate.set_serial_number("0A01");
  return event;
}

OperationEvent Failed(Reason reason, bool card_changed) {
  OperationEvent event = AtPercent(50);
  jpki::v1::OperationFailure& failure = *event.mutable_failed()->mutable_failure();
  failure.set_reason(std::string(Row(reason).code));
  failure.set_message(Text(reason, {}, Language::kEnglish));
  failure.set_remedy(Remedy(reason, {}, Language::kEnglish));
  failure.set_card_changed(card_changed);
  return event;
}

}  // namespace jpkid::fakes
