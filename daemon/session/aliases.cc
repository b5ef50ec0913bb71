#include "daemon/session/aliases.h"

#include <fnmatch.h>

#include <algorithm>
#include <utility>

#include "absl/strings/ascii.h"
#include "absl/strings/str_cat.h"

namespace jpkid::session {
namespace {

constexpr std::size_t kLongest = 63;

// "name-2": shortened where it would be too long.
std::string Numbered(const std::string& name, int number) {
  const std::string tail = absl::StrCat("-", number);
  return absl::StrCat(name.substr(0, kLongest - tail.size()), tail);
}

bool Fits(const Alias& alias, const std::string& driver_name) {
  const bool named =
      alias.driver_name.empty() || fnmatch(alias.driver_name.c_str(), driver_name.c_str(), 0) == 0;
  return named && (alias.serial.empty() || alias.serial == SerialIn(driver_name));
}

}  // namespace

std::string SerialIn(absl::string_view driver_name) {
  const std::size_t end = driver_name.rfind(')');
  const std::size_t begin = driver_name.rfind('(', end);
  if (end == absl::string_view::npos || begin == absl::string_view::npos) return "";
  return std::string(driver_name.substr(begin + 1, end - begin - 1));
}

std::string AliasFrom(absl::string_view driver_name) {
  std::string alias;
  for (const char c : driver_name) {
    if (absl::ascii_isalnum(static_cast<unsigned char>(c))) {
      alias += absl::ascii_tolower(static_cast<unsigned char>(c));
    } else if (!alias.empty() && alias.back() != '-') {
      alias += '-';
    }
  }
  alias.resize(std::min(alias.size(), kLongest));
  while (!alias.empty() && alias.back() == '-') alias.pop_back();
  return alias.empty() ? "reader" : alias;
}

Aliases::Aliases(std::vector<Alias> configured) : configured_(std::move(configured)) {}

void Aliases::Update(const std::set<std::string>& present) {
  std::set<std::string> newcomers = present;
  for (auto entry = present_.begin(); entry != present_.end();) {
    entry = newcomers.erase(entry->second) > 0 ? std::next(entry) : present_.erase(entry);
  }
  for (auto name = newcomers.begin(); name != newcomers.end();) {
    const auto had = last_.find(*name);
    const bool again = had != last_.end() && present_.emplace(had->second, *name).second;
    name = again ? newcomers.erase(name) : std::next(name);
  }
  for (const std::string& name : newcomers) {
    const std::string alias = Unused(name);
    present_[alias] = name;
    last_[name] = alias;
  }
}

bool Aliases::Knows(absl::string_view alias) const {
  return std::any_of(configured_.begin(), configured_.end(),
                     [alias](const Alias& one) { return one.alias == alias; }) ||
         std::any_of(last_.begin(), last_.end(),
                     [alias](const auto& entry) { return entry.second == alias; });
}

std::string Aliases::Unused(const std::string& driver_name) const {
  const auto fitting =
      std::find_if(configured_.begin(), configured_.end(),
                   [&driver_name](const Alias& one) { return Fits(one, driver_name); });
  const bool made = fitting == configured_.end();
  const std::string wanted = made ? AliasFrom(driver_name) : fitting->alias;
  const auto taken = [this](const std::string& alias) {
    return present_.count(alias) > 0 ||
           std::any_of(configured_.begin(), configured_.end(),
                       [&alias](const Alias& one) { return one.alias == alias; });
  };
  // A configured name is for the readers it fits, whether they are there or not.
  if (made ? !taken(wanted) : present_.count(wanted) == 0) return wanted;
  int number = 2;
  while (taken(Numbered(wanted, number))) ++number;  // Ends: there are finitely many readers.
  return Numbered(wanted, number);
}

}  // namespace jpkid::session
