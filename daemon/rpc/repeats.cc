#include "daemon/rpc/repeats.h"

#include <algorithm>
#include <optional>
#include <utility>

#include "absl/strings/ascii.h"
#include "absl/strings/str_cat.h"
#include <google/protobuf/io/coded_stream.h>
#include <google/protobuf/io/zero_copy_stream_impl_lite.h>

#include "base/digest.h"
#include "base/log.h"
#include "base/status.h"
#include "daemon/rpc/status.h"

namespace jpkid::rpc {
namespace {

constexpr absl::string_view kField = "request_id";
constexpr std::size_t kLongest = 128;

// Failures that come before a command is sent to the card that could change it. A reader may go
// away in the middle of one.
constexpr Reason kNothingDone[] = {Reason::kReaderUnknown,    Reason::kReaderBusy,
                                   Reason::kCardAbsent,       Reason::kCardHeldElsewhere,
                                   Reason::kCardNotJpki,      Reason::kCardWrong,
                                   Reason::kPinFormat,        Reason::kPersonalisationNotAvailable,
                                   Reason::kInputUnknown,     Reason::kOperationUnknown,
                                   Reason::kArgumentInvalid,  Reason::kNotBuilt,
                                   Reason::kTrainingMismatch, Reason::kShuttingDown,
                                   Reason::kOverloaded,       Reason::kStoreUnavailable};

bool NothingDone(const absl::Status& status) {
  return std::ranges::any_of(kNothingDone,
                             [&](Reason reason) { return FailedFor(status, reason); });
}

Bytes DigestOf(const Message& request) {
  std::string text;
  {
    google::protobuf::io::StringOutputStream sink(&text);
    google::protobuf::io::CodedOutputStream coded(&sink);
    coded.SetSerializationDeterministic(true);
    request.SerializeToCodedStream(&coded);
  }
  return Sha256(AsBytes(text));
}

// An answer as it is kept: the standard error model, with the response as its only detail where it
// was good.
std::string Encode(const Answer& answer) {
  google::rpc::Status model;
  if (answer.ok()) {
    model.add_details()->PackFrom(**answer);
  } else {
    model = ToErrorModel(answer.status(), Language::kEnglish);
  }
  return model.SerializeAsString();
}

Answer Decode(ByteView kept, const Method& method) {
  google::rpc::Status model;
  if (!model.ParseFromArray(kept.data(), static_cast<int>(kept.size()))) {
    return absl::InternalError("a kept answer is damaged");
  }
  JPKID_RETURN_IF_ERROR(FromErrorModel(model));
  std::unique_ptr<Message> response = method.NewAnswer();
  if (model.details_size() != 1 || !model.details(0).UnpackTo(response.get())) {
    return absl::InternalError("a kept answer is of another method");
  }
  return response;
}

}  // namespace

absl::StatusOr<std::string> RequestIdOf(const Message& request) {
  const auto* field = request.GetDescriptor()->FindFieldByName(std::string(kField));
  std::string id = request.GetReflection()->GetString(request, field);
  const bool printable =
      std::ranges::all_of(id, [](unsigned char c) { return absl::ascii_isgraph(c); });
  if (id.empty() || id.size() > kLongest || !printable) {
    return Fail(Reason::kArgumentInvalid,
                {{"field", std::string(kField)},
                 {"detail", absl::StrCat("1 to ", kLongest, " printable ASCII characters")}});
  }
  return id;
}

// Holds the place of a request while it is worked on.
class Repeats::Turn {
 public:
  static std::optional<Turn> Take(Repeats& repeats, const store::RequestKey& key) {
    std::string name = absl::StrCat(key.caller, "\n", key.method, "\n", key.request_id);
    const MutexLock lock(repeats.mutex_);
    if (!repeats.under_way_.insert(name).second) return std::nullopt;
    return Turn(repeats, std::move(name));
  }
  Turn(Turn&& other) noexcept : repeats_(other.repeats_), name_(std::exchange(other.name_, {})) {}
  Turn& operator=(Turn&&) = delete;
  ~Turn() {
    if (name_.empty()) return;
    const MutexLock lock(repeats_.mutex_);
    repeats_.under_way_.erase(name_);
  }

 private:
  Turn(Repeats& repeats, std::string name) : repeats_(repeats), name_(std::move(name)) {}

  Repeats& repeats_;
  std::string name_;
};

bool Repeats::AppliesTo(const Method& method) {
  return method.repeat == Repeat::kGuard &&
         method.descriptor->input_type()->FindFieldByName(std::string(kField)) != nullptr;
}

Answer Repeats::Once(const Method& method, const Caller& caller, const Message& request,
                     absl::FunctionRef<Answer()> work) {
  JPKID_ASSIGN_OR_RETURN(const std::string id, RequestIdOf(request));
  const store::RequestKey key{
      .caller = InWords(caller), .method = method.descriptor->full_name(), .request_id = id};
  const std::optional<Turn> turn = Turn::Take(*this, key);
  if (!turn.has_value()) return Fail(Reason::kRequestUnderWay, {{"request_id", id}});
  JPKID_ASSIGN_OR_RETURN(const store::RememberedRequest remembered,
                         store_.BeginRequest(key, DigestOf(request)));
  switch (remembered.state) {
    case store::RememberedRequest::State::kAnswered:
      return Decode(remembered.answer, method);
    case store::RememberedRequest::State::kUnfinished:
      return Fail(Reason::kRequestCutOff, {{"request_id", id}});
    case store::RememberedRequest::State::kNew:
      break;
  }
  Answer answer = work();
  Keep(key, answer);
  return answer;
}

void Repeats::Keep(const store::RequestKey& key, const Answer& answer) {
  const absl::Status kept = !answer.ok() && NothingDone(answer.status())
                                ? store_.ForgetRequest(key)
                                : store_.FinishRequest(key, AsBytes(Encode(answer)));
  // The client still learns what happened; a repeat will be refused as cut off.
  if (!kept.ok()) LogError("%s: its answer is not kept: %s", key.method, kept.message());
}

}  // namespace jpkid::rpc
