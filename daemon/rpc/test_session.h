#pragma once

#include <chrono>
#include <memory>
#include <string>
#include <vector>

#include <grpcpp/grpcpp.h>
#include <gtest/gtest.h>

#include "base/bytes.h"
#include "jpki/v1/reader_service.grpc.pb.h"

// Raw sessions as tests hold them.
namespace jpkid::rpc {

inline jpki::v1::OpenSessionRequest Acquire(jpki::v1::AcquireReader::Mode mode) {
  jpki::v1::OpenSessionRequest request;
  request.mutable_acquire()->set_reader("readers/sim-0");
  request.mutable_acquire()->set_mode(mode);
  return request;
}

inline jpki::v1::OpenSessionRequest Batch(std::uint64_t number,
                                          const std::vector<std::string>& commands) {
  jpki::v1::OpenSessionRequest request;
  request.mutable_batch()->set_number(number);
  for (const std::string& command : commands) {
    const Bytes octets = *FromHex(command);
    request.mutable_batch()->add_commands(octets.data(), octets.size());
  }
  return request;
}

inline jpki::v1::OpenSessionRequest Release() {
  jpki::v1::OpenSessionRequest request;
  request.mutable_release();
  return request;
}

// A client's session.
class Session {
 public:
  explicit Session(const std::shared_ptr<grpc::Channel>& channel)
      : stub_(jpki::v1::ReaderService::NewStub(channel)) {
    context_.set_deadline(std::chrono::system_clock::now() + std::chrono::seconds(60));
    stream_ = stub_->OpenSession(&context_);
  }

  Session& Send(const jpki::v1::OpenSessionRequest& request) {
    stream_->Write(request);
    return *this;
  }

  // What comes next; nothing is set where the stream has ended.
  jpki::v1::OpenSessionResponse Next() {
    jpki::v1::OpenSessionResponse response;
    stream_->Read(&response);
    return response;
  }

  // Acquires it; whoever had it before may just be on his way out.
  Session& Hold(jpki::v1::AcquireReader::Mode mode) {
    Send(Acquire(mode));
    jpki::v1::OpenSessionResponse response = Next();
    while (response.has_queued()) response = Next();
    EXPECT_TRUE(response.has_granted());
    return *this;
  }

  std::vector<std::string> Answers() {
    const jpki::v1::OpenSessionResponse response = Next();
    std::vector<std::string> answers;
    for (const std::string& one : response.answer().answers()) {
      answers.push_back(ToHex(AsBytes(one)));
    }
    return answers;
  }

  grpc::Status Finish() {
    stream_->WritesDone();
    while (Next().event_case() != jpki::v1::OpenSessionResponse::EVENT_NOT_SET) {
    }
    return stream_->Finish();
  }

  void Cancel() { context_.TryCancel(); }

 private:
  const std::unique_ptr<jpki::v1::ReaderService::Stub> stub_;
  grpc::ClientContext context_;
  std::unique_ptr<
      grpc::ClientReaderWriter<jpki::v1::OpenSessionRequest, jpki::v1::OpenSessionResponse>>
      stream_;
};

}  // namespace jpkid::rpc
