#include "tests/contract/child_process.h"

#include <signal.h>
#include <spawn.h>
#include <sys/wait.h>
#include <unistd.h>

#include <utility>

#include <gtest/gtest.h>

namespace jpkid::hal {

ChildProcess::ChildProcess(std::vector<std::string> words) {
  int ends[2] = {};
  EXPECT_EQ(pipe(ends), 0);
  UniqueFd output(ends[0]);
  UniqueFd input(ends[1]);
  posix_spawn_file_actions_t actions;
  posix_spawn_file_actions_init(&actions);
  posix_spawn_file_actions_adddup2(&actions, input.get(), STDOUT_FILENO);
  posix_spawn_file_actions_addclose(&actions, output.get());
  std::vector<char*> arguments;
  for (std::string& word : words) arguments.push_back(word.data());
  arguments.push_back(nullptr);
  EXPECT_EQ(posix_spawnp(&pid_, arguments[0], &actions, nullptr, arguments.data(), environ), 0);
  posix_spawn_file_actions_destroy(&actions);
  input = UniqueFd();
  char first = 0;
  EXPECT_EQ(read(output.get(), &first, 1), 1) << words[0] << " said nothing";
  output_ = std::move(output);
}

ChildProcess::~ChildProcess() {
  kill(pid_, SIGTERM);
  int status = 0;
  EXPECT_EQ(waitpid(pid_, &status, 0), pid_);
  const bool by_us = WIFSIGNALED(status) && WTERMSIG(status) == SIGTERM;
  EXPECT_TRUE(by_us || (WIFEXITED(status) && WEXITSTATUS(status) == 0)) << status;
}

}  // namespace jpkid::hal
