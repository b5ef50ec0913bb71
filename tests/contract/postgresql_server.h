#pragma once

#include <sys/types.h>

#include <string>
#include <vector>

namespace jpkid {

// A PostgreSQL 15 server of one test program: its own cluster in a directory of its own, reachable
// over a Unix socket there and nowhere else. It runs as another user where the test runs as root
// (PostgreSQL refuses root), and it ends with the test, however that ends. What fails throws
// std::runtime_error.
class PostgresqlServer {
 public:
  PostgresqlServer();
  ~PostgresqlServer();
  PostgresqlServer(const PostgresqlServer&) = delete;
  PostgresqlServer& operator=(const PostgresqlServer&) = delete;

  // An empty database, "postgresql://…".
  std::string NewDatabase();
  // The URL of a database, as another user and with a password.
  std::string Url(const std::string& database, const std::string& user_and_password) const;

  // Runs `sql` as the superuser.
  void Run(const std::string& database, const std::string& sql) const;

  // Kills the server as a power cut would.
  void Kill();
  // Returns when it takes connections.
  void Start();

 private:
  pid_t Spawn(const std::vector<std::string>& words) const;
  int RunToEnd(const std::vector<std::string>& words) const;

  std::string directory_;
  uid_t uid_;
  gid_t gid_;
  pid_t pid_ = -1;
  int databases_ = 0;
};

// The server of this test program, started when it is first asked for.
PostgresqlServer& SharedPostgresql();

}  // namespace jpkid
