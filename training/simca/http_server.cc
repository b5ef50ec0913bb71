#include <httplib.h>
#include <sys/socket.h>

#include <algorithm>
#include <thread>

#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"

#include "base/log.h"
#include "base/mutex.h"
#include "base/status.h"
#include "base/steady_time.h"
#include "training/simca/cmp_server.h"
#include "training/simca/faults.h"
#include "training/simca/simca.h"

namespace jpkid::simca {
namespace {

constexpr char kContentType[] = "application/pkixcmp";
constexpr char kListType[] = "application/pkix-crl";
constexpr std::size_t kMostOctets = 100 * 1024;
constexpr int kBusy = 503;

class HttpServer final : public Simca {
 public:
  HttpServer(std::unique_ptr<CmpServer> cmp, std::unique_ptr<httplib::Server> http)
      : cmp_(std::move(cmp)), http_(std::move(http)) {}
  ~HttpServer() override;

  absl::Status Listen(const std::string& address);
  int port() const override { return port_; }
  std::string Obey(absl::string_view line) override;

 private:
  void Serve();
  void OnMessage(const httplib::Request& request, httplib::Response& response);
  void OnList(certs::Kind kind, httplib::Response& response);
  // False: the server ends meanwhile.
  bool Wait(absl::Duration delay);

  const std::unique_ptr<CmpServer> cmp_;
  const std::unique_ptr<httplib::Server> http_;
  Faults faults_;
  int port_ = 0;
  std::thread thread_;
  Mutex mutex_;
  CondVar ended_;
  bool ending_ ABSL_GUARDED_BY(mutex_) = false;
  int messages_ ABSL_GUARDED_BY(mutex_) = 0;
};

// The head goes out and the connection ends: whoever asked got no answer.
void Drop(httplib::Response& response) {
  response.set_content_provider(1, kContentType,
                                [](std::size_t, std::size_t, httplib::DataSink&) { return false; });
}

HttpServer::~HttpServer() {
  {
    const MutexLock lock(mutex_);
    ending_ = true;
  }
  ended_.NotifyAll();
  http_->stop();
  if (thread_.joinable()) thread_.join();
}

bool HttpServer::Wait(absl::Duration delay) {
  const absl::Time until = SteadyNow() + delay;
  const MutexLock lock(mutex_);
  while (!ending_ && SteadyNow() < until) ended_.WaitUntil(mutex_, until);
  return !ending_;
}

void HttpServer::OnMessage(const httplib::Request& request, httplib::Response& response) {
  {
    const MutexLock lock(mutex_);
    ++messages_;
  }
  const ByteView message = AsBytes(request.body);
  const Faults::Fate fate = faults_.Next(CmpServer::TypeOf(message));
  if (!Wait(fate.delay) || fate.lose_request) return Drop(response);
  if (fate.busy) {
    response.status = kBusy;
    return;
  }
  absl::StatusOr<Bytes> answer = cmp_->Answer(message, fate, faults_.polls());
  if (!answer.ok()) {
    LogWarning("no answer: %s", std::string(answer.status().message()));
    response.status = absl::IsInvalidArgument(answer.status()) ? 400 : 500;
    return;
  }
  if (fate.lose_answer) return Drop(response);
  // In the header, which the protection covers; damage to the certificates after it may not matter.
  if (fate.garble) (*answer)[std::min<std::size_t>(64, answer->size() - 1)] ^= 1;
  if (fate.cut) answer->assign({0x30, 0x03, 0x02, 0x01, 0x02});
  response.set_content(std::string(AsText(*answer)), kContentType);
}

void HttpServer::OnList(certs::Kind kind, httplib::Response& response) {
  const Faults::Fate fate = faults_.Next("list");
  if (!Wait(fate.delay) || fate.lose_request || fate.lose_answer) return Drop(response);
  const absl::StatusOr<Bytes> list = cmp_->authority().Crl(kind);
  if (!list.ok()) {
    response.status = 500;
    return;
  }
  response.set_content(std::string(AsText(*list)), kListType);
}

void HttpServer::Serve() {
  http_->Post("/cmp", [this](const httplib::Request& request, httplib::Response& response) {
    OnMessage(request, response);
  });
  http_->Get("/auth.crl", [this](const httplib::Request&, httplib::Response& response) {
    OnList(certs::Kind::kAuth, response);
  });
  http_->Get("/signature.crl", [this](const httplib::Request&, httplib::Response& response) {
    OnList(certs::Kind::kSignature, response);
  });
  http_->set_payload_max_length(kMostOctets);
  http_->set_keep_alive_max_count(1);  // Connection: close.
  thread_ = std::thread([this] { http_->listen_after_bind(); });
}

absl::Status HttpServer::Listen(const std::string& address) {
  const std::pair<std::string, std::string> parts =
      absl::StrSplit(address, absl::MaxSplits(':', 1));
  int port = -1;
  if (parts.first.empty() || !absl::SimpleAtoi(parts.second, &port) || port < 0 || port > 65535) {
    return absl::InvalidArgumentError(absl::StrCat(address, " is not HOST:PORT"));
  }
  // Not SO_REUSEPORT, which the library sets: two servers on one port would share the messages.
  http_->set_socket_options([](socket_t socket) {
    const int yes = 1;
    setsockopt(socket, SOL_SOCKET, SO_REUSEADDR, &yes, sizeof(yes));
  });
  port_ = port == 0                                ? http_->bind_to_any_port(parts.first)
          : http_->bind_to_port(parts.first, port) ? port
                                                   : -1;
  if (port_ <= 0) return absl::UnavailableError(absl::StrCat("cannot listen on ", address));
  Serve();
  return absl::OkStatus();
}

std::string HttpServer::Obey(absl::string_view line) {
  if (line == "status") {
    const MutexLock lock(mutex_);
    return absl::StrCat("{\"messages\": ", messages_, "}");
  }
  const absl::Status status = faults_.Obey(line);
  return status.ok() ? "ok" : absl::StrCat("error: ", status.message());
}

}  // namespace

absl::StatusOr<std::unique_ptr<Simca>> Simca::Start(const Options& options, const Clock& clock) {
  JPKID_ASSIGN_OR_RETURN(std::unique_ptr<CmpServer> cmp,
                         CmpServer::Open({.ca_dir = options.ca_dir,
                                          .mac_secret_file = options.mac_secret_file,
                                          .mac_reference = options.mac_reference},
                                         clock));
  std::unique_ptr<httplib::Server> http;
  if (options.tls_file.empty()) {
    http = std::make_unique<httplib::Server>();
  } else {
    const char* const file = options.tls_file.c_str();
    http = std::make_unique<httplib::SSLServer>(file, file);
  }
  if (!http->is_valid()) {
    return absl::InvalidArgumentError(
        absl::StrCat(options.tls_file, " does not hold a certificate and its key"));
  }
  auto server = std::make_unique<HttpServer>(std::move(cmp), std::move(http));
  JPKID_RETURN_IF_ERROR(server->Listen(options.listen));
  return server;
}

}  // namespace jpkid::simca
