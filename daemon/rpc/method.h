#pragma once

#include <functional>
#include <memory>
#include <variant>

#include "absl/functional/any_invocable.h"
#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include <google/protobuf/descriptor.h>
#include <google/protobuf/message.h>

#include "base/reason.h"
#include "daemon/rpc/caller.h"
#include "daemon/rpc/line.h"
#include "daemon/rpc/secrets.h"
#include "daemon/rpc/source.h"

namespace jpkid::rpc {

// What a handler is told of a call beside its request.
struct CallInfo {
  Caller caller;
  Language language = Language::kEnglish;
  absl::Time deadline = absl::InfiniteFuture();
  std::function<bool()> gone;  // Whether nobody waits for the answer any more.
  // Calls the listener, once, on the I/O thread, when that comes to be so.
  std::function<void(absl::AnyInvocable<void() &&>)> on_gone;
  Secrets secrets;
};

// Where a method's work is done.
enum class Where {
  kAtOnce,  // On the I/O thread: it never waits.
  kStore,   // Waits for the store at most.
  kCard,    // Waits for a card or for its turn.
};

// Who makes a repeated request harmless, where the request has a request_id.
enum class Repeat { kGuard, kHandler };

using Message = google::protobuf::Message;
using Answer = absl::StatusOr<std::unique_ptr<Message>>;
using Unary = std::function<Answer(CallInfo&, const Message&)>;
using Reply = absl::AnyInvocable<void(Answer) &&>;  // Once, on whatever thread.
// Of methods whose work waits elsewhere: no thread of a pool is kept for it.
using Later = std::function<void(CallInfo&, const Message&, Reply)>;
using Watch = std::function<absl::StatusOr<std::unique_ptr<Source>>(CallInfo&, const Message&)>;
using Dialogue = std::function<std::unique_ptr<Message>(const Message&)>;  // One answer to each.
using Talk = std::function<std::unique_ptr<Conversation>(const CallInfo&, std::shared_ptr<Line>)>;

// A method of the API.
struct Method {
  const google::protobuf::MethodDescriptor* descriptor = nullptr;
  jpki::v1::Role role = jpki::v1::ROLE_UNSPECIFIED;  // Of the option required_role.
  bool standard = false;                             // gRPC's own, which name no role: any will do.
  Where where = Where::kStore;
  Repeat repeat = Repeat::kGuard;
  std::variant<std::monostate, Unary, Later, Watch, Dialogue, Talk> handler;  // None: not built.

  // A new, empty request.
  std::unique_ptr<Message> NewRequest() const;
  std::unique_ptr<Message> NewAnswer() const;
};

}  // namespace jpkid::rpc
