// A configuration file with anything in it: read, or refused with lines that name the file.

#include <sys/mman.h>
#include <unistd.h>

#include <cstdint>
#include <cstdlib>
#include <string>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"

#include "base/file.h"
#include "daemon/config/config.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const jpkid::UniqueFd file(memfd_create("config", MFD_CLOEXEC));
  if (!file.valid() || write(file.get(), data, size) != static_cast<ssize_t>(size)) std::abort();
  const std::string path = absl::StrCat("/proc/self/fd/", file.get());
  const auto config = jpkid::config::ReadConfig(path, "/var/lib/jpkid");
  if (!config.ok() && !absl::StrContains(config.status().message(), path)) std::abort();
  return 0;
}
