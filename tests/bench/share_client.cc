#include "tests/bench/share_client.h"

#include <poll.h>
#include <sys/resource.h>
#include <unistd.h>

#include <chrono>
#include <cstdint>
#include <cstdio>
#include <functional>
#include <iostream>
#include <memory>
#include <stdexcept>
#include <string>
#include <vector>

#include "absl/strings/numbers.h"
#include <grpcpp/grpcpp.h>
#include <winscard.h>

#include "base/bytes.h"
#include "jpki/v1/card_service.grpc.pb.h"
#include "jpki/v1/reader_service.grpc.pb.h"

namespace jpkid {
namespace {

namespace v1 = jpki::v1;
using SteadyClock = std::chrono::steady_clock;

constexpr char kSelect[] = "00A4040C0AD392F000260100000001";
constexpr char kRead[] = "00B0860020";  // The token's label.

struct Plan {
  std::string route;
  std::string target;
  int batch = 1;
  int think_ms = 0;
  int seconds = 1;
};

void Demand(bool holds, const std::string& what) {
  if (!holds) throw std::runtime_error(what);
}

void DemandSuccess(const std::uint8_t* answer, std::size_t size) {
  Demand(size >= 2 && answer[size - 2] == 0x90 && answer[size - 1] == 0x00, "the card refused");
}

// A way to the card: one script of as many commands as the plan says.
class Route {
 public:
  virtual ~Route() = default;
  virtual void Script() = 0;
};

// Through pcscd, as any PC/SC program does it; `transaction`: around each script.
class Pcsc final : public Route {
 public:
  Pcsc(const Plan& plan, bool transaction) : batch_(plan.batch), transaction_(transaction) {
    Check(SCardEstablishContext(SCARD_SCOPE_SYSTEM, nullptr, nullptr, &context_));
    DWORD protocol = 0;
    Check(SCardConnect(context_, plan.target.c_str(), SCARD_SHARE_SHARED, SCARD_PROTOCOL_T1, &card_,
                       &protocol));
    Transmit(select_);
  }
  Pcsc(const Pcsc&) = delete;
  Pcsc& operator=(const Pcsc&) = delete;
  ~Pcsc() override {
    SCardDisconnect(card_, SCARD_LEAVE_CARD);
    SCardReleaseContext(context_);
  }

  void Script() override {
    if (transaction_) Check(SCardBeginTransaction(card_));
    for (int i = 0; i < batch_; ++i) Transmit(read_);
    if (transaction_) Check(SCardEndTransaction(card_, SCARD_LEAVE_CARD));
  }

 private:
  static void Check(LONG code) { Demand(code == SCARD_S_SUCCESS, pcsc_stringify_error(code)); }

  void Transmit(const Bytes& command) {
    std::uint8_t answer[MAX_BUFFER_SIZE];
    DWORD size = sizeof answer;
    Check(
        SCardTransmit(card_, SCARD_PCI_T1, command.data(), command.size(), nullptr, answer, &size));
    DemandSuccess(answer, size);
  }

  const int batch_;
  const bool transaction_;
  const Bytes select_ = FromHex(kSelect).value();
  const Bytes read_ = FromHex(kRead).value();
  SCARDCONTEXT context_ = 0;
  SCARDHANDLE card_ = 0;
};

std::shared_ptr<grpc::Channel> Connect(const std::string& target) {
  grpc::ChannelArguments arguments;
  arguments.SetInt(GRPC_ARG_USE_LOCAL_SUBCHANNEL_POOL, 1);
  arguments.SetInt(GRPC_ARG_MINIMAL_STACK, 1);
  arguments.SetInt(GRPC_ARG_HTTP2_BDP_PROBE, 0);
  return grpc::CreateCustomChannel(target, grpc::InsecureChannelCredentials(), arguments);
}

// Through the daemon: a shared session, one message for each script.
class Stream final : public Route {
 public:
  explicit Stream(const Plan& plan)
      : stub_(v1::ReaderService::NewStub(Connect(plan.target))),
        stream_(stub_->OpenSession(&context_)) {
    v1::OpenSessionRequest acquire;
    acquire.mutable_acquire()->set_reader("readers/bench");
    acquire.mutable_acquire()->mutable_wait_limit()->set_seconds(600);
    Exchange(acquire);
    v1::OpenSessionRequest select;
    Add(select, kSelect);
    Exchange(select);
    for (int i = 0; i < plan.batch; ++i) Add(script_, kRead);
  }

  void Script() override { Exchange(script_); }

 private:
  static void Add(v1::OpenSessionRequest& request, const char* command) {
    const Bytes octets = FromHex(command).value();
    request.mutable_batch()->add_commands(octets.data(), octets.size());
  }

  void Exchange(const v1::OpenSessionRequest& request) {
    Demand(stream_->Write(request), "the stream has ended");
    v1::OpenSessionResponse response;
    do {
      Demand(stream_->Read(&response), "the stream has ended");
    } while (response.has_queued());
    for (const std::string& answer : response.answer().answers()) {
      DemandSuccess(AsBytes(answer).data(), answer.size());
    }
  }

  const std::unique_ptr<v1::ReaderService::Stub> stub_;
  grpc::ClientContext context_;
  const std::unique_ptr<grpc::ClientReaderWriter<v1::OpenSessionRequest, v1::OpenSessionResponse>>
      stream_;
  v1::OpenSessionRequest script_;
};

// Through the daemon: a unary call, which is two commands whatever the plan says.
class Unary final : public Route {
 public:
  explicit Unary(const Plan& plan) : stub_(v1::CardService::NewStub(Connect(plan.target))) {}

  void Script() override {
    grpc::ClientContext context;
    context.set_deadline(std::chrono::system_clock::now() + std::chrono::seconds(600));
    v1::GetPinStatusRequest request;
    request.set_reader("readers/bench");
    v1::GetPinStatusResponse response;
    const grpc::Status status = stub_->GetPinStatus(&context, request, &response);
    Demand(status.ok() && response.pins_size() == 2, status.error_message());
  }

 private:
  const std::unique_ptr<v1::CardService::Stub> stub_;
};

// As many clients at once as the plan says are commands in a script, each with a connection and a
// session of its own that does nothing more.
class Crowd final : public Route {
 public:
  explicit Crowd(const Plan& plan) {
    rlimit limit = {};
    Demand(getrlimit(RLIMIT_NOFILE, &limit) == 0, "no limit of descriptors");
    limit.rlim_cur = limit.rlim_max;
    Demand(setrlimit(RLIMIT_NOFILE, &limit) == 0, "too few descriptors");
    for (int i = 0; i < plan.batch; ++i) crowd_.push_back(std::make_unique<Stream>(plan));
  }

  void Script() override {}

 private:
  std::vector<std::unique_ptr<Stream>> crowd_;
};

std::unique_ptr<Route> Open(const Plan& plan) {
  if (plan.route == "pcscd") return std::make_unique<Pcsc>(plan, true);
  if (plan.route == "transmit") return std::make_unique<Pcsc>(plan, false);
  if (plan.route == "stream") return std::make_unique<Stream>(plan);
  if (plan.route == "crowd") return std::make_unique<Crowd>(plan);
  if (plan.route == "unary") return std::make_unique<Unary>(plan);
  throw std::runtime_error("no such route: " + plan.route);
}

void Run(const Plan& plan) {
  const std::unique_ptr<Route> route = Open(plan);
  route->Script();
  std::cout << "ready" << std::endl;
  std::string go;
  std::getline(std::cin, go);
  const auto end = SteadyClock::now() + std::chrono::seconds(plan.seconds);
  std::vector<std::int64_t> took;
  while (true) {
    const auto start = SteadyClock::now();
    if (start >= end) break;
    route->Script();
    const auto done = SteadyClock::now();
    // A script that ended too late waited all the same: its time counts, it does not.
    took.push_back(std::chrono::duration_cast<std::chrono::microseconds>(done - start).count());
    if (done >= end) took.back() = -took.back();
    if (plan.think_ms > 0) poll(nullptr, 0, plan.think_ms);
  }
  for (const std::int64_t each : took) std::printf("%lld\n", static_cast<long long>(each));
}

}  // namespace

int ShareClient(int argc, char** argv) try {
  Plan plan;
  if (argc != 6 || !absl::SimpleAtoi(argv[3], &plan.batch) ||
      !absl::SimpleAtoi(argv[4], &plan.think_ms) || !absl::SimpleAtoi(argv[5], &plan.seconds)) {
    std::fputs("share-client ROUTE TARGET BATCH THINK_MS SECONDS\n", stderr);
    return 2;
  }
  plan.route = argv[1];
  plan.target = argv[2];
  Run(plan);
  std::fflush(stdout);
  _exit(0);  // The daemon and pcscd are to see clients that go without a word.
} catch (const std::exception& failure) {
  std::fprintf(stderr, "share-client: %s\n", failure.what());
  return 1;
}

}  // namespace jpkid
