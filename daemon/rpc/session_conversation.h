#pragma once

#include <memory>
#include <string>

#include "absl/status/status.h"

#include "daemon/rpc/line.h"
#include "daemon/rpc/session_service.h"
#include "daemon/session/session.h"
#include "jpki/v1/reader_session.pb.h"

namespace jpkid::rpc {

class SessionDesk;

// A client's session at a reader, over OpenSession. Its messages come on the I/O thread; what the
// reader's thread has done it sends from there, so that nothing but the card is waited for.
class SessionConversation final : public Conversation {
 public:
  // So many batches are read before the first one's answer has been sent.
  static constexpr int kMostBatchesAhead = 8;
  static constexpr int kMostCommands = 256;

  // `sessions` outlives it. `client`: in words.
  SessionConversation(session::Sessions& sessions, const SessionLimits& limits, std::string client,
                      std::shared_ptr<Line> line);
  ~SessionConversation() override;
  SessionConversation(const SessionConversation&) = delete;
  SessionConversation& operator=(const SessionConversation&) = delete;

  void OnMessage(google::protobuf::Message& message) override;
  void OnAllSaid() override;

 private:
  absl::Status Take(jpki::v1::OpenSessionRequest& request);
  absl::Status Acquire(const jpki::v1::AcquireReader& acquire);
  absl::Status Send(jpki::v1::CommandBatch& batch);

  session::Sessions& sessions_;
  const SessionLimits limits_;
  const std::string client_;
  const std::shared_ptr<Line> line_;
  std::shared_ptr<SessionDesk> desk_;  // Of the session under way; null: none.
};

}  // namespace jpkid::rpc
