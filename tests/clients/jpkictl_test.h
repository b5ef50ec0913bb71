#pragma once

#include <deque>
#include <streambuf>
#include <string>
#include <vector>

#include <gtest/gtest.h>

#include "base/file.h"
#include "base/mutex.h"
#include "clients/cli/run.h"
#include "tests/fakes/fake_daemon.h"

namespace jpkid::cli {

// A person at the terminal who gives prepared answers. A question without one fails the test.
class FakeTerminal final : public Terminal {
 public:
  ~FakeTerminal() override;
  absl::StatusOr<Secret> AskSecret(const std::string& prompt, absl::Time deadline) override;
  absl::StatusOr<std::string> Ask(const std::string& prompt, absl::Time deadline) override;

  void Answer(const std::string& text) { answers_.push_back(text); }
  const std::vector<std::string>& prompts() const { return prompts_; }

 private:
  absl::StatusOr<std::string> Next(const std::string& prompt);

  std::deque<std::string> answers_;
  std::vector<std::string> prompts_;
};

// A screen that another thread watches.
class Screen final : public std::streambuf {
 public:
  // Waits until it shows `text`; false after 20 seconds without.
  bool WaitFor(const std::string& text);
  std::string Take();

 protected:
  int_type overflow(int_type c) override;
  std::streamsize xsputn(const char* text, std::streamsize size) override;

 private:
  Mutex mutex_;
  CondVar changed_;
  std::string shown_ ABSL_GUARDED_BY(mutex_);
};

// What a command ended with.
struct Ran {
  ExitCode code = ExitCode::kFailed;
  std::string out;
  std::string err;
};

// jpkictl, end to end, against the daemon in this process.
class JpkictlTest : public testing::Test {
 protected:
  Ran Run(std::vector<std::string> arguments, const std::string& lang = "en_US.UTF-8");
  // The same, with what it says on out_ and err_ for others to see.
  Ran RunOnScreen(const std::vector<std::string>& arguments);
  // The same, with its output on `out`.
  Ran RunInto(std::ostream& out, const std::vector<std::string>& arguments);

  // A descriptor with these octets to read.
  int Descriptor(const std::string& content);
  std::string DescriptorText(const std::string& content) {
    return std::to_string(Descriptor(content));
  }
  // The path of a file with this content, that goes with the test.
  std::string File(const std::string& name, const std::string& content);
  std::string Path(const std::string& name) const;
  static std::string Content(const std::string& path);

  fakes::FakeDaemon daemon_;
  FakeTerminal terminal_;
  bool somebody_there_ = false;  // Whether there is a terminal.
  bool out_is_terminal_ = false;
  client::Interruption interruption_;
  Screen out_;
  Screen err_;

 private:
  ExitCode RunWith(const std::vector<std::string>& arguments, const std::string& lang,
                   std::ostream& out, std::ostream& err);

  std::vector<UniqueFd> descriptors_;
};

// The banner of the training environment, on standard error.
extern const char kBanner[];

}  // namespace jpkid::cli
