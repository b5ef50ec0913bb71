#include "base/default_paths.h"

#include <pwd.h>
#include <unistd.h>

#include <array>
#include <cstdlib>

namespace jpkid {
namespace {

// The value of an environment variable where it is an absolute path; else empty.
std::string AbsolutePathIn(const char* variable) {
  const char* value = std::getenv(variable);
  return value != nullptr && value[0] == '/' ? value : "";
}

std::string HomeDirectory() {
  if (std::string home = AbsolutePathIn("HOME"); !home.empty()) return home;
  passwd entry = {};
  passwd* found = nullptr;
  std::array<char, 16384> buffer = {};
  if (getpwuid_r(geteuid(), &entry, buffer.data(), buffer.size(), &found) == 0 &&
      found != nullptr) {
    return found->pw_dir;
  }
  return "";
}

}  // namespace

std::string DefaultDataDirectory() {
  if (const std::string state = AbsolutePathIn("XDG_STATE_HOME"); !state.empty()) {
    return state + "/jpkid";
  }
  return HomeDirectory() + "/.local/state/jpkid";
}

std::string SocketPathIn(const std::string& data_directory) {
  return data_directory + "/jpkid.sock";
}

std::string DefaultSocketPath() { return SocketPathIn(DefaultDataDirectory()); }

}  // namespace jpkid
