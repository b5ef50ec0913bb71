// jpki-bench: what the card is asked to do (deterministic), and what the daemon costs beside direct
// PC/SC (timed). README.md says how to run it and keeps the last figures.

#include <unistd.h>

#include <cstdio>
#include <cstdlib>
#include <exception>
#include <filesystem>
#include <regex>
#include <string>
#include <system_error>
#include <utility>
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

RoundTrip wants a pcscd with two virtual readers, which is started and stopped for it.

Clients that share a reader, through the daemon and through pcscd alone:

  jpki-bench share                              12 minutes; --help says what can be chosen
  jpki-bench share -o json                      JSON
  jpki-bench share --full                       the whole matrix: hours

All other --benchmark_ options of Google Benchmark hold too. Times of counted figures mean nothing.
)";

// Becomes the program that `words` call. Returns only when there is none: an exit code.
int Become(std::vector<std::string> words) {
  std::vector<char*> pointers;
  for (std::string& word : words) pointers.push_back(word.data());
  pointers.push_back(nullptr);
  execv(pointers[0], pointers.data());
  std::perror(pointers[0]);
  return 1;
}

std::string Self() {
  std::error_code error;
  return std::filesystem::read_symlink("/proc/self/exe", error);
}

// Becomes the script that starts the processes of `share`.
int Share(const std::vector<std::string>& options) {
  std::vector<std::string> words = {SHARE_SCRIPT};
  words.insert(words.end(), options.begin(), options.end());
  setenv("JPKID_BENCH", Self().c_str(), 1);
  return Become(std::move(words));
}

// Whether RoundTrip will run, and in an environment without the readers that it wants.
bool LacksReaders(const std::vector<std::string>& options) {
  if (std::getenv("JPKID_TEST_READERS") != nullptr) return false;
  for (const std::string& option : options) {
    if (option.starts_with("--benchmark_list_tests")) return false;
  }
  std::string filter = benchmark::GetBenchmarkFilter();  // As Google Benchmark takes it.
  if (filter.empty() || filter == "all") return true;
  const bool without = filter.starts_with('-');
  return std::regex_search("RoundTrip/iterations:11", std::regex(filter.substr(without))) !=
         without;
}

// Becomes the script that starts a pcscd with two readers and runs this again beside it.
int WithReaders(const std::vector<std::string>& options) {
  std::vector<std::string> words = {STACK_SCRIPT, "--readers", "2", "--", Self()};
  words.insert(words.end(), options.begin(), options.end());
  return Become(std::move(words));
}

}  // namespace

int main(int argc, char** argv) {
  const std::vector<std::string> options(argv + 1, argv + argc);
  const std::string command = options.empty() ? "" : options[0];
  if (command == "share") return Share({options.begin() + 1, options.end()});
  if (command == "share-client") return jpkid::ShareClient(argc - 1, argv + 1);
  benchmark::Initialize(&argc, argv, [] { std::fputs(kHelp, stdout); });
  if (benchmark::ReportUnrecognizedArguments(argc, argv)) return 2;
  if (LacksReaders(options)) return WithReaders(options);
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
