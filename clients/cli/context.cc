#include "clients/cli/context.h"

#include "absl/strings/str_cat.h"

#include "base/steady_time.h"
#include "clients/cli/json.h"
#include "clients/lib/failure.h"

namespace jpkid::cli {

Context::Context(const Globals& globals, const Words& words, Console& console,
                 client::Connection& daemon)
    : output_(globals.output),
      limit_(globals.limit),
      never_ask_(globals.never_ask),
      start_(SteadyNow()),
      words_(words),
      console_(console),
      daemon_(daemon) {}

absl::Time Context::Deadline(absl::Duration otherwise) const {
  return start_ + limit_.value_or(otherwise);
}

absl::Time Context::CallDeadline() const {
  return limit_.has_value() ? start_ + *limit_ : SteadyNow() + kCallLimit;
}

absl::Time Context::FarewellDeadline() const { return SteadyNow() + kFarewell; }

Output Context::stream_output() const {
  return output_.value_or(console_.out_is_terminal ? Output::kText : Output::kJsonLines);
}

absl::Status Context::Print(const google::protobuf::Message& message,
                            absl::string_view text) const {
  if (output() == Output::kText) {
    console_.out << text;
    return absl::OkStatus();
  }
  JPKID_ASSIGN_OR_RETURN(const std::string json,
                         output() == Output::kJson ? PrettyJson(message) : JsonLine(message));
  console_.out << json << std::flush;
  return absl::OkStatus();
}

void Context::Tell(absl::string_view line) const { console_.err << line << std::endl; }

void Context::TellFailure(const absl::Status& status, CardUse use) const {
  const client::Explanation told = client::Explain(status, words_.language());
  Tell(absl::StrCat(words_(Msg::kFailed, told.message),
                    told.code.empty() ? "" : absl::StrCat(" [", told.code, "]")));
  if (use != CardUse::kNone && told.card != CardChange::kNotApplicable) {
    // What never reached the daemon, or only reads, has changed nothing.
    const bool in_doubt =
        told.card == CardChange::kMaybe && use == CardUse::kChanges && daemon_.reached();
    Tell(words_(in_doubt ? Msg::kCardMaybeChanged : Msg::kCardUnchanged));
  }
  if (!told.remedy.empty()) Tell(told.remedy);
}

}  // namespace jpkid::cli
