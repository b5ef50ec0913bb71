#include "hal/trace/trace.h"

#include <unistd.h>

#include <gtest/gtest.h>

namespace jpkid::hal::trace {
namespace {

TEST(TraceTest, WritesOneLineEach) {
  const std::string path = testing::TempDir() + "/trace-" + std::to_string(getpid()) + ".jsonl";
  unlink(path.c_str());
  {
    const auto trace = Trace::Open(path);
    ASSERT_TRUE(trace.ok());
    ApduRecord record = Scribe().Describe(*FromHex("00200080"), ANSWERED, *FromHex("63C3"));
    (*trace)->Write(record);
    record.set_model_ns(25'000'000);
    record.set_reader("A 00");
    (*trace)->Write(record);
  }
  EXPECT_EQ(AsText(*ReadFile(path, 4096)),
            "{\"number\":\"1\",\"instruction\":\"VERIFY\",\"header\":\"00200080\",\"sw\":\"63C3\"}"
            "\n"
            "{\"number\":\"2\",\"instruction\":\"VERIFY\",\"header\":\"00200080\",\"sw\":\"63C3\","
            "\"model_ns\":\"25000000\",\"reader\":\"A 00\"}\n");
}

}  // namespace
}  // namespace jpkid::hal::trace
