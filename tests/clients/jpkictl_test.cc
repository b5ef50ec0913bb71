#include "tests/clients/jpkictl_test.h"

#include <fcntl.h>
#include <unistd.h>

#include <fstream>
#include <sstream>
#include <utility>

#include "base/status.h"
#include "base/steady_time.h"

namespace jpkid::cli {

const char kBanner[] = "*** TRAINING: nothing made here is valid anywhere ***\n";

FakeTerminal::~FakeTerminal() { EXPECT_TRUE(answers_.empty()) << "answers nobody asked for"; }

absl::StatusOr<std::string> FakeTerminal::Next(const std::string& prompt) {
  prompts_.push_back(prompt);
  if (answers_.empty()) {
    ADD_FAILURE() << "unexpected question: " << prompt;
    return absl::CancelledError("nobody answers");
  }
  std::string answer = std::move(answers_.front());
  answers_.pop_front();
  return answer;
}

absl::StatusOr<Secret> FakeTerminal::AskSecret(const std::string& prompt, absl::Time) {
  JPKID_ASSIGN_OR_RETURN(std::string answer, Next(prompt));
  return Secret::Take(answer);
}

absl::StatusOr<std::string> FakeTerminal::Ask(const std::string& prompt, absl::Time) {
  return Next(prompt);
}

bool Screen::WaitFor(const std::string& text) {
  const MutexLock lock(mutex_);
  const absl::Time deadline = SteadyNow() + absl::Seconds(20);
  while (shown_.find(text) == std::string::npos) {
    if (!changed_.WaitUntil(mutex_, deadline)) return false;
  }
  return true;
}

std::string Screen::Take() {
  const MutexLock lock(mutex_);
  return std::exchange(shown_, "");
}

Screen::int_type Screen::overflow(int_type c) {
  const char one = traits_type::to_char_type(c);
  xsputn(&one, 1);
  return c;
}

std::streamsize Screen::xsputn(const char* text, std::streamsize size) {
  const MutexLock lock(mutex_);
  shown_.append(text, static_cast<std::size_t>(size));
  changed_.NotifyAll();
  return size;
}

Ran JpkictlTest::Run(std::vector<std::string> arguments, const std::string& lang) {
  std::ostringstream out;
  std::ostringstream err;
  const ExitCode code = RunWith(arguments, lang, out, err);
  return {.code = code, .out = out.str(), .err = err.str()};
}

Ran JpkictlTest::RunOnScreen(const std::vector<std::string>& arguments) {
  std::ostream out(&out_);
  std::ostream err(&err_);
  const ExitCode code = RunWith(arguments, "C", out, err);
  return {.code = code, .out = out_.Take(), .err = err_.Take()};
}

Ran JpkictlTest::RunInto(std::ostream& out, const std::vector<std::string>& arguments) {
  std::ostringstream err;
  const ExitCode code = RunWith(arguments, "C", out, err);
  return {.code = code, .out = "", .err = err.str()};
}

ExitCode JpkictlTest::RunWith(const std::vector<std::string>& arguments, const std::string& lang,
                              std::ostream& out, std::ostream& err) {
  Console console{.out = out,
                  .err = err,
                  .out_is_terminal = out_is_terminal_,
                  .terminal = somebody_there_ ? &terminal_ : nullptr};
  const Environment environment = {
      .address = daemon_.address(), .lc_all = "", .lc_messages = "", .lang = lang};
  return cli::Run(arguments, environment, console, interruption_);
}

int JpkictlTest::Descriptor(const std::string& content) {
  int ends[2] = {-1, -1};
  EXPECT_EQ(pipe2(ends, O_CLOEXEC), 0);
  const UniqueFd write_end(ends[1]);
  EXPECT_EQ(write(write_end.get(), content.data(), content.size()),
            static_cast<ssize_t>(content.size()));
  descriptors_.emplace_back(ends[0]);
  return ends[0];
}

std::string JpkictlTest::Path(const std::string& name) const {
  const std::string socket = daemon_.address().substr(5);
  return testing::TempDir() + name + "-" + std::to_string(getpid()) +
         std::to_string(std::hash<std::string>()(socket));
}

std::string JpkictlTest::File(const std::string& name, const std::string& content) {
  const std::string path = Path(name);
  std::ofstream(path, std::ios::binary) << content;
  return path;
}

std::string JpkictlTest::Content(const std::string& path) {
  std::ifstream file(path, std::ios::binary);
  std::ostringstream content;
  content << file.rdbuf();
  file.close();
  unlink(path.c_str());
  return content.str();
}

}  // namespace jpkid::cli
