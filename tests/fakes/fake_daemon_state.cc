#include "tests/fakes/fake_daemon_state.h"

#include <algorithm>
#include <cctype>
#include <chrono>

#include "absl/strings/str_cat.h"

#include "base/status.h"
#include "google/rpc/error_details.pb.h"
#include "google/rpc/status.pb.h"

namespace jpkid::fakes {
namespace {

using jpki::v1::Operation;
using jpki::v1::OperationEvent;
using jpki::v1::PinKind;
using jpki::v1::PinStatus;

std::string LanguageOf(const grpc::ServerContext& context) {
  const auto found = context.client_metadata().find("accept-language");
  if (found == context.client_metadata().end()) return "";
  return std::string(found->second.data(), found->second.size());
}

absl::Status Invalid(const std::string& field, const std::string& detail) {
  return Fail(Reason::kArgumentInvalid, {{"field", field}, {"detail", detail}});
}

}  // namespace

absl::Status FakeState::Enter(grpc::ServerContext& context, const std::string& method,
                              bool may_last_for_ever) {
  ++calls[method];
  languages.push_back(LanguageOf(context));
  if (training) context.AddInitialMetadata("jpkid-environment", "training");
  if (!may_last_for_ever &&
      context.deadline() > std::chrono::system_clock::now() + std::chrono::hours(24)) {
    return Invalid("deadline", "every call has one");
  }
  const auto failure = failures.find(method);
  if (failure == failures.end()) return absl::OkStatus();
  const absl::Status status = failure->second;
  failures.erase(failure);
  return status;
}

absl::Status FakeState::Enter(grpc::ServerContext& context, const std::string& method,
                              const google::protobuf::Message& request) {
  last[method] = request.ShortDebugString();
  return Enter(context, method);
}

void FakeState::Begin(const jpki::v1::RunCaseRequest& request) {
  operation.set_name(FakeDaemon::kOperation);
  operation.set_type(request.type());
  *operation.mutable_kinds() = request.kinds();
  operation.set_reader(request.reader());
  operation.set_request_id(request.request_id());
  operation.set_creator("uid:1000");
  operation.set_training(true);
  operation.mutable_office()->set_division("Training Division");
  operation.mutable_office()->set_telephone("000-000-0000");
  operation.mutable_create_time()->set_seconds(1'800'000'000);
  operation.set_state(Operation::STATE_QUEUED);
}

absl::StatusOr<bool> FakeState::Once(const absl::Status& before, const std::string& request_id,
                                     const google::protobuf::Message& request) {
  if (!before.ok()) return before;
  if (request_id.empty() || request_id.size() > 128) {
    return Invalid("request_id", "1 to 128 characters");
  }
  const auto [found, is_new] = requests.emplace(request_id, request.SerializeAsString());
  if (!is_new && found->second != request.SerializeAsString()) {
    return Fail(Reason::kRequestIdReused, {{"request_id", request_id}});
  }
  return is_new;
}

absl::Status FakeState::CheckReader(const std::string& name) const {
  constexpr absl::string_view kCollection = "readers/";
  if (name.rfind(kCollection.data(), 0) != 0) return Invalid("reader", "must be 'readers/…'");
  const bool known = std::any_of(readers.begin(), readers.end(),
                                 [&](const auto& reader) { return reader.name() == name; });
  if (known) return absl::OkStatus();
  return Fail(Reason::kReaderUnknown, {{"reader", name.substr(kCollection.size())}});
}

absl::Status FakeState::Verify(PinKind pin, const std::string& value) {
  JPKID_RETURN_IF_ERROR(CheckForm(pin, value));
  FakePin& card = pins[pin];
  const std::string name(NameOf(pin));
  if (card.value.empty()) return Fail(Reason::kPinNotSet, {{"pin", name}});
  if (card.tries_left == 0) return Fail(Reason::kPinBlocked, {{"pin", name}});
  if (value == card.value) {
    card.tries_left = pin == jpki::v1::PIN_KIND_AUTH ? 3 : 5;
    return absl::OkStatus();
  }
  --card.tries_left;
  return Fail(Reason::kPinWrong, {{"pin", name}, {"tries_left", absl::StrCat(card.tries_left)}});
}

PinStatus FakeState::StatusOf(PinKind pin) {
  const FakePin& card = pins[pin];
  PinStatus status;
  status.set_pin(pin);
  status.set_state(card.value.empty()     ? PinStatus::STATE_NOT_SET
                   : card.tries_left == 0 ? PinStatus::STATE_BLOCKED
                                          : PinStatus::STATE_READY);
  status.set_tries_left(card.tries_left);
  return status;
}

void FakeState::Advance() {
  while (!script.empty()) {
    OperationEvent event = script.front();
    if (event.event_case() == OperationEvent::EVENT_NOT_SET) break;
    script.pop_front();
    Tell(event);
    if (event.has_waiting() && !event.waiting().inputs().empty()) break;
  }
  changed.NotifyAll();
}

void FakeState::Tell(OperationEvent event) {
  event.set_sequence(static_cast<std::int64_t>(told.size()) + 1);
  event.mutable_time()->set_seconds(1'800'000'000 + ++told_ever);
  operation.set_last_sequence(event.sequence());
  *operation.mutable_progress() = event.progress();
  operation.clear_pending_inputs();
  operation.set_state(event.has_waiting() ? Operation::STATE_WAITING : Operation::STATE_RUNNING);
  if (event.has_waiting()) *operation.mutable_pending_inputs() = event.waiting().inputs();
  if (event.has_completed()) {
    operation.set_state(Operation::STATE_SUCCEEDED);
    *operation.mutable_receipt() = event.completed().receipt();
    if (!the_case.operation().empty()) the_case.set_state(jpki::v1::Case::STATE_COMPLETED);
  }
  if (event.has_failed()) {
    operation.set_state(Operation::STATE_FAILED);
    *operation.mutable_failure() = event.failed().failure();
  }
  told.push_back(std::move(event));
}

absl::Status CheckForm(PinKind pin, const std::string& value) {
  const auto is_digit = [](unsigned char c) { return std::isdigit(c) != 0; };
  const auto is_upper = [](unsigned char c) { return std::isupper(c) != 0; };
  const auto all = [&](const auto& one) { return std::all_of(value.begin(), value.end(), one); };
  const auto any = [&](const auto& one) { return std::any_of(value.begin(), value.end(), one); };
  if (pin == jpki::v1::PIN_KIND_AUTH) {
    if (value.size() == 4 && all(is_digit)) return absl::OkStatus();
    return Fail(Reason::kPinFormat,
                {{"pin", "auth"}, {"rule", "4 digits"}, {"rule_ja", "数字 4 桁"}});
  }
  const bool form = value.size() >= 6 && value.size() <= 16 &&
                    all([&](char c) { return is_digit(c) || is_upper(c); });
  if (form && any(is_digit) && any(is_upper)) return absl::OkStatus();
  return Fail(Reason::kPinFormat, {{"pin", "signature"},
                                   {"rule", "6 to 16 capitals and digits"},
                                   {"rule_ja", "英大文字と数字 6〜16 桁"}});
}

absl::string_view NameOf(PinKind pin) {
  return pin == jpki::v1::PIN_KIND_AUTH ? "auth" : "signature";
}

grpc::Status ToWire(const absl::Status& status, const grpc::ServerContext& context) {
  if (status.ok()) return grpc::Status::OK;
  const Failure failure = FailureOf(status);
  const Language language = LanguageOf(context) == "ja" ? Language::kJapanese : Language::kEnglish;
  google::rpc::Status model;
  model.set_code(static_cast<int>(status.code()));
  google::rpc::ErrorInfo info;
  info.set_reason(std::string(Row(failure.reason).code));
  info.set_domain("jpkid");
  info.mutable_metadata()->insert(failure.metadata.begin(), failure.metadata.end());
  model.add_details()->PackFrom(info);
  google::rpc::LocalizedMessage words;
  words.set_locale(LanguageOf(context));
  words.set_message(absl::StrCat(Text(failure.reason, failure.metadata, language), " ",
                                 Remedy(failure.reason, failure.metadata, language)));
  model.add_details()->PackFrom(words);
  return grpc::Status(static_cast<grpc::StatusCode>(status.code()), std::string(status.message()),
                      model.SerializeAsString());
}

}  // namespace jpkid::fakes
