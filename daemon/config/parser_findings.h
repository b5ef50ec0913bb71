#pragma once

#include <string>
#include <utility>
#include <vector>

#include "absl/strings/string_view.h"
#include <google/protobuf/io/tokenizer.h>

#include "daemon/config/findings.h"

namespace jpkid::config {

// Takes what protobuf's parser complains of in `text`, and puts it in our words and at the word
// that is meant: the parser points behind it. Both arguments outlive it.
class ParserFindings final : public google::protobuf::io::ErrorCollector {
 public:
  ParserFindings(absl::string_view text, Findings& findings);

  // Lines and columns come counted from 0; -1: the text as a whole.
  void AddError(int line, int column, const std::string& message) override;
  void AddWarning(int line, int column, const std::string& message) override;

 private:
  Place PlaceOf(int line, int column, const std::string& message) const;

  const std::vector<absl::string_view> lines_;
  Findings& findings_;
};

}  // namespace jpkid::config
