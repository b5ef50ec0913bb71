#pragma once

#include <atomic>
#include <functional>
#include <memory>
#include <optional>
#include <string>

#include "absl/strings/string_view.h"

#include "base/worker.h"
#include "daemon/rpc/call.h"
#include "daemon/rpc/registry.h"
#include "daemon/rpc/repeats.h"
#include "daemon/rpc/stream.h"

namespace jpkid::rpc {

// The one way to every method: which is it, who calls, may he; then the request is read, its
// secrets taken out and the rest of it forgotten, and the work is done where it may wait.
class Guard {
 public:
  // Who is at the other end of a connection, by gRPC's name for it.
  using CallerOf = std::function<std::optional<Caller>(absl::string_view peer)>;

  // What it works with; all of it outlives the guard.
  struct Parts {
    const Registry& methods;
    const Roles& roles;
    CallerOf caller_of;
    Repeats& repeats;
    Streams& streams;
    WorkPool& store_pool;
    WorkPool& card_pool;
    std::string environment;  // "training" or "production": told with every answer.
  };
  explicit Guard(Parts parts) : parts_(std::move(parts)) {}

  // Sees to a new call. On the I/O thread.
  void Handle(const std::shared_ptr<Call>& call);

  // Every call from now on is refused with SHUTTING_DOWN. Any thread.
  void RefuseAll() { refusing_ = true; }

 private:
  struct Work;

  absl::Status CheckRole(const Method& method, const Caller& caller) const;
  absl::StatusOr<const Method*> Admit(const Call& call, std::optional<Caller>& caller) const;
  void OnRequest(std::unique_ptr<Work> work);
  void Do(Work& work) const;
  absl::Status Prepare(Work& work, CallInfo& info, std::unique_ptr<Message>& request) const;
  void Begin(const std::shared_ptr<Call>& call, const Talk& talk, const Method& method,
             const Caller& caller) const;
  void Converse(const std::shared_ptr<Call>& call, const Dialogue& dialogue,
                const Method& method) const;

  const Parts parts_;
  std::atomic<bool> refusing_ = false;
};

}  // namespace jpkid::rpc
