#include "tests/contract/postgresql_server.h"

#include <fcntl.h>
#include <grp.h>
#include <poll.h>
#include <pwd.h>
#include <signal.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <cstddef>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <stdexcept>

#include "base/file.h"

namespace jpkid {
namespace {

// Where Debian keeps it; it is not on the PATH.
constexpr char kPrograms[] = "/usr/lib/postgresql/15/bin/";
constexpr int kStartMilliseconds = 60'000;

[[noreturn]] void Refuse(const std::string& why) {
  throw std::runtime_error("PostgreSQL for tests: " + why);
}

}  // namespace

PostgresqlServer::PostgresqlServer() : uid_(geteuid()), gid_(getegid()) {
  if (access((std::string(kPrograms) + "postgres").c_str(), X_OK) != 0) {
    Refuse(std::string(kPrograms) + " is not there; tools/install-deps test installs it");
  }
  if (uid_ == 0) {
    const passwd* user = getpwnam("postgres");
    if (user == nullptr) user = getpwnam("nobody");
    if (user == nullptr) Refuse("there is no user to run it as");
    uid_ = user->pw_uid;
    gid_ = user->pw_gid;
  }
  // A short name: it holds the socket.
  std::array<char, 32> name = {"/tmp/jpkid-pg-XXXXXX"};
  if (mkdtemp(name.data()) == nullptr) Refuse("no directory");
  directory_ = name.data();
  if (chown(name.data(), uid_, gid_) != 0) Refuse("its directory cannot be given away");
  if (RunToEnd({"initdb", "-D", directory_ + "/data", "-U", "super", "-A", "trust", "-E", "UTF8",
                "--locale=C", "--no-sync", "--no-instructions"}) != 0) {
    Refuse("initdb failed, see " + directory_ + "/log");
  }
  // Whoever gives a password is asked for it.
  std::ofstream(directory_ + "/data/pg_hba.conf")
      << "local all guarded scram-sha-256\nlocal all all trust\n";
  Start();
}

PostgresqlServer::~PostgresqlServer() {
  Kill();
  std::error_code ignored;
  std::filesystem::remove_all(directory_, ignored);
}

// Forked, not spawned: another user, and an end with this process, are wanted.
pid_t PostgresqlServer::Spawn(const std::vector<std::string>& words) const {
  const std::string program = kPrograms + words[0];
  std::vector<char*> arguments;
  for (const std::string& word : words) arguments.push_back(const_cast<char*>(word.c_str()));
  arguments.push_back(nullptr);
  const std::string log = directory_ + "/log";
  const pid_t parent = getpid();
  const pid_t child = fork();
  if (child != 0) return child;
  const int output = open(log.c_str(), O_WRONLY | O_CREAT | O_APPEND, 0666);
  dup2(output, STDOUT_FILENO);
  dup2(output, STDERR_FILENO);
  if (geteuid() == 0 && (setgroups(0, nullptr) != 0 || setgid(gid_) != 0 || setuid(uid_) != 0)) {
    _exit(126);
  }
  // After the change of user, which takes it away: SIGQUIT is the server's immediate end.
  prctl(PR_SET_PDEATHSIG, SIGQUIT);
  if (getppid() != parent || chdir("/") != 0) _exit(126);
  execv(program.c_str(), arguments.data());
  _exit(127);
}

int PostgresqlServer::RunToEnd(const std::vector<std::string>& words) const {
  const pid_t child = Spawn(words);
  int status = -1;
  if (child < 0 || waitpid(child, &status, 0) != child) return -1;
  return WIFEXITED(status) ? WEXITSTATUS(status) : -1;
}

// As systemd would: the server says READY=1 to the socket that NOTIFY_SOCKET names.
void PostgresqlServer::Start() {
  const std::string name = "jpkid-test-" + std::to_string(getpid());
  sockaddr_un address = {.sun_family = AF_UNIX, .sun_path = {}};
  name.copy(address.sun_path + 1, name.size());  // Abstract: no file, no mode.
  const auto length = static_cast<socklen_t>(offsetof(sockaddr_un, sun_path) + 1 + name.size());
  const UniqueFd notices(socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0));
  if (bind(notices.get(), reinterpret_cast<const sockaddr*>(&address), length) != 0) {
    Refuse("no socket for its notice");
  }
  setenv("NOTIFY_SOCKET", ("@" + name).c_str(), 1);
  pid_ = Spawn({"postgres", "-D", directory_ + "/data", "-k", directory_, "-c",
                "listen_addresses=", "-c", "fsync=off"});
  unsetenv("NOTIFY_SOCKET");
  const UniqueFd end(static_cast<int>(syscall(SYS_pidfd_open, pid_, 0)));
  pollfd waited[] = {{notices.get(), POLLIN, 0}, {end.get(), POLLIN, 0}};
  std::string said;
  while (said.find("READY=1") == std::string::npos) {
    if (poll(waited, 2, kStartMilliseconds) <= 0 || waited[1].revents != 0) {
      Kill();
      Refuse("it does not start, see " + directory_ + "/log");
    }
    std::array<char, 512> text = {};
    const ssize_t size = read(notices.get(), text.data(), text.size());
    said.assign(text.data(), size > 0 ? static_cast<std::size_t>(size) : 0);
  }
}

void PostgresqlServer::Kill() {
  if (pid_ < 0) return;
  kill(pid_, SIGQUIT);
  waitpid(pid_, nullptr, 0);
  pid_ = -1;
}

void PostgresqlServer::Run(const std::string& database, const std::string& sql) const {
  if (RunToEnd({"psql", "-X", "-q", "-v", "ON_ERROR_STOP=1", "-h", directory_, "-U", "super", "-d",
                database, "-c", sql}) != 0) {
    Refuse("psql failed, see " + directory_ + "/log");
  }
}

std::string PostgresqlServer::NewDatabase() {
  const std::string name = "test" + std::to_string(++databases_);
  Run("postgres", "CREATE DATABASE " + name);
  return Url(name, "super");
}

std::string PostgresqlServer::Url(const std::string& database,
                                  const std::string& user_and_password) const {
  return "postgresql://" + user_and_password + "@/" + database + "?host=" + directory_;
}

PostgresqlServer& SharedPostgresql() {
  static PostgresqlServer server;
  return server;
}

}  // namespace jpkid
