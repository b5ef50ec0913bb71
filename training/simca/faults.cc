#include "training/simca/faults.h"

#include <algorithm>
#include <random>

#include "absl/strings/numbers.h"
#include "absl/strings/str_split.h"

namespace jpkid::simca {
namespace {

constexpr absl::string_view kTypes[] = {"p10cr", "pollReq", "certConf", "rr", "any"};
constexpr int kMostMilliseconds = 600'000;
constexpr int kMostChaosMilliseconds = 300;

struct Name {
  absl::string_view name;
  bool Faults::Fate::*flag;
};
constexpr Name kNames[] = {{"lose-request", &Faults::Fate::lose_request},
                           {"lose-answer", &Faults::Fate::lose_answer},
                           {"garble", &Faults::Fate::garble},
                           {"cut", &Faults::Fate::cut},
                           {"busy", &Faults::Fate::busy},
                           {"refuse", &Faults::Fate::refuse},
                           {"not-now", &Faults::Fate::not_now},
                           {"impostor", &Faults::Fate::impostor}};

absl::Status Misunderstood() {
  return absl::InvalidArgumentError(
      "FAULT [TYPE] [COUNT] | delay MS [TYPE] [COUNT] | outage on|off | polls COUNT SECONDS |"
      " chaos PERMILLE SEED | clear; FAULT: lose-request lose-answer garble cut busy refuse not-now"
      " impostor; TYPE: p10cr pollReq certConf rr any");
}

bool Number(const std::string& word, int most, int& number) {
  return absl::SimpleAtoi(word, &number) && number >= 0 && number <= most;
}

}  // namespace

absl::Status Faults::Obey(absl::string_view line) {
  const std::vector<std::string> words = absl::StrSplit(line, ' ', absl::SkipEmpty());
  if (words.empty()) return Misunderstood();
  if (words[0] == "outage" || words[0] == "polls" || words[0] == "chaos" || words[0] == "clear") {
    return Set(words);
  }
  return AddFault(words);
}

absl::Status Faults::Set(const std::vector<std::string>& words) {
  int first = 0;
  int second = 0;
  const bool two = words.size() == 3 && Number(words[1], 1'000'000, first) &&
                   Number(words[2], 1'000'000, second);
  const MutexLock lock(mutex_);
  if (words[0] == "clear" && words.size() == 1) {
    faults_.clear();
    outage_ = false;
    permille_ = 0;
    polls_ = {};
  } else if (words[0] == "outage" && words.size() == 2 && (words[1] == "on" || words[1] == "off")) {
    outage_ = words[1] == "on";
  } else if (words[0] == "polls" && two) {
    polls_ = {.count = first, .seconds = std::max(second, 1)};
  } else if (words[0] == "chaos" && two && first <= 1000) {
    permille_ = first;
    chance_.seed(static_cast<std::uint64_t>(second));
  } else {
    return Misunderstood();
  }
  return absl::OkStatus();
}

absl::Status Faults::AddFault(const std::vector<std::string>& words) {
  Fault fault = {.what = words[0], .type = "any", .delay = absl::ZeroDuration()};
  std::size_t next = 1;
  int milliseconds = 0;
  if (fault.what == "delay") {
    if (words.size() < 2 || !Number(words[next++], kMostMilliseconds, milliseconds)) {
      return Misunderstood();
    }
    fault.delay = absl::Milliseconds(milliseconds);
  } else if (std::none_of(std::begin(kNames), std::end(kNames),
                          [&](const Name& row) { return row.name == fault.what; })) {
    return Misunderstood();
  }
  if (next < words.size() &&
      std::find(std::begin(kTypes), std::end(kTypes), words[next]) != std::end(kTypes)) {
    fault.type = words[next++];
  }
  if (next < words.size() && !Number(words[next++], 1'000'000, fault.left)) return Misunderstood();
  if (next != words.size()) return Misunderstood();
  const MutexLock lock(mutex_);
  faults_.push_back(std::move(fault));
  return absl::OkStatus();
}

void Faults::Apply(const Fault& fault, Fate& fate) {
  fate.delay += fault.delay;
  for (const Name& row : kNames) {
    if (row.name == fault.what) fate.*row.flag = true;
  }
}

void Faults::Stir(Fate& fate) {
  if (std::uniform_int_distribution(0, 999)(chance_) >= permille_) return;
  switch (std::uniform_int_distribution(0, 3)(chance_)) {
    case 0:
      fate.delay +=
          absl::Milliseconds(std::uniform_int_distribution(1, kMostChaosMilliseconds)(chance_));
      break;
    case 1:
      fate.lose_request = true;
      break;
    case 2:
      fate.lose_answer = true;
      break;
    default:
      fate.busy = true;
  }
}

Faults::Fate Faults::Next(absl::string_view type) {
  const MutexLock lock(mutex_);
  Fate fate;
  if (outage_) fate.lose_request = true;
  for (Fault& fault : faults_) {
    if (fault.left == 0 || (fault.type != "any" && fault.type != type)) continue;
    --fault.left;
    Apply(fault, fate);
  }
  std::erase_if(faults_, [](const Fault& fault) { return fault.left == 0; });
  if (permille_ > 0) Stir(fate);
  return fate;
}

Faults::Polls Faults::polls() const {
  const MutexLock lock(mutex_);
  return polls_;
}

}  // namespace jpkid::simca
