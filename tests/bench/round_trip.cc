// What a command costs through the daemon beside direct PC/SC, in one run: each round measures all
// of them one after the other, and only the ratios of a round are compared.

#include <unistd.h>

#include <algorithm>
#include <chrono>
#include <cstdlib>
#include <filesystem>
#include <stdexcept>
#include <vector>

#include "absl/functional/function_ref.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include <benchmark/benchmark.h>
#include <gtest/gtest.h>

#include "daemon/card/exchange.h"
#include "daemon/certs/certs.h"
#include "hal/sim/card_store.h"
#include "hal/sim/test_card.h"
#include "tests/bench/direct_card.h"
#include "tests/bench/measured_daemon.h"

namespace jpkid {
namespace {

constexpr int kRounds = 11;
constexpr int kCallsPerRound = 300;
constexpr std::uint16_t kTriesLeft = 0x63C0;

// A directory for one measurement.
class Directory {
 public:
  Directory() : path_(absl::StrCat(testing::TempDir(), "jpki-bench.", getpid())) {
    for (const char* each : {"direct", "pcscd", "process"}) {
      std::filesystem::create_directories(Of(each));
      const auto card = hal::sim::CardStore::Create(Card(each), hal::sim::IssuedImage());
      EXPECT_TRUE(card.ok()) << card.status();
    }
  }
  ~Directory() { std::filesystem::remove_all(path_); }

  std::string Of(const std::string& name) const { return path_ + "/" + name; }
  std::string Card(const std::string& name) const { return Of(name) + "/card.bin"; }

 private:
  const std::string path_;
};

// The same card three times: behind pcscd alone, behind pcscd and a daemon, in a daemon.
class Bench {
 public:
  Bench(const std::vector<std::string>& readers, const std::vector<std::string>& vpcd)
      : direct_process_({SIMCARD, "run", "--card", directory_.Card("direct"), "--vpcd", vpcd[0]}),
        pcscd_process_({SIMCARD, "run", "--card", directory_.Card("pcscd"), "--vpcd", vpcd[1]}),
        direct_(readers[0]),
        through_pcscd_(directory_.Of("pcscd"), "pcsc {}", readers[1]),
        in_process_(directory_.Of("process"),
                    absl::StrCat("simulated { reader { name: 'Simulated 00' card_file: '",
                                 directory_.Card("process"), "' } }"),
                    "Simulated 00") {
    EXPECT_EQ(direct_.Transmit(FromHex(hal::sim::kSelectJpki).value()), 0x9000);
  }

  // What the daemon sends for one GetPinStatus.
  void AskDirectly() {
    for (const certs::Kind kind : certs::kAllKinds) {
      const std::uint8_t file = card::ShortReference(certs::Row(kind).pin_file);
      const std::uint8_t verify[] = {0x00, 0x20, 0x00, file};
      EXPECT_EQ(direct_.Transmit(verify) & 0xFFF0, kTriesLeft);
    }
  }
  void AskThroughPcscd() { through_pcscd_.AskPinStatus(); }
  void AskInProcess() { in_process_.AskPinStatus(); }

 private:
  const Directory directory_;
  const hal::ChildProcess direct_process_;
  const hal::ChildProcess pcscd_process_;
  DirectCard direct_;
  MeasuredDaemon through_pcscd_;
  MeasuredDaemon in_process_;
};

// Microseconds of one call of `ask`, the mean of a round.
double Microseconds(absl::FunctionRef<void()> ask) {
  const auto start = std::chrono::steady_clock::now();
  for (int i = 0; i < kCallsPerRound; ++i) ask();
  const std::chrono::duration<double, std::micro> took = std::chrono::steady_clock::now() - start;
  return took.count() / kCallsPerRound;
}

double Median(std::vector<double> values) {
  const auto middle = values.begin() + static_cast<std::ptrdiff_t>(values.size() / 2);
  std::nth_element(values.begin(), middle, values.end());
  return *middle;
}

// Between the worst and the best round, in parts of the median.
double Spread(const std::vector<double>& values) {
  const auto [least, most] = std::minmax_element(values.begin(), values.end());
  return (*most - *least) / Median(values);
}

struct Series {
  std::vector<double> us;     // Of a call with two commands.
  std::vector<double> ratio;  // To the direct call of the same round.
};

void Show(benchmark::State& state, const std::string& name, const Series& series) {
  state.counters[name + "_us_per_apdu"] = Median(series.us) / MeasuredDaemon::kCommands;
  state.counters[name + "_ratio_per_apdu"] = Median(series.ratio);
  state.counters[name + "_ratio_spread"] = Spread(series.ratio);
}

void RoundTrip(benchmark::State& state) {
  const char* readers = std::getenv("JPKID_TEST_READERS");
  const char* vpcd = std::getenv("JPKID_TEST_VPCD");
  if (readers == nullptr || vpcd == nullptr) {
    throw std::runtime_error(
        "RoundTrip needs tests/system/pcscd_stack.py --readers 2 -- jpki-bench");
  }
  Bench bench(absl::StrSplit(readers, ','), absl::StrSplit(vpcd, ','));
  std::vector<double> direct;
  Series through_pcscd;
  Series in_process;
  const auto round = [&] {
    direct.push_back(Microseconds([&bench] { bench.AskDirectly(); }));
    through_pcscd.us.push_back(Microseconds([&bench] { bench.AskThroughPcscd(); }));
    in_process.us.push_back(Microseconds([&bench] { bench.AskInProcess(); }));
    through_pcscd.ratio.push_back(through_pcscd.us.back() / direct.back());
    in_process.ratio.push_back(in_process.us.back() / direct.back());
  };
  bench.AskThroughPcscd();  // Opens the card and selects, once.
  bench.AskInProcess();
  for (auto _ : state) round();
  state.counters["direct_us_per_apdu"] = Median(direct) / MeasuredDaemon::kCommands;
  Show(state, "daemon_over_pcscd", through_pcscd);
  Show(state, "daemon_in_process", in_process);
  // P4: one unary call, whatever it holds, against one SCardTransmit.
  state.counters["call_in_process_to_one_apdu"] =
      Median(in_process.ratio) * MeasuredDaemon::kCommands;
}
BENCHMARK(RoundTrip)->Iterations(kRounds)->Unit(benchmark::kMillisecond);

}  // namespace
}  // namespace jpkid
