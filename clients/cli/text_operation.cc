#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"

#include "clients/cli/names.h"
#include "clients/cli/table.h"
#include "clients/cli/text.h"

namespace jpkid::cli {
namespace {

using jpki::v1::CertificateInfo;
using jpki::v1::ListOperationsResponse;
using jpki::v1::Operation;
using jpki::v1::OperationFailure;
using jpki::v1::PendingInput;
using jpki::v1::Progress;
using jpki::v1::Receipt;

template <typename Kinds>
std::string Names(const Words& words, const Kinds& kinds) {
  std::vector<std::string> names;
  for (const int kind : kinds) {
    names.push_back(Name(words, static_cast<jpki::v1::CertificateKind>(kind)));
  }
  return absl::StrJoin(names, words(Msg::kListSeparator));
}

std::string What(const Words& words, const Operation& operation) {
  return absl::StrCat(Name(words, operation.type()), " (", Names(words, operation.kinds()), ")");
}

std::string HowFar(const Words& words, const Progress& progress) {
  return words(Msg::kStepOf, progress.step(), progress.steps(), progress.percent());
}

std::string Awaited(const Words& words, const PendingInput& input) {
  std::string what = words(Msg::kCard);
  if (input.has_pin()) {
    const bool sets = input.pin().purpose() == jpki::v1::PinRequest::PURPOSE_SET;
    what = words(sets ? Msg::kNewPinOf : Msg::kPinOf, Name(words, input.pin().pin()));
  } else if (!input.card().card_serial().empty()) {
    absl::StrAppend(&what, " ", input.card().card_serial());
  }
  return words(Msg::kInput, what, input.input_id());
}

void AddUnlessEmpty(const std::string& label, const std::string& value, Table& table) {
  if (!value.empty()) table.Add({label, value});
}

Table TableOf(const Words& words, const Operation& operation) {
  Table table;
  table.Add({words(Msg::kOperation), operation.training()
                                         ? words(Msg::kTrainingMark, operation.name())
                                         : operation.name()});
  table.Add({words(Msg::kWhat), What(words, operation)});
  AddUnlessEmpty(words(Msg::kCase), operation.case_(), table);
  table.Add({words(Msg::kState), Name(words, operation.state())});
  table.Add({words(Msg::kProgress), HowFar(words, operation.progress())});
  table.Add({words(Msg::kReader), operation.reader()});
  AddUnlessEmpty(words(Msg::kCard), operation.card_serial(), table);
  for (const PendingInput& input : operation.pending_inputs()) {
    table.Add({words(Msg::kAwaited), Awaited(words, input)});
  }
  if (operation.state() == Operation::STATE_WAITING && operation.pending_inputs().empty()) {
    table.Add({words(Msg::kAwaited), words(Msg::kAwaitsAuthority)});
  }
  if (operation.in_custody()) table.Add({words(Msg::kInCustody), ""});
  table.Add({words(Msg::kBegun), LocalTime(operation.create_time())});
  table.Add({words(Msg::kChanged), LocalTime(operation.update_time())});
  table.Add({words(Msg::kStartedBy), operation.creator()});
  AddUnlessEmpty(words(Msg::kRequestId), operation.request_id(), table);
  return table;
}

}  // namespace

std::string Text(const Words& words, const Operation& operation) {
  std::string text = TableOf(words, operation).Text();
  if (operation.has_receipt()) absl::StrAppend(&text, Text(words, operation.receipt()));
  if (operation.has_failure()) absl::StrAppend(&text, Text(words, operation.failure()));
  return text;
}

std::string Text(const Words& words, const ListOperationsResponse& response) {
  if (response.operations().empty()) return absl::StrCat(words(Msg::kNoOperations), "\n");
  Table table;
  table.Add({words(Msg::kOperation), words(Msg::kBegun), words(Msg::kWhat), words(Msg::kState),
             words(Msg::kProgress), words(Msg::kReader), words(Msg::kCard)});
  for (const Operation& operation : response.operations()) {
    table.Add({operation.name(), LocalTime(operation.create_time()), What(words, operation),
               Name(words, operation.state()), absl::StrCat(operation.progress().percent(), " %"),
               operation.reader(), operation.card_serial()});
  }
  return table.Text();
}

std::string Text(const Words& words, const Receipt& receipt) {
  std::string text = absl::StrCat(
      words(Msg::kDone, receipt.operation(), receipt.card_serial(), LocalTime(receipt.time())),
      "\n");
  for (const CertificateInfo& certificate : receipt.certificates()) {
    absl::StrAppend(&text, Text(words, certificate));
  }
  if (receipt.training()) absl::StrAppend(&text, words(Msg::kTraining), "\n");
  return text;
}

std::string Text(const Words& words, const OperationFailure& failure) {
  std::string text =
      absl::StrCat(words(Msg::kEventFailed, failure.message()), " [", failure.reason(), "]\n",
                   words(failure.card_changed() ? Msg::kCardChanged : Msg::kCardUnchanged), "\n");
  if (!failure.activated_kinds().empty()) {
    absl::StrAppend(&text, words(Msg::kInForce, Names(words, failure.activated_kinds())), "\n");
  }
  if (!failure.remedy().empty()) absl::StrAppend(&text, failure.remedy(), "\n");
  return text;
}

}  // namespace jpkid::cli
