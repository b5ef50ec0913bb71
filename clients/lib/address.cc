#include "clients/lib/address.h"

#include <sys/un.h>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/strip.h"

#include "base/default_paths.h"
#include "base/status.h"

namespace jpkid::client {
namespace {

constexpr absl::string_view kScheme = "unix:";

// The longest path of a Unix socket, without the NUL at its end.
constexpr std::size_t kLongestPath = sizeof(sockaddr_un::sun_path) - 1;

absl::StatusOr<std::string> FromText(absl::string_view field, absl::string_view text) {
  absl::string_view path = text;
  if (!absl::ConsumePrefix(&path, kScheme)) {
    return Fail(
        Reason::kArgumentInvalid,
        {{"field", std::string(field)}, {"detail", absl::StrCat("'", text, "' is not unix:PATH")}});
  }
  // RFC 3986's form with an empty authority, unix:///run/jpkid.sock, means the same.
  if (absl::StartsWith(path, "///")) path.remove_prefix(2);
  if (path.empty() || path.size() > kLongestPath) {
    return Fail(Reason::kArgumentInvalid,
                {{"field", std::string(field)},
                 {"detail", absl::StrCat("a socket's path has 1 to ", kLongestPath, " octets")}});
  }
  return absl::StrCat(kScheme, path);
}

}  // namespace

absl::StatusOr<std::string> ResolveAddress(absl::string_view option,
                                           absl::string_view environment) {
  if (!option.empty()) return FromText("--address", option);
  if (!environment.empty()) return FromText("JPKID_ADDRESS", environment);
  return FromText("HOME", absl::StrCat(kScheme, DefaultSocketPath()));
}

}  // namespace jpkid::client
