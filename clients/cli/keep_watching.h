#pragma once

#include "absl/functional/function_ref.h"

#include "clients/cli/context.h"
#include "clients/lib/backoff.h"
#include "clients/lib/failure.h"

namespace jpkid::cli {

// Shows what a stream of the daemon tells, until the user has seen enough: through restarts of the
// daemon, which are told once. `show` gives the text to print for a message: the same text is not
// printed twice in a row, for not all that a message tells stands in it.
template <typename Service, typename Request, typename Response, typename Method>
Outcome KeepWatching(const Context& context, Method method, const Request& request,
                     absl::FunctionRef<absl::StatusOr<std::string>(const Response&)> show) {
  const absl::Time deadline = context.Deadline(absl::InfiniteDuration());
  client::Backoff backoff(context.daemon().interruption());
  std::ostream& out = context.console().out;
  std::string last;
  bool away = false;
  while (true) {
    absl::Status shown;
    absl::Status status = context.daemon().Stream<Service, Request, Response>(
        method, request, deadline, [&](const Response& response) {
          backoff.Reset();
          away = false;
          absl::StatusOr<std::string> text = show(response);
          shown = text.status();
          if (!shown.ok()) return false;
          if (*text != last) out << *text << std::flush;
          last = *std::move(text);
          return out.good();
        });
    JPKID_RETURN_IF_ERROR(shown);
    if (!out.good()) return ExitCode::kDone;
    if (status.ok()) status = Fail(Reason::kShuttingDown);
    if (!context.daemon().reached() || !client::DaemonAway(status)) return status;
    if (!away) {
      context.Tell(
          context.words()(Msg::kAway, client::Explain(status, context.words().language()).message));
    }
    away = true;
    JPKID_RETURN_IF_ERROR(backoff.Pause(status, deadline));
  }
}

}  // namespace jpkid::cli
