#pragma once

#include <string>

#include "clients/cli/texts.h"
#include "jpki/v1/case_service.pb.h"

// Procedures and cases as text for people, and their values in words.
namespace jpkid::cli {

// A sentence, so that a clerk can read it aloud; then lists.
std::string Text(const Words& words, const jpki::v1::Procedure& procedure);
std::string Text(const Words& words, const jpki::v1::Case& one);
std::string Text(const Words& words, const jpki::v1::ListCasesResponse& response);

std::string Name(const Words& words, jpki::v1::Applicant applicant);
std::string Name(const Words& words, jpki::v1::Case::State state);
// "issue (auth, signature)".
std::string What(const Words& words, const jpki::v1::Application& application);

// `cases/ID` of "ID" or "cases/ID".
std::string CaseName(absl::string_view text);

// "2026-12-20" as people say it: "Sunday, 20 December 2026", "2026年12月20日（日）". What is no
// date stays as it is.
std::string DateInWords(const Words& words, absl::string_view date);

// The words of the thing to bring that has this code.
std::string TextOfItem(const jpki::v1::Case& one, const std::string& code);

// Name, telephone and so on, a line each.
std::string Text(const Words& words, const jpki::v1::Office& office);

}  // namespace jpkid::cli
