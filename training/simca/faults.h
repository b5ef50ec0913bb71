#pragma once

#include <random>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/strings/string_view.h"
#include "absl/time/time.h"

#include "base/mutex.h"

namespace jpkid::simca {

// What goes wrong with the messages to come, as the control socket is told. Thread-safe.
class Faults {
 public:
  // What happens to one message.
  struct Fate {
    absl::Duration delay;
    bool lose_request = false;  // Nobody reads it.
    bool lose_answer = false;   // All is done, and nobody hears of it.
    bool garble = false;        // An octet of the answer is another one.
    bool cut = false;           // The answer is no message at all.
    bool busy = false;          // HTTP 503.
    bool refuse = false;        // The authority says no.
    bool not_now = false;       // The authority says: not now (systemUnavail).
    bool impostor = false;      // A citizen's certificate signs the answer.
  };

  // A line: "FAULT [TYPE] [COUNT]", TYPE one of p10cr, pollReq, certConf, rr, any (the default);
  // "delay MILLISECONDS [TYPE] [COUNT]"; "outage on|off"; "polls COUNT SECONDS"; "chaos PERMILLE
  // SEED": so many of a thousand messages are delayed, lost or put off; "clear".
  absl::Status Obey(absl::string_view line);

  Fate Next(absl::string_view type);

  // How often a new request has to be asked after, and when.
  struct Polls {
    int count = 0;
    int seconds = 1;
  };
  Polls polls() const;

 private:
  struct Fault {
    std::string what;
    std::string type;
    int left = 1;
    absl::Duration delay;
  };
  static void Apply(const Fault& fault, Fate& fate);
  void Stir(Fate& fate) ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_);
  absl::Status AddFault(const std::vector<std::string>& words);
  absl::Status Set(const std::vector<std::string>& words);

  mutable Mutex mutex_;
  std::vector<Fault> faults_ ABSL_GUARDED_BY(mutex_);
  bool outage_ ABSL_GUARDED_BY(mutex_) = false;
  Polls polls_ ABSL_GUARDED_BY(mutex_);
  int permille_ ABSL_GUARDED_BY(mutex_) = 0;
  std::mt19937_64 chance_ ABSL_GUARDED_BY(mutex_);
};

}  // namespace jpkid::simca
