#pragma once

#include <string>

#include "absl/strings/string_view.h"
#include "absl/strings/substitute.h"

#include "base/reason.h"

// What jpkictl says at run time, in both languages: one table (texts.inc). What --help says stands
// beside it (help_texts.cc); why something failed, in the daemon's catalogue (base/reason.h).
namespace jpkid::cli {

enum class Msg {
#define TEXT(name, english, japanese) name,
#include "clients/cli/texts.inc"
#undef TEXT
};

// The messages in one language, $0, $1 … filled in.
class Words {
 public:
  explicit Words(Language language) : language_(language) {}

  Language language() const { return language_; }

  template <typename... Args>
  std::string operator()(Msg msg, const Args&... args) const {
    return absl::Substitute(Pattern(msg), args...);
  }

  // The message before it is filled in.
  absl::string_view Pattern(Msg msg) const;

 private:
  Language language_;
};

}  // namespace jpkid::cli
