#pragma once

#include <deque>
#include <map>
#include <string>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include <grpcpp/grpcpp.h>

#include "base/mutex.h"
#include "base/reason.h"
#include "jpki/v1/card_service.pb.h"
#include "jpki/v1/case_service.pb.h"
#include "jpki/v1/operation_service.pb.h"
#include "jpki/v1/reader_service.pb.h"
#include "tests/fakes/fake_daemon.h"

// What the services of the fake daemon share. Only for tests/fakes.
namespace jpkid::fakes {

struct FakeState {
  Mutex mutex;
  CondVar changed;
  bool killed ABSL_GUARDED_BY(mutex) = false;
  bool training ABSL_GUARDED_BY(mutex) = true;

  std::uint64_t readers_version ABSL_GUARDED_BY(mutex) = 1;
  std::vector<jpki::v1::Reader> readers ABSL_GUARDED_BY(mutex);
  std::map<jpki::v1::PinKind, FakePin> pins ABSL_GUARDED_BY(mutex);

  // How any application goes; the one case, from CreateCase on.
  jpki::v1::Procedure procedure ABSL_GUARDED_BY(mutex);
  jpki::v1::Case the_case ABSL_GUARDED_BY(mutex);

  // The one operation, from RunCase on.
  jpki::v1::Operation operation ABSL_GUARDED_BY(mutex);
  std::deque<jpki::v1::OperationEvent> script ABSL_GUARDED_BY(mutex);
  std::vector<jpki::v1::OperationEvent> told ABSL_GUARDED_BY(mutex);
  int told_ever ABSL_GUARDED_BY(mutex) = 0;  // Events, whatever was forgotten since.
  std::int64_t watched ABSL_GUARDED_BY(mutex) = 0;

  // request_id → the request as it was.
  std::map<std::string, std::string> requests ABSL_GUARDED_BY(mutex);
  std::map<std::string, absl::Status> failures ABSL_GUARDED_BY(mutex);
  std::map<std::string, int> calls ABSL_GUARDED_BY(mutex);
  std::vector<std::string> languages ABSL_GUARDED_BY(mutex);
  std::map<std::string, std::string> last ABSL_GUARDED_BY(mutex);  // The last request, as text.

  // Notes a call, greets it, and says whether it may go on.
  absl::Status Enter(grpc::ServerContext& context, const std::string& method,
                     bool may_last_for_ever = false) ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex);
  // The same, and keeps the request as text.
  absl::Status Enter(grpc::ServerContext& context, const std::string& method,
                     const google::protobuf::Message& request) ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex);
  // The operation that the request asks for, before anything happens.
  void Begin(const jpki::v1::RunCaseRequest& request) ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex);
  // Whether a mutating request is new (true) or a repeat; a reused id fails. `before` is what was
  // wrong with it already.
  absl::StatusOr<bool> Once(const absl::Status& before, const std::string& request_id,
                            const google::protobuf::Message& request)
      ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex);
  absl::Status CheckReader(const std::string& name) const ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex);
  // Compares a PIN as the card does.
  absl::Status Verify(jpki::v1::PinKind pin, const std::string& value)
      ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex);
  jpki::v1::PinStatus StatusOf(jpki::v1::PinKind pin) ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex);
  // Tells the script's events up to the next one that waits.
  void Advance() ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex);
  void Tell(jpki::v1::OperationEvent event) ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex);
};

// Sets the wrong form apart from the wrong value. OK for a PIN that may be sent to the card.
absl::Status CheckForm(jpki::v1::PinKind pin, const std::string& value);

absl::string_view NameOf(jpki::v1::PinKind pin);

// A failure as the daemon sends it, in the caller's language.
grpc::Status ToWire(const absl::Status& status, const grpc::ServerContext& context);

}  // namespace jpkid::fakes
