#pragma once

#include <cstdint>
#include <optional>
#include <set>
#include <string>

namespace jpkid::config {

// From the machine's user database; nothing for names it does not have.
std::optional<std::uint32_t> UidOf(const std::string& user);

// The users whose group it is, their first one or a further one.
std::optional<std::set<std::uint32_t>> UidsOf(const std::string& group);

}  // namespace jpkid::config
