#pragma once

#include <functional>
#include <string>
#include <vector>

// What the daemon's other rooms say of a configuration. Part of the door, config.h.
namespace jpkid::config {

struct Config;

// What is wrong with a setting that only other rooms can judge.
struct Objection {
  std::string setting;   // "readers.simulated.reader[0].faults"
  std::string sentence;  // With its full stop.
};
using Examination = std::function<std::vector<Objection>(const Config&)>;

}  // namespace jpkid::config
