#include "daemon/config/users.h"

#include <grp.h>
#include <pwd.h>

namespace jpkid::config {

// The lookups that are not thread-safe: a configuration is read before there are threads.

std::optional<std::uint32_t> UidOf(const std::string& user) {
  const passwd* entry = getpwnam(user.c_str());
  if (entry == nullptr) return std::nullopt;
  return entry->pw_uid;
}

std::optional<std::set<std::uint32_t>> UidsOf(const std::string& group) {
  const struct group* entry = getgrnam(group.c_str());
  if (entry == nullptr) return std::nullopt;
  const gid_t gid = entry->gr_gid;
  std::set<std::string> further;
  for (char** member = entry->gr_mem; *member != nullptr; ++member) further.insert(*member);
  std::set<std::uint32_t> uids;
  for (const std::string& user : further) {
    if (const auto uid = UidOf(user)) uids.insert(*uid);
  }
  setpwent();
  while (const passwd* user = getpwent()) {
    if (user->pw_gid == gid) uids.insert(user->pw_uid);
  }
  endpwent();
  return uids;
}

}  // namespace jpkid::config
