#include "clients/lib/connection.h"

#include <sys/socket.h>
#include <sys/un.h>

#include <algorithm>
#include <cerrno>
#include <cstring>

#include "absl/strings/strip.h"

#include "base/steady_time.h"
#include "clients/lib/failure.h"
#include "clients/lib/language.h"

namespace jpkid::client {
namespace {

// Initial metadata of the daemon: whether what it makes is valid anywhere.
constexpr char kEnvironmentKey[] = "jpkid-environment";
constexpr absl::string_view kTraining = "training";
// Initial metadata of the client: the language of the answer's words.
constexpr char kLanguageKey[] = "accept-language";

// A daemon on this machine that does not greet within this time will not.
constexpr absl::Duration kLongestGreeting = absl::Seconds(10);
// How soon an interruption is seen while connecting.
constexpr absl::Duration kGlance = absl::Milliseconds(100);

std::shared_ptr<grpc::Channel> MakeChannel(const std::string& address) {
  grpc::ChannelArguments arguments;
  // A VERIFY is never repeated by software, and gRPC cannot know what carries one.
  arguments.SetInt(GRPC_ARG_ENABLE_RETRIES, 0);
  // The daemon is on this machine, whatever http_proxy says.
  arguments.SetInt(GRPC_ARG_ENABLE_HTTP_PROXY, 0);
  arguments.SetInt(GRPC_ARG_SERVICE_CONFIG_DISABLE_RESOLUTION, 1);
  // A daemon that was started anew is found again soon.
  arguments.SetInt(GRPC_ARG_INITIAL_RECONNECT_BACKOFF_MS, 100);
  arguments.SetInt(GRPC_ARG_MAX_RECONNECT_BACKOFF_MS, 1000);
  // Two connections of one program are two connections.
  arguments.SetInt(GRPC_ARG_USE_LOCAL_SUBCHANNEL_POOL, 1);
  return grpc::CreateCustomChannel(address, grpc::InsecureChannelCredentials(), arguments);
}

// Why nobody can be reached on the socket, in the system's words.
std::string WhyUnreachable(absl::string_view address) {
  const absl::string_view path = absl::StripPrefix(address, "unix:");
  sockaddr_un name = {};
  name.sun_family = AF_UNIX;
  path.copy(name.sun_path, sizeof(name.sun_path) - 1);
  const UniqueFd socket_fd(socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0));
  if (connect(socket_fd.get(), reinterpret_cast<const sockaddr*>(&name), sizeof(name)) == 0) {
    return "no greeting";
  }
  return std::strerror(errno);
}

}  // namespace

Connection::Connection(Options options, Interruption& interruption)
    : options_(std::move(options)),
      interruption_(interruption),
      channel_(MakeChannel(options_.address)) {}

absl::Status Connection::Reach(absl::Time deadline) {
  const absl::Time last = std::min(deadline, SteadyNow() + kLongestGreeting);
  while (!reached_) {
    const grpc_connectivity_state state = channel_->GetState(/*try_to_connect=*/true);
    if (state == GRPC_CHANNEL_READY) {
      reached_ = true;
    } else if (interruption_.raised()) {
      return absl::CancelledError("interrupted");
    } else if (state == GRPC_CHANNEL_TRANSIENT_FAILURE || SteadyNow() >= last) {
      return Fail(Reason::kDaemonUnreachable,
                  {{"address", address()}, {"detail", WhyUnreachable(address())}});
    } else {
      channel_->WaitForStateChange(
          state, absl::ToChronoTime(FromSteady(std::min(last, SteadyNow() + kGlance))));
    }
  }
  return absl::OkStatus();
}

void Connection::Prepare(grpc::ClientContext& context, absl::Time deadline) const {
  const absl::string_view tag = LanguageTag(options_.language);
  context.AddMetadata(kLanguageKey, std::string(tag));
  if (deadline != absl::InfiniteFuture()) {
    context.set_deadline(absl::ToChronoTime(FromSteady(deadline)));
  }
}

void Connection::NoteEnvironment(const grpc::ClientContext& context) {
  if (training_) return;
  const auto& metadata = context.GetServerInitialMetadata();
  const auto found = metadata.find(kEnvironmentKey);
  if (found == metadata.end()) return;
  if (absl::string_view(found->second.data(), found->second.size()) != kTraining) return;
  training_ = true;
  if (options_.on_training) options_.on_training();
}

absl::Status Connection::Ended(const grpc::ClientContext& context, const grpc::Status& status) {
  NoteEnvironment(context);
  if (!status.ok() && interruption_.raised()) return absl::CancelledError("interrupted");
  return FromGrpc(status, address());
}

}  // namespace jpkid::client
