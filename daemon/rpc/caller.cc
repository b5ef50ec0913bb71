#include "daemon/rpc/caller.h"

#include "absl/strings/ascii.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/strip.h"

namespace jpkid::rpc {
namespace {

struct Words {
  std::string operator()(const UidCaller& caller) const { return absl::StrCat("uid:", caller.uid); }
  std::string operator()(const CertificateCaller& caller) const {
    return absl::StrCat("certificate:", caller.subject);
  }
  std::string operator()(const TestCaller& caller) const {
    return absl::StrCat("test:", caller.name);
  }
};

}  // namespace

std::string InWords(const Caller& caller) { return std::visit(Words{}, caller); }

std::string ProcessInWords(const Caller& caller) {
  const auto* process = std::get_if<UidCaller>(&caller);
  if (process == nullptr || process->pid == 0) return InWords(caller);
  return absl::StrCat(InWords(caller), " pid:", process->pid);
}

jpki::v1::Role ParseRole(absl::string_view name) {
  jpki::v1::Role role = jpki::v1::ROLE_UNSPECIFIED;
  if (!jpki::v1::Role_Parse(absl::StrCat("ROLE_", absl::AsciiStrToUpper(name)), &role)) {
    return jpki::v1::ROLE_UNSPECIFIED;
  }
  return role;
}

std::string RoleName(jpki::v1::Role role) {
  const std::string& name = jpki::v1::Role_Name(role);
  return absl::AsciiStrToLower(absl::StripPrefix(name, "ROLE_"));
}

void Roles::Grant(const Caller& caller, jpki::v1::Role role) {
  granted_[InWords(caller)].insert(role);
}

bool Roles::Holds(const Caller& caller, jpki::v1::Role role) const {
  const auto found = granted_.find(InWords(caller));
  return role != jpki::v1::ROLE_UNSPECIFIED && found != granted_.end() &&
         found->second.contains(role);
}

bool Roles::HoldsOne(const Caller& caller) const { return granted_.contains(InWords(caller)); }

}  // namespace jpkid::rpc
