#include "tests/bench/measured_daemon.h"

#include <unistd.h>

#include <chrono>
#include <fstream>

#include "absl/strings/str_cat.h"
#include <grpcpp/grpcpp.h>
#include <gtest/gtest.h>

#include "jpki/v1/card_service.grpc.pb.h"
#include "jpki/v1/reader_service.grpc.pb.h"

namespace jpkid {
namespace {

namespace v1 = jpki::v1;

constexpr char kReader[] = "readers/bench";

void SetDeadline(grpc::ClientContext& context) {
  context.set_deadline(std::chrono::system_clock::now() + std::chrono::seconds(30));
}

// Whether a card came.
bool AwaitCard(const std::shared_ptr<grpc::Channel>& channel) {
  grpc::ClientContext context;
  SetDeadline(context);
  const auto stub = v1::ReaderService::NewStub(channel);
  const auto stream = stub->WatchReaders(&context, v1::WatchReadersRequest());
  v1::WatchReadersResponse response;
  while (stream->Read(&response)) {
    for (const v1::Reader& reader : response.readers()) {
      if (reader.name() == kReader && reader.state() == v1::Reader::STATE_CARD_PRESENT) {
        context.TryCancel();
        return true;
      }
    }
  }
  return false;
}

}  // namespace

struct MeasuredDaemon::Client {
  std::shared_ptr<grpc::Channel> channel;
  std::unique_ptr<v1::CardService::Stub> cards;
};

MeasuredDaemon::MeasuredDaemon(const std::string& directory, const std::string& readers,
                               const std::string& driver_name)
    : client_(std::make_unique<Client>()) {
  const std::string config = directory + "/jpkid.textproto";
  std::ofstream(config) << absl::StrCat(
      "readers { ", readers, " alias { name: 'bench' driver_name: '", driver_name,
      "' } }\ngrant { uid: ", getuid(), " role: OBSERVER role: CLERK }\nlog_level: WARNING\n");
  const std::string data = directory + "/data";
  process_ = std::make_unique<hal::ChildProcess>(
      std::vector<std::string>{JPKID, "--config", config, "--data-dir", data});
  client_->channel = grpc::CreateChannel(absl::StrCat("unix:", data, "/jpkid.sock"),
                                         grpc::InsecureChannelCredentials());
  EXPECT_TRUE(AwaitCard(client_->channel)) << "no card came to " << driver_name;
  client_->cards = v1::CardService::NewStub(client_->channel);
}

MeasuredDaemon::~MeasuredDaemon() = default;

void MeasuredDaemon::AskPinStatus() {
  grpc::ClientContext context;
  SetDeadline(context);
  v1::GetPinStatusRequest request;
  request.set_reader(kReader);
  v1::GetPinStatusResponse response;
  const grpc::Status status = client_->cards->GetPinStatus(&context, request, &response);
  EXPECT_TRUE(status.ok()) << status.error_message();
  EXPECT_EQ(response.pins_size(), kCommands);
}

}  // namespace jpkid
