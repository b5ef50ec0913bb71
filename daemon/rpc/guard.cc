#include "daemon/rpc/guard.h"

#include <utility>

#include "absl/strings/str_cat.h"

#include "base/log.h"
#include "base/status.h"
#include "daemon/rpc/status.h"

namespace jpkid::rpc {
namespace {

void Refuse(Call& call, const absl::Status& status) {
  if (FailedFor(status, Reason::kInternal)) LogError("%s: %s", call.method(), status.message());
  LogDebug("%s: %s", call.method(), Row(FailureOf(status).reason).code);
  call.Finish(ToGrpc(status, call.language()));
}

void Send(Call& call, const Answer& answer) {
  if (!answer.ok()) return Refuse(call, answer.status());
  LogDebug("%s: answered", call.method());
  call.Answer(ToBuffer(**answer));
}

void Describe(const std::shared_ptr<Call>& call, const Caller& caller, CallInfo& info) {
  info.caller = caller;
  info.language = call->language();
  info.deadline = call->deadline();
  info.gone = [call] { return call->gone(); };
  info.on_gone = [call](absl::AnyInvocable<void() &&> listener) {
    call->OnGone(std::move(listener));
  };
}

absl::Status NotBuilt(absl::string_view what) {
  return Fail(Reason::kNotBuilt, {{"what", std::string(what)}});
}

}  // namespace

// An admitted call whose request has arrived.
struct Guard::Work {
  std::shared_ptr<Call> call;
  const Method& method;
  Caller caller;
  std::unique_ptr<Received> received;
};

void Guard::Handle(const std::shared_ptr<Call>& call) {
  call->AddInitialMetadata("jpkid-environment", parts_.environment);
  std::optional<Caller> caller;
  const absl::StatusOr<const Method*> method = Admit(*call, caller);
  if (!method.ok()) {
    Refuse(*call, method.status());
    return;
  }
  if (const auto* dialogue = std::get_if<Dialogue>(&(*method)->handler)) {
    Converse(call, *dialogue, **method);
    return;
  }
  if (const auto* talk = std::get_if<Talk>(&(*method)->handler)) {
    Begin(call, *talk, **method, *caller);
    return;
  }
  auto work = std::unique_ptr<Work>(
      new Work{.call = call, .method = **method, .caller = *caller, .received = nullptr});
  call->Read([this, work = std::move(work)](std::unique_ptr<Received> received) mutable {
    work->received = std::move(received);
    OnRequest(std::move(work));
  });
}

// gRPC's own methods name no role: any will do, and the observer's is the least.
absl::Status Guard::CheckRole(const Method& method, const Caller& caller) const {
  const bool holds =
      method.standard ? parts_.roles.HoldsOne(caller) : parts_.roles.Holds(caller, method.role);
  if (holds) return absl::OkStatus();
  const jpki::v1::Role needed = method.standard ? jpki::v1::ROLE_OBSERVER : method.role;
  return Fail(Reason::kRoleMissing, {{"method", method.descriptor->full_name()},
                                     {"role", RoleName(needed)},
                                     {"caller", InWords(caller)}});
}

absl::StatusOr<const Method*> Guard::Admit(const Call& call, std::optional<Caller>& caller) const {
  if (refusing_) return Fail(Reason::kShuttingDown);
  const Method* method = parts_.methods.Find(call.method());
  if (method == nullptr) return NotBuilt(call.method());
  caller = parts_.caller_of(call.peer());
  if (!caller.has_value()) return Fail(Reason::kCallerUnknown);
  JPKID_RETURN_IF_ERROR(CheckRole(*method, *caller));
  if (std::holds_alternative<std::monostate>(method->handler)) {
    return NotBuilt(method->descriptor->full_name());
  }
  return method;
}

void Guard::OnRequest(std::unique_ptr<Work> work) {
  const std::shared_ptr<Call> call = work->call;
  if (work->received == nullptr) {
    Refuse(*call, Fail(Reason::kArgumentInvalid,
                       {{"field", "request"}, {"detail", "the call carried no message"}}));
    return;
  }
  const Where where = work->method.where;
  if (where == Where::kAtOnce) {
    Do(*work);
    return;
  }
  WorkPool& pool = where == Where::kCard ? parts_.card_pool : parts_.store_pool;
  if (!pool.Submit([this, work = std::move(work)] { Do(*work); })) {
    Refuse(*call, Fail(Reason::kOverloaded, {{"detail", "calls"}}));
  }
}

void Guard::Do(Work& work) const {
  // It may have waited long for a thread.
  if (work.call->gone()) return work.call->Finish(grpc::Status::CANCELLED);
  CallInfo info;
  std::unique_ptr<Message> request;
  if (absl::Status ready = Prepare(work, info, request); !ready.ok()) {
    Refuse(*work.call, ready);
    return;
  }
  if (const auto* watch = std::get_if<Watch>(&work.method.handler)) {
    absl::StatusOr<std::unique_ptr<Source>> source = (*watch)(info, *request);
    if (!source.ok()) return Refuse(*work.call, source.status());
    parts_.streams.Start(work.call, *std::move(source));
    return;
  }
  if (const auto* later = std::get_if<Later>(&work.method.handler)) {
    return (*later)(info, *request,
                    [call = work.call](const Answer& answer) { Send(*call, answer); });
  }
  const auto& unary = std::get<Unary>(work.method.handler);
  const Answer answer = Repeats::AppliesTo(work.method)
                            ? parts_.repeats.Once(work.method, info.caller, *request,
                                                  [&] { return unary(info, *request); })
                            : unary(info, *request);
  Send(*work.call, answer);
}

absl::Status Guard::Prepare(Work& work, CallInfo& info, std::unique_ptr<Message>& request) const {
  request = work.method.NewRequest();
  const bool parsed = work.received->ParseTo(*request);
  info.secrets = Secrets::TakeFrom(*request);
  work.received.reset();
  if (!parsed) {
    return Fail(Reason::kArgumentInvalid,
                {{"field", "request"}, {"detail", absl::StrCat("not a ", request->GetTypeName())}});
  }
  Describe(work.call, work.caller, info);
  return absl::OkStatus();
}

void Guard::Begin(const std::shared_ptr<Call>& call, const Talk& talk, const Method& method,
                  const Caller& caller) const {
  CallInfo info;
  Describe(call, caller, info);
  const auto line = std::make_shared<Line>(call, method);
  parts_.streams.Add(line);
  line->Start(talk(info, line));
}

void Guard::Converse(const std::shared_ptr<Call>& call, const Dialogue& dialogue,
                     const Method& method) const {
  call->Read([this, call, &dialogue, &method](std::unique_ptr<Received> received) {
    if (received == nullptr) return call->Finish(grpc::Status::OK);
    const std::unique_ptr<Message> question = method.NewRequest();
    if (!received->ParseTo(*question)) {
      return Refuse(*call, Fail(Reason::kArgumentInvalid,
                                {{"field", "request"}, {"detail", "not a question"}}));
    }
    call->Write(ToBuffer(*dialogue(*question)), [this, call, &dialogue, &method](bool ok) {
      if (ok) Converse(call, dialogue, method);
    });
  });
}

}  // namespace jpkid::rpc
