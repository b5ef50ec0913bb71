#pragma once

#include <memory>
#include <string>
#include <vector>

#include "base/reason.h"
#include "jpki/v1/case.pb.h"
#include "jpki/v1/certificate.pb.h"
#include "jpki/v1/operation_service.pb.h"
#include "jpki/v1/reader_service.pb.h"

namespace jpkid::fakes {

struct FakeState;
class FakeServices;

// A PIN of the fake's card.
struct FakePin {
  std::string value;  // Empty: never set.
  int tries_left = 0;
};

// A daemon in this process: a gRPC server on a Unix socket of its own, with one reader,
// `readers/sim`, one card and operations that follow a script. Stricter than the real one: each
// call must have a deadline (the watching of readers aside), resource names and request ids are
// checked, a PIN's tries are counted, an input is taken once. Thread-safe.
class FakeDaemon {
 public:
  static constexpr char kReader[] = "readers/sim";
  static constexpr char kOperation[] = "operations/op1";
  static constexpr char kCase[] = "cases/c1";
  static constexpr char kCardSerial[] = "100000000000001";

  FakeDaemon();
  ~FakeDaemon();
  FakeDaemon(const FakeDaemon&) = delete;
  FakeDaemon& operator=(const FakeDaemon&) = delete;

  // "unix:PATH", in a directory that goes with the fake.
  const std::string& address() const { return address_; }

  // Its connections break, and nobody listens. Operations stay as they are.
  void Kill();
  // Listens again, on the same socket.
  void Start();
  // Knows no more of the operation than its first `events`, as if its store were restored.
  void Forget(std::size_t events);

  // What the next operation does. An event with inputs waits for them; one without any fact (its
  // `event` not set) stands for a pause that GoOn ends. Sequence numbers and times are given here.
  void Script(std::vector<jpki::v1::OperationEvent> events);
  void GoOn();
  // The operation awaits the authority without the card.
  void TakeIntoCustody();
  // Waits, at most 20 s, until some watcher was sent the event with this number.
  bool WaitUntilWatched(std::int64_t sequence);

  // How applications go; from the start it is one visit, with nothing to bring.
  void SetProcedure(const jpki::v1::Procedure& procedure);
  // The one case, as it stands.
  void SetCase(const jpki::v1::Case& one);
  jpki::v1::Case the_case() const;

  // The answers of the next calls: the next call of `method` ("Sign") fails so, once.
  void FailNext(const std::string& method, Reason reason, ReasonMetadata metadata = {});

  void SetReaders(std::vector<jpki::v1::Reader> readers);
  void SetPin(jpki::v1::PinKind pin, const FakePin& value);
  FakePin pin(jpki::v1::PinKind pin) const;
  // Whether it says that it is for training. It does from the start.
  void SetTraining(bool training);

  // How often a method was called, and in which languages; the last request of CaseService's
  // methods, as text.
  int calls(const std::string& method) const;
  std::string last(const std::string& method) const;
  std::vector<std::string> languages() const;

 private:
  const std::string directory_;
  const std::string address_;
  const std::unique_ptr<FakeState> state_;
  std::unique_ptr<FakeServices> services_;
};

// Events for scripts.
jpki::v1::OperationEvent AwaitPin(jpki::v1::PinKind pin, const std::string& input_id,
                                  jpki::v1::PinRequest::Purpose purpose, int tries_left);
jpki::v1::OperationEvent Pause();
jpki::v1::OperationEvent Activated(jpki::v1::CertificateKind kind, int percent);
jpki::v1::OperationEvent Completed();
jpki::v1::OperationEvent Failed(Reason reason, bool card_changed);

}  // namespace jpkid::fakes
