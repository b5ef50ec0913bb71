#include <unistd.h>

#include <algorithm>
#include <chrono>
#include <memory>

#include <google/protobuf/struct.pb.h>
#include <grpcpp/grpcpp.h>

#include "clients/cli/json.h"
#include "jpki/v1/reader_service.grpc.pb.h"
#include "tests/clients/jpkictl_test.h"

namespace jpkid::cli {
namespace {

using jpki::v1::OpenSessionRequest;
using jpki::v1::OpenSessionResponse;

// A reader at which each batch that begins with 00 is answered 9000; any other one ends the
// session.
class OneReader final : public jpki::v1::ReaderService::Service {
 public:
  grpc::Status OpenSession(
      grpc::ServerContext*,
      grpc::ServerReaderWriter<OpenSessionResponse, OpenSessionRequest>* stream) override {
    for (OpenSessionRequest request; stream->Read(&request);) {
      OpenSessionResponse response;
      if (request.has_acquire()) {
        response.mutable_queued()->set_position(1);
        stream->Write(response);
        response.mutable_granted()->set_atr("3B00");
      } else if (request.batch().commands(0).front() == '\0') {
        response.mutable_answer()->add_answers("\x90\x00", 2);
      } else {
        return {grpc::StatusCode::FAILED_PRECONDITION, "ended"};
      }
      stream->Write(response);
    }
    return grpc::Status::OK;
  }
};

class ApduTest : public JpkictlTest {
 protected:
  ApduTest() {
    grpc::ServerBuilder builder;
    builder.AddListeningPort(address_, grpc::InsecureServerCredentials());
    builder.RegisterService(&reader_);
    server_ = builder.BuildAndStart();
  }
  ~ApduTest() override {
    server_->Shutdown(std::chrono::system_clock::now());
    unlink(address_.substr(5).c_str());
  }

  Ran Send(const std::string& command, const std::string& output) {
    return Run({"apdu", "-r", "sim", "--address", address_, "-o", output, command});
  }
  // The kinds of the events in one JSON document.
  static std::vector<std::string> Kinds(const std::string& json) {
    google::protobuf::ListValue events;
    EXPECT_EQ(FromJson(json, events), absl::OkStatus()) << json;
    std::vector<std::string> kinds;
    for (const auto& event : events.values()) {
      for (const auto& [kind, content] : event.struct_value().fields()) kinds.push_back(kind);
    }
    return kinds;
  }

  using Strings = std::vector<std::string>;
  const std::string address_ = "unix:" + Path("apdu.sock");
  OneReader reader_;
  std::unique_ptr<grpc::Server> server_;
};

TEST_F(ApduTest, AnswersAreLinesOfHexadecimal) {
  const Ran ran = Send("00A4000C", "text");
  EXPECT_EQ(ran.code, ExitCode::kDone) << ran.err;
  EXPECT_EQ(ran.out, "9000\n");
}

TEST_F(ApduTest, InJsonTheWholeSessionIsOneDocument) {
  const Ran ran = Send("00A4000C", "json");
  EXPECT_EQ(ran.code, ExitCode::kDone) << ran.err;
  EXPECT_EQ(Kinds(ran.out), (Strings{"queued", "granted", "answer"}));
  const std::string last =
      " {\n  \"answer\": {\n   \"number\": \"0\",\n   \"answers\": [\n    \"kAA=\"\n   ],\n"
      "   \"others_between\": false\n  }\n }\n]\n";
  EXPECT_EQ(ran.out.substr(ran.out.size() - std::min(last.size(), ran.out.size())), last);
}

TEST_F(ApduTest, WhatWasAnsweredBeforeASessionEndedIsToldToo) {
  const Ran ran = Send("80A4000C", "json");
  EXPECT_NE(ran.code, ExitCode::kDone);
  EXPECT_EQ(Kinds(ran.out), (Strings{"queued", "granted"}));
}

TEST_F(ApduTest, JsonLinesComeOneByOne) {
  const std::string answer =
      "{\"answer\":{\"number\":\"0\",\"answers\":[\"kAA=\"],\"others_between\":false}}\n";
  const Ran ran = Send("00A4000C", "jsonl");
  EXPECT_EQ(ran.code, ExitCode::kDone) << ran.err;
  EXPECT_EQ(ran.out.substr(ran.out.size() - std::min(answer.size(), ran.out.size())), answer);
  EXPECT_EQ(std::count(ran.out.begin(), ran.out.end(), '\n'), 3) << ran.out;
}

}  // namespace
}  // namespace jpkid::cli
