#include "tests/contract/line_client.h"

#include <sys/socket.h>
#include <sys/time.h>
#include <sys/un.h>

#include <cerrno>
#include <cstring>

#include <gtest/gtest.h>

namespace jpkid::hal {

LineClient::LineClient(const std::string& path)
    : socket_(socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0)) {
  sockaddr_un address = {};
  address.sun_family = AF_UNIX;
  path.copy(address.sun_path, sizeof(address.sun_path) - 1);
  const timeval patience = {.tv_sec = 60, .tv_usec = 0};
  setsockopt(socket_.get(), SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof(patience));
  EXPECT_EQ(connect(socket_.get(), reinterpret_cast<const sockaddr*>(&address), sizeof(address)), 0)
      << path << ": " << std::strerror(errno);
}

std::string LineClient::Ask(const std::string& line) {
  const std::string sent = line + "\n";
  EXPECT_EQ(send(socket_.get(), sent.data(), sent.size(), MSG_NOSIGNAL),
            static_cast<ssize_t>(sent.size()));
  std::string answer;
  char octet = 0;
  while (recv(socket_.get(), &octet, 1, 0) == 1) {
    if (octet == '\n') return answer;
    answer += octet;
  }
  ADD_FAILURE() << "no answer to '" << line << "'";
  return "";
}

}  // namespace jpkid::hal
