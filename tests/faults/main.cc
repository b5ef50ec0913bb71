// jpki-faults: every fault point of issue and renewal, one after the other: what the journal
// promises is shown, not believed.

#include <unistd.h>

#include <algorithm>
#include <atomic>
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <set>
#include <string>
#include <thread>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include <CLI/CLI.hpp>
#include <gtest/gtest.h>

#include "base/log.h"
#include "daemon/ca/test_ca.h"
#include "daemon/workflow/workflow.h"
#include "hal/sim/card_store.h"
#include "hal/sim/test_card.h"
#include "tests/faults/rehearsal.h"

namespace jpkid::faults {
namespace {

constexpr int kWrongUsage = 2;  // As jpkictl says it.

constexpr Scenario kScenarios[] = {Scenario::kIssue,      Scenario::kRenew,
                                   Scenario::kUndo,       Scenario::kUndoRenewal,
                                   Scenario::kUndoSecond, Scenario::kUndoDirect};

struct Options {
  std::string scenario;  // Empty: all.
  // A rehearsal waits most of its time: for the daemon's pauses, for a reader that hangs.
  int threads = std::min(16, 8 * static_cast<int>(std::thread::hardware_concurrency()));
  int every = 1;
  bool list = false;
};

struct Tally {
  std::atomic<int> points = 0;
  std::atomic<int> recovered = 0;
  std::atomic<int> lost = 0;
  std::atomic<int> doubled = 0;
};

// What stands between a process that is killed and its files is the same in memory as on a disk,
// and fsync is not what is rehearsed. TEST_TMPDIR takes it elsewhere.
std::string WorkingDirectory() {
  constexpr char kMemory[] = "/dev/shm";
  const bool chosen = std::getenv("TEST_TMPDIR") != nullptr;
  const bool memory = !chosen && access(kMemory, W_OK) == 0;
  return absl::StrCat(memory ? kMemory : testing::TempDir(), "/jpki-faults.", getpid());
}

// Cards and authorities as the rehearsals find them, and where they work.
class Stage {
 public:
  Stage() : directory_(WorkingDirectory()) {
    std::filesystem::remove_all(directory_);
    std::filesystem::create_directories(directory_);
    setenv("TEST_TMPDIR", directory_.c_str(), 1);  // No other thread runs yet.
    MakeCard(other_card(), "999999999999999", true);
    new_ = Begin("new", true);
    issued_ = Issue(new_, "issued");
    direct_ = Issue(Begin("new-direct", false), "direct");
  }
  ~Stage() { std::filesystem::remove_all(directory_); }

  const Opening& opening(Scenario scenario) const {
    if (scenario == Scenario::kIssue || scenario == Scenario::kUndo) return new_;
    return scenario == Scenario::kUndoDirect ? direct_ : issued_;
  }
  std::string other_card() const { return directory_ + "/other.bin"; }

 private:
  // A new card, and an authority that has issued nothing.
  Opening Begin(const std::string& name, bool staged) const {
    const std::string directory = absl::StrCat(directory_, "/", name);
    std::filesystem::create_directories(directory);
    MakeCard(directory + "/card.bin", "", staged);
    ca::TestCa authority("faults-" + name);
    authority.Close();
    std::filesystem::copy(authority.directory(), directory + "/ca");
    return {.directory = directory, .authority = directory + "/ca", .issued = {}};
  }

  // The same once both certificates are on the card.
  Opening Issue(const Opening& begun, const std::string& name) const {
    Rehearsal issue(Scenario::kIssue, begun, "faults-opening-" + name);
    const Verdict verdict = issue.Run(std::nullopt);
    if (!verdict.recovered()) std::fprintf(stderr, "the opening: %s\n", verdict.what.c_str());
    return issue.KeepAs(absl::StrCat(directory_, "/", name));
  }

  static void MakeCard(const std::string& path, const std::string& serial, bool staged) {
    hal::sim::CardOrder order = hal::sim::TestOrder();
    order.staged = staged;
    order.card_expiry = "20400217";
    order.auth_pin = Secret();
    order.signature_pin = Secret();
    if (!serial.empty()) order.serial = serial;
    (void)hal::sim::CardStore::Create(path, hal::sim::MakeCardImage(order).value()).value();
  }

  const std::string directory_;
  Opening new_;
  Opening issued_;
  Opening direct_;
};

// A run that nothing disturbs: how often the daemon acts, in which steps.
Acts Probe(Scenario scenario, const Stage& stage, std::set<std::string>& steps) {
  Rehearsal rehearsal(scenario, stage.opening(scenario), absl::StrCat("probe-", Name(scenario)));
  const Verdict verdict = rehearsal.Run(std::nullopt);
  if (!verdict.recovered()) {
    std::printf("%s, undisturbed: %s\n", Name(scenario), verdict.what.c_str());
  }
  const Trap& trap = rehearsal.trap();
  const Acts acts = {.card = trap.count(Site::kCard),
                     .unidentified = trap.steps(Site::kCard)[""],
                     .authority = trap.count(Site::kAuthority),
                     .store = trap.count(Site::kStore)};
  std::printf("%s: %d APDUs, %d messages, %d writes\n", Name(scenario), acts.card, acts.authority,
              acts.store);
  for (const auto& [step, count] : trap.steps(Site::kStore)) {
    const std::pair<std::string, std::string> name = absl::StrSplit(step, absl::MaxSplits(' ', 1));
    steps.insert(name.first);
    std::printf("  %-24s %3d %3d %3d\n", step.empty() ? "begin" : step.c_str(),
                trap.steps(Site::kCard)[step], trap.steps(Site::kAuthority)[step], count);
  }
  return acts;
}

void Rehearse(Scenario scenario, const Stage& stage, const FaultPoint& point, int number,
              Tally& tally) {
  Rehearsal rehearsal(scenario, stage.opening(scenario), absl::StrCat("faults-", number));
  const Verdict verdict = rehearsal.Run(point);
  ++tally.points;
  if (verdict.recovered()) ++tally.recovered;
  if (verdict.lost) ++tally.lost;
  if (verdict.doubled) ++tally.doubled;
  if (verdict.recovered()) return;
  std::printf("%s, %s (%s): %s\n", Name(scenario), InWords(point).c_str(), verdict.step.c_str(),
              verdict.what.c_str());
  std::fflush(stdout);
}

void RehearseAll(Scenario scenario, const Stage& stage, const std::vector<FaultPoint>& points,
                 const Options& options, Tally& tally) {
  std::atomic<std::size_t> next = 0;
  static std::atomic<int> number = 0;
  std::vector<std::thread> threads;
  for (int i = 0; i < options.threads; ++i) {
    threads.emplace_back([&] {
      for (std::size_t k = next++; k < points.size(); k = next++) {
        Rehearse(scenario, stage, points[k], ++number, tally);
      }
    });
  }
  for (std::thread& thread : threads) thread.join();
}

int Run(const Options& options) {
  const Stage stage;
  std::set<std::string> steps;
  Tally tally;
  for (const Scenario scenario : kScenarios) {
    const bool wanted = options.scenario.empty() || options.scenario == Name(scenario);
    if (!wanted) continue;
    const Acts acts = Probe(scenario, stage, steps);
    std::vector<FaultPoint> points;
    int index = 0;
    for (FaultPoint& point : AllFaultPoints(acts, stage.other_card())) {
      if (index++ % options.every == 0) points.push_back(std::move(point));
    }
    if (!options.list) {
      RehearseAll(scenario, stage, points, options, tally);
      continue;
    }
    for (const FaultPoint& point : points) {
      std::printf("%s, %s\n", Name(scenario), InWords(point).c_str());
    }
  }
  bool complete = true;
  for (const workflow::StepRow& row : workflow::Table()) {
    if (!options.scenario.empty() || row.step == workflow::Step::kEnded) continue;
    if (steps.contains(std::string(row.name))) continue;
    std::printf("step %s: no fault point reaches it\n", std::string(row.name).c_str());
    complete = false;
  }
  if (options.list) return complete ? 0 : 1;
  std::printf("%d fault points, %d recovered, %d lost, %d doubled\n", tally.points.load(),
              tally.recovered.load(), tally.lost.load(), tally.doubled.load());
  return complete && tally.points == tally.recovered ? 0 : 1;
}

int Main(int argc, char** argv) {
  std::vector<std::string> names;
  for (const Scenario scenario : kScenarios) names.push_back(Name(scenario));
  CLI::App app(
      "Every fault point of issue, renewal and their undoing: at each APDU, each message to the\n"
      "authority and each write of the store, everything that can go wrong there. After each the\n"
      "card works with the old or the new certificate, the authority's book agrees with it, and\n"
      "no PIN was tried twice or written down.",
      "jpki-faults");
  Options options;
  app.add_option("--scenario", options.scenario, "One of them alone")->check(CLI::IsMember(names));
  app.add_option("--threads", options.threads, "Rehearsals at once")->check(CLI::Range(1, 64));
  app.add_option("--every", options.every, "Only each N-th fault point: a sample")
      ->check(CLI::Range(1, 100000))
      ->type_name("N");
  app.add_flag("--list", options.list, "Say what would be done, and end");
  app.footer("Exit code 0 when every fault point was recovered from.");
  try {
    app.parse(argc, argv);
  } catch (const CLI::ParseError& error) {
    return app.exit(error) == 0 ? 0 : kWrongUsage;
  }
  StartLogging();
  SetLogLevel(LogLevel::kError);
  return Run(options);
}

}  // namespace
}  // namespace jpkid::faults

int main(int argc, char** argv) { return jpkid::faults::Main(argc, argv); }
