#include "daemon/config/grants.h"

#include <map>
#include <set>

#include "absl/strings/str_cat.h"

#include "daemon/config/users.h"

namespace jpkid::config {
namespace {

// The users that `grant` names, which stands at `place`.
std::set<std::uint32_t> Users(const file::Grant& grant, Place place, const Section& section,
                              Findings& findings) {
  switch (grant.who_case()) {
    case file::Grant::kUid:
      return {grant.uid()};
    case file::Grant::kUser:
      if (const auto uid = UidOf(grant.user())) return {*uid};
      findings.Refuse(section.At("user"),
                      absl::StrCat("This machine has no user \"", grant.user(), "\"."));
      return {};
    case file::Grant::kGroup:
      if (const auto uids = UidsOf(grant.group())) {
        if (uids->empty()) {
          findings.Warn(section.At("group"),
                        absl::StrCat("Nobody is in the group \"", grant.group(), "\"."));
        }
        return *uids;
      }
      findings.Refuse(section.At("group"),
                      absl::StrCat("This machine has no group \"", grant.group(), "\"."));
      return {};
    case file::Grant::WHO_NOT_SET:
      break;
  }
  findings.Refuse(place, "A grant names a uid, a user or a group.");
  return {};
}

std::set<Role> Roles(const file::Grant& grant, Place place, const Section& section,
                     Findings& findings) {
  if (grant.role_size() == 0) findings.Refuse(place, "A grant names at least one role.");
  std::set<Role> roles;
  for (int i = 0; i < grant.role_size(); ++i) {
    roles.insert(static_cast<Role>(grant.role(i) - file::Role_MIN));
    if (grant.role(i) == file::RAW_APDU) {
      findings.Warn(section.At("role", i),
                    "Whoever holds RAW_APDU reads whatever a citizen's card shows without a PIN.");
    }
  }
  return roles;
}

}  // namespace

std::vector<Grant> ReadGrants(const file::ConfigFile& content, const Section& section,
                              Findings& findings) {
  std::map<std::uint32_t, std::set<Role>> by_user;
  for (int i = 0; i < content.grant_size(); ++i) {
    const Place place = section.At("grant", i);
    const Section inside = section.Sub("grant", i);
    const std::set<Role> roles = Roles(content.grant(i), place, inside, findings);
    for (const std::uint32_t uid : Users(content.grant(i), place, inside, findings)) {
      by_user[uid].insert(roles.begin(), roles.end());
    }
  }
  if (content.grant_size() == 0) {
    findings.Warn({}, "There is no grant: every call will be refused.");
  }
  std::vector<Grant> grants;
  for (const auto& [uid, roles] : by_user) {
    grants.push_back({.uid = uid, .roles = {roles.begin(), roles.end()}});
  }
  return grants;
}

}  // namespace jpkid::config
