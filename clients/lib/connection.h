#pragma once

#include <atomic>
#include <functional>
#include <memory>
#include <string>

#include "absl/functional/function_ref.h"
#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include <grpcpp/grpcpp.h>
#include <grpcpp/support/sync_stream.h>

#include "base/reason.h"
#include "base/status.h"
#include "clients/lib/interruption.h"

namespace jpkid::client {

// A daemon's API as a client uses it: each call has a deadline, says in which language it wants to
// be answered, ends when the user interrupts it, and is made once, since it may carry a PIN.
class Connection {
 public:
  struct Options {
    std::string address;  // As ResolveAddress gives it.
    Language language = Language::kEnglish;
    // Called once, on the calling thread, when the daemon says that it is for training.
    std::function<void()> on_training;
  };

  // Connects when first used. `interruption` outlives the connection.
  Connection(Options options, Interruption& interruption);

  const std::string& address() const { return options_.address; }
  Interruption& interruption() const { return interruption_; }

  // Whether it was ever connected. False: nothing that was asked has arrived.
  bool reached() const { return reached_; }

  // Connects where that has not happened yet. DAEMON_UNREACHABLE when nobody listens, or nobody
  // answers by `deadline`.
  absl::Status Reach(absl::Time deadline);

  // Calls a method of Service once:
  // Call<ReaderService>(&ReaderService::StubInterface::ListReaders, request, deadline).
  template <typename Service, typename Request, typename Response>
  absl::StatusOr<Response> Call(grpc::Status (Service::StubInterface::*method)(grpc::ClientContext*,
                                                                               const Request&,
                                                                               Response*),
                                const Request& request, absl::Time deadline) {
    JPKID_RETURN_IF_ERROR(Reach(deadline));
    grpc::ClientContext context;
    Prepare(context, deadline);
    const Interruption::Cancels cancels(interruption_, context);
    Response response;
    const std::unique_ptr<typename Service::StubInterface> stub = Service::NewStub(channel_);
    const grpc::Status status = (stub.get()->*method)(&context, request, &response);
    JPKID_RETURN_IF_ERROR(Ended(context, status));
    return response;
  }

  // Calls a method that answers with a stream and hands each message to `on_message`, until that
  // returns false (OK) or the stream ends (its status).
  template <typename Service, typename Request, typename Response>
  absl::Status Stream(std::unique_ptr<grpc::ClientReaderInterface<Response>> (
                          Service::StubInterface::*method)(grpc::ClientContext*, const Request&),
                      const Request& request, absl::Time deadline,
                      absl::FunctionRef<bool(const Response&)> on_message) {
    JPKID_RETURN_IF_ERROR(Reach(deadline));
    grpc::ClientContext context;
    Prepare(context, deadline);
    const Interruption::Cancels cancels(interruption_, context);
    const std::unique_ptr<typename Service::StubInterface> stub = Service::NewStub(channel_);
    const auto stream = (stub.get()->*method)(&context, request);
    for (Response response; stream->Read(&response);) {
      NoteEnvironment(context);
      if (!on_message(response)) {
        context.TryCancel();
        stream->Finish();
        return absl::OkStatus();
      }
    }
    return Ended(context, stream->Finish());
  }

  // Opens a method whose messages go both ways for `talk`; then all is said. The stream's status.
  template <typename Service, typename Request, typename Response>
  absl::Status Converse(
      std::unique_ptr<grpc::ClientReaderWriterInterface<Request, Response>> (
          Service::StubInterface::*method)(grpc::ClientContext*),
      absl::Time deadline,
      absl::FunctionRef<void(grpc::ClientReaderWriterInterface<Request, Response>&)> talk) {
    JPKID_RETURN_IF_ERROR(Reach(deadline));
    grpc::ClientContext context;
    Prepare(context, deadline);
    const Interruption::Cancels cancels(interruption_, context);
    const std::unique_ptr<typename Service::StubInterface> stub = Service::NewStub(channel_);
    const auto stream = (stub.get()->*method)(&context);
    talk(*stream);
    stream->WritesDone();
    for (Response dropped; stream->Read(&dropped);) NoteEnvironment(context);
    return Ended(context, stream->Finish());
  }

 private:
  void Prepare(grpc::ClientContext& context, absl::Time deadline) const;
  // Reads what the daemon says of itself in the initial metadata.
  void NoteEnvironment(const grpc::ClientContext& context);
  // The call's status. What a daemon says of itself comes with a refusal, too.
  absl::Status Ended(const grpc::ClientContext& context, const grpc::Status& status);

  const Options options_;
  Interruption& interruption_;
  const std::shared_ptr<grpc::Channel> channel_;
  std::atomic<bool> reached_ = false;
  std::atomic<bool> training_ = false;
};

}  // namespace jpkid::client
