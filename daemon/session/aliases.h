#pragma once

#include <map>
#include <set>
#include <string>
#include <vector>

#include "absl/strings/string_view.h"

#include "daemon/session/session.h"

namespace jpkid::session {

// Which reader has which alias. The first configured one that fits decides, by a glob of the
// driver's name, the serial number in it, or both; a reader none fits is called after its driver's
// name, "Virtual PCD 00 00" → "virtual-pcd-00-00". Equal names are numbered. A reader that comes
// back gets the alias it had, unless another has it by now.
class Aliases {
 public:
  explicit Aliases(std::vector<Alias> configured);

  // Takes note of the readers there are, by driver's name.
  void Update(const std::set<std::string>& present);

  // The driver's names of the readers present, by alias.
  const std::map<std::string, std::string>& present() const { return present_; }

  // Whether a reader has ever had this alias, or is to have it.
  bool Knows(absl::string_view alias) const;

 private:
  std::string Unused(const std::string& driver_name) const;

  const std::vector<Alias> configured_;
  std::map<std::string, std::string> present_;  // Alias → driver's name.
  std::map<std::string, std::string> last_;     // Driver's name → alias, of all ever seen.
};

// The serial number in a driver's name. pcsc-lite makes it "PRODUCT [INTERFACE] (SERIAL) INDEX
// SLOT" of what a USB reader tells of itself, so no driver has to be asked. Empty: none.
std::string SerialIn(absl::string_view driver_name);

// [a-z0-9-]{1,63} made from any text.
std::string AliasFrom(absl::string_view driver_name);

}  // namespace jpkid::session
