#include "daemon/store/text.h"

#include "absl/strings/str_cat.h"
#include <google/protobuf/io/tokenizer.h>
#include <google/protobuf/text_format.h>

#include "base/status.h"

namespace jpkid::store {
namespace {

// Keeps the parser from writing rows to standard error.
class Silent final : public google::protobuf::io::ErrorCollector {
 public:
  void AddError(int line, google::protobuf::io::ColumnNumber column,
                const std::string& /*message*/) override {
    where_ = absl::StrCat(line + 1, ":", column + 1);
  }
  const std::string& where() const { return where_; }

 private:
  std::string where_;
};

}  // namespace

std::string ToText(const google::protobuf::Message& message) {
  google::protobuf::TextFormat::Printer printer;
  printer.SetSingleLineMode(true);
  printer.SetUseUtf8StringEscaping(true);
  std::string text;
  printer.PrintToString(message, &text);
  return text;
}

absl::Status FromText(const std::string& text, google::protobuf::Message& message) {
  google::protobuf::TextFormat::Parser parser;
  Silent errors;
  parser.RecordErrorsTo(&errors);
  if (parser.ParseFromString(text, &message)) return absl::OkStatus();
  return Fail(Reason::kStoreUnavailable,
              {{"detail", absl::StrCat("a row of ", message.GetTypeName(), " does not read, at ",
                                       errors.where())}});
}

}  // namespace jpkid::store
