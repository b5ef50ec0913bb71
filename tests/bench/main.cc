// jpki-bench: what the card is asked to do (deterministic), and what the daemon costs beside direct
// PC/SC (timed). README.md says how to run it and keeps the last figures.

#include <unistd.h>

#include <cstdio>
#include <cstdlib>
#include <exception>
#include <string>
#include <vector>

#include <benchmark/benchmark.h>
#include <gtest/gtest.h>

#include "tests/bench/share_client.h"

namespace {

constexpr char kHelp[] =
    R"(jpki-bench: what the card is asked to do, and what the daemon costs beside direct PC/SC

  jpki-bench                                    everything that can run here
  jpki-bench --benchmark_filter=-RoundTrip      the counted figures alone: the same on every machine
  jpki-bench --benchmark_format=json            JSON on standard output
  jpki-bench --benchmark_out=FILE               JSON into FILE, text on standard output
  jpki-bench --benchmark_list_tests             what there is

RoundTrip wants a pcscd with two virtual readers, which this starts and stops:

  tests/system/pcscd_stack.py --readers 2 -- build/release/bin/jpki-bench

Clients that share a reader, through the daemon and through pcscd alone:

  jpki-bench share                              12 minutes; --help says what can be chosen
  jpki-bench share -o json                      JSON
  jpki-bench share --full                       the whole matrix: hours

All other --benchmark_ options of Google Benchmark hold too. Times of counted figures mean nothing.
)";

// Becomes the script that starts the processes of `share`.
int Share(int argc, char** argv) {
  std::string script = SHARE_SCRIPT;
  std::vector<char*> words = {script.data()};
  words.insert(words.end(), argv + 2, argv + argc);
  words.push_back(nullptr);
  char self[4096] = {};
  if (readlink("/proc/self/exe", self, sizeof self - 1) < 0) return 1;
  setenv("JPKID_BENCH", self, 1);
  execv(script.c_str(), words.data());
  std::perror(SHARE_SCRIPT);
  return 1;
}

}  // namespace

int main(int argc, char** argv) {
  const std::string command = argc > 1 ? argv[1] : "";
  if (command == "share") return Share(argc, argv);
  if (command == "share-client") return jpkid::ShareClient(argc - 1, argv + 1);
  benchmark::Initialize(&argc, argv, [] { std::fputs(kHelp, stdout); });
  if (benchmark::ReportUnrecognizedArguments(argc, argv)) return 2;
  testing::InitGoogleTest();
  // Measurements share the tests' fixtures; what these find wrong ends the program.
  testing::GTEST_FLAG(throw_on_failure) = true;
  try {
    benchmark::RunSpecifiedBenchmarks();
  } catch (const std::exception& failure) {
    std::fprintf(stderr, "jpki-bench: %s\n", failure.what());
    return 1;  // What was started has been stopped.
  }
  benchmark::Shutdown();
  return 0;
}
