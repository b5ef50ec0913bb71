#pragma once

#include <unistd.h>

#include <filesystem>
#include <fstream>
#include <string>

#include <gtest/gtest.h>

#include "daemon/config/config.h"

// What the tests of this room share.
namespace jpkid::config {

// Reads texts as if they were files.
class ConfigFixture : public ::testing::Test {
 protected:
  static constexpr char kDataDir[] = "/srv/data";

  ~ConfigFixture() override { std::filesystem::remove(path_); }

  absl::StatusOr<Config> Read(const std::string& text, const std::string& data_dir = kDataDir) {
    std::ofstream(path_) << text;
    return ReadConfig(path_, data_dir);
  }

  // What is said of the text, with FILE for the file's name.
  std::string Refusal(const std::string& text) { return Anonymous(Read(text).status()); }

  std::string Anonymous(const absl::Status& status) {
    EXPECT_EQ(status.code(), absl::StatusCode::kInvalidArgument);
    return Anonymous(std::string(status.message()));
  }
  std::string Anonymous(std::string text) const {
    for (auto at = text.find(path_); at != std::string::npos; at = text.find(path_)) {
      text.replace(at, path_.size(), "FILE");
    }
    return text;
  }

  const std::string path_ =
      ::testing::TempDir() + "jpkid-config-" + std::to_string(getpid()) + ".textproto";
};

}  // namespace jpkid::config
