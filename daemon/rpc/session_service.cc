#include "daemon/rpc/session_service.h"

#include <utility>

#include "base/log.h"
#include "base/status.h"
#include "daemon/rpc/convert.h"
#include "daemon/rpc/session_conversation.h"

namespace jpkid::rpc {

SessionService::SessionService(session::Sessions& sessions, const SessionLimits& limits,
                               Registry& registry)
    : sessions_(sessions), limits_(limits) {
  registry.BindTalk<v1::OpenSessionRequest, v1::OpenSessionResponse>(
      "jpki.v1.ReaderService.OpenSession", *this, &SessionService::OpenSession);
  registry.BindUnary("jpki.v1.ReaderService.ReleaseReader", Where::kStore, *this,
                     &SessionService::ReleaseReader);
}

std::unique_ptr<Conversation> SessionService::OpenSession(const CallInfo& info,
                                                          std::shared_ptr<Line> line) {
  return std::make_unique<SessionConversation>(sessions_, limits_, ProcessInWords(info.caller),
                                               std::move(line));
}

absl::StatusOr<v1::ReleaseReaderResponse> SessionService::ReleaseReader(
    CallInfo& info, const v1::ReleaseReaderRequest& request) {
  JPKID_ASSIGN_OR_RETURN(const std::string alias, IdOf("readers", request.reader(), "reader"));
  JPKID_RETURN_IF_ERROR(sessions_.Queue(alias).status());  // Whether there is such a reader.
  v1::ReleaseReaderResponse response;
  response.set_released(sessions_.EndVisit(alias));
  if (response.released()) LogInfo("reader %s: released by %s", alias, InWords(info.caller));
  return response;
}

}  // namespace jpkid::rpc
