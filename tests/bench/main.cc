// jpki-bench: what the card is asked to do (deterministic), and what the daemon costs beside direct
// PC/SC (timed). README.md says how to run it and keeps the last figures.

#include <cstdio>
#include <exception>

#include <benchmark/benchmark.h>
#include <gtest/gtest.h>

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

All other --benchmark_ options of Google Benchmark hold too. Times of counted figures mean nothing.
)";

}  // namespace

int main(int argc, char** argv) {
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
