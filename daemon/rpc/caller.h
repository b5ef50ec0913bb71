#pragma once

#include <cstdint>
#include <map>
#include <set>
#include <string>
#include <variant>
#include <vector>

#include "absl/strings/string_view.h"

#include "jpki/v1/annotations.pb.h"

// Who calls, and what he may do.
namespace jpkid::rpc {

// A process on this machine, as the kernel vouches for it (SO_PEERCRED).
struct UidCaller {
  std::uint32_t uid = 0;
  std::int32_t pid = 0;  // As of when it connected; tells a user's programs apart, no more.
};

// The holder of a client certificate, as TLS vouches for him.
struct CertificateCaller {
  std::string subject;  // RFC 2253.
};

// Somebody a test says is calling.
struct TestCaller {
  std::string name;
};

using Caller = std::variant<UidCaller, CertificateCaller, TestCaller>;

// "uid:1000", "certificate:CN=…", "test:…": for logs, for the store, for those who wait.
std::string InWords(const Caller& caller);

// The same with the process, where it is known: "uid:1000 pid:4711". For turns at a reader, which
// the programs of one user take as so many clients.
std::string ProcessInWords(const Caller& caller);

// A role by its name in lower case: "clerk". ROLE_UNSPECIFIED where there is none.
jpki::v1::Role ParseRole(absl::string_view name);

// The same back.
std::string RoleName(jpki::v1::Role role);

// Who holds which role. Nobody holds one that was not granted.
class Roles {
 public:
  void Grant(const Caller& caller, jpki::v1::Role role);
  bool Holds(const Caller& caller, jpki::v1::Role role) const;
  // Whether the caller holds any role at all.
  bool HoldsOne(const Caller& caller) const;

 private:
  std::map<std::string, std::set<jpki::v1::Role>> granted_;  // By the caller in words.
};

}  // namespace jpkid::rpc
