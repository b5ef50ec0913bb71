#include "clients/cli/run.h"

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <exception>
#include <optional>

#include "absl/algorithm/container.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_replace.h"
#include "absl/strings/strip.h"

#include "base/status.h"
#include "clients/cli/command_line.h"
#include "clients/cli/commands.h"
#include "clients/cli/usage_error.h"
#include "clients/lib/address.h"
#include "clients/lib/failure.h"
#include "clients/lib/language.h"

namespace jpkid::cli {
namespace {

// Commands that are added together, and the first words of these.
struct Family {
  void (*add)(CommandLine&);
  absl::string_view word;
  absl::string_view other_word = word;
};

constexpr Family kFamilies[] = {
    {AddReaders, "readers"},       {AddCard, "card"},           {AddPin, "pin"},
    {AddCertificate, "cert"},      {AddSign, "sign"},           {AddPreview, "preview"},
    {AddIssue, "issue", "renew"},  {AddCase, "case"},           {AddCaseList, "case"},
    {AddSlips, "case", "receipt"}, {AddOperation, "operation"}, {AddHealth, "health"},
    {AddQueue, "queue"},           {AddBackup, "backup"},       {AddApdu, "apdu"},
    {AddTrace, "trace"},
};

// The language that --lang asks for, looked up before the command line is understood: its errors
// and its help are told in it.
std::optional<Language> AskedLanguage(const std::vector<std::string>& arguments) {
  std::optional<Language> asked;
  for (std::size_t i = 0; i < arguments.size(); ++i) {
    if (absl::StartsWith(arguments[i], "--lang=")) {
      asked = client::LanguageOfTag(arguments[i].substr(7));
    } else if (arguments[i] == "--lang" && i + 1 < arguments.size()) {
      asked = client::LanguageOfTag(arguments[i + 1]);
    }
  }
  return asked;
}

// Understands the arguments; the number to end with, where there is nothing more to do.
std::optional<ExitCode> Parse(CommandLine& line, std::vector<std::string> arguments,
                              const Words& words, Console& console) {
  // CLI11 takes them from the back.
  std::reverse(arguments.begin(), arguments.end());
  try {
    line.app().parse(arguments);
    return std::nullopt;
  } catch (const CLI::Success& done) {
    line.app().exit(done, console.out, console.err);
    return ExitCode::kDone;
  } catch (const CLI::ParseError& error) {
    console.err << words(Msg::kUsage, SentenceOf(words, line.app(), error)) << std::endl;
  } catch (const std::exception& error) {
    // Of CLI11's own conversions.
    console.err << words(Msg::kUsage, error.what()) << std::endl;
  }
  return ExitCode::kUsage;
}

// The failure of a request's field as that of the option which it came from: what is typed is
// "--birth-date", whatever the API calls it.
absl::Status InWordsOfTheLine(const absl::Status& status, const CLI::App& app) {
  if (!FailedFor(status, Reason::kArgumentInvalid)) return status;
  ReasonMetadata metadata = FailureOf(status).metadata;
  absl::string_view field = metadata["field"];
  absl::ConsumePrefix(&field, "application.");
  const std::string option = absl::StrCat("--", absl::StrReplaceAll(field, {{"_", "-"}}));
  if (ChosenIn(app).get_option_no_throw(option) == nullptr) return status;
  metadata["field"] = option;
  return Fail(Reason::kArgumentInvalid, std::move(metadata));
}

// Flushes `out`. What went wrong, as errno has it; 0: all is written.
int Flush(std::ostream& out) {
  const bool failed = !out.good();
  // What could not be written then cannot be written now either, and now errno is known.
  out.clear();
  errno = 0;
  out.flush();
  if (!failed && out.good()) return 0;
  return errno != 0 ? errno : EIO;
}

ExitCode Finish(Context& context, CommandLine& line, const Outcome& outcome) {
  const int not_written = Flush(context.console().out);
  if (context.daemon().interruption().raised()) return ExitCode::kInterrupted;
  if (!outcome.ok()) {
    context.TellFailure(InWordsOfTheLine(outcome.status(), line.app()), line.chosen().card);
    return ExitCodeOf(outcome.status());
  }
  if (not_written != 0) {
    context.Tell(context.words()(Msg::kCannotWriteOut, std::strerror(not_written)));
    return ExitCode::kFailed;
  }
  return *outcome;
}

}  // namespace

void AddCommands(CommandLine& line, const std::vector<std::string>& arguments) {
  const auto named = [&](const Family& family) {
    return absl::c_linear_search(arguments, family.word) ||
           absl::c_linear_search(arguments, family.other_word);
  };
  const bool any = absl::c_any_of(kFamilies, named);
  for (const Family& family : kFamilies) {
    if (!any || named(family)) family.add(line);
  }
}

ExitCode Run(const std::vector<std::string>& arguments, const Environment& environment,
             Console& console, client::Interruption& interruption) {
  const Words words(AskedLanguage(arguments).value_or(
      client::LanguageOfLocale(environment.lc_all, environment.lc_messages, environment.lang)));
  Globals globals;
  CommandLine line(words.language(), globals);
  AddCommands(line, arguments);
  if (const auto done = Parse(line, arguments, words, console)) return *done;

  const auto address = client::ResolveAddress(globals.address, environment.address);
  if (!address.ok()) {
    console.err << words(Msg::kUsage, client::Explain(address.status(), words.language()).message)
                << std::endl;
    return ExitCode::kUsage;
  }
  client::Connection daemon(
      {.address = *address,
       .language = words.language(),
       .on_training = [&] { console.err << words(Msg::kTraining) << std::endl; }},
      interruption);
  Context context(globals, words, console, daemon);
  return Finish(context, line, line.chosen().run(context));
}

}  // namespace jpkid::cli
