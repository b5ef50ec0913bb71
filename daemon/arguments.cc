#include "daemon/arguments.h"

#include <filesystem>
#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include <CLI/CLI.hpp>

#include "base/status.h"
#include "daemon/examination.h"

namespace jpkid {
namespace {

constexpr char kVersion[] = "jpkid " JPKID_VERSION;
constexpr int kWrongUsage = 2;  // As jpkictl says it.

// An option with the name of a file. None named, as by a script's empty variable, is a mistake:
// without the option the daemon would do something else.
CLI::Option* AddFile(CLI::App& app, const char* name, const char* type, std::string& file,
                     const char* what) {
  return app.add_option(name, file, what)->type_name(type)->check([](const std::string& given) {
    return given.empty() ? "must not be empty" : "";
  });
}

void AddFiles(CLI::App& app, Arguments& arguments) {
  AddFile(app, "--config", "FILE", arguments.config_file,
          "Settings, as text proto; the installed example explains each");
  AddFile(app, "--data-dir", "DIR", arguments.data_dir,
          "Keep everything under DIR; the socket is DIR/jpkid.sock");
  AddFile(app, "--ca-dir", "DIR", arguments.ca_dir,
          "The training authority's directory, shared with jpki-simcard and jpki-simca");
}

void AddRestoring(CLI::App& app, CLI::Option* check, Arguments& arguments) {
  CLI::Option* const restore = AddFile(app, "--restore", "BACKUP", arguments.backup,
                                       "Put a backup in the store's place, and end")
                                   ->excludes(check);
  app.add_flag("--mark-restored", arguments.restored,
               "Note in the store that another program (pg_restore) restored it, and end")
      ->excludes(check)
      ->excludes(restore);
}

// What --ca-dir overrules.
absl::Status PlaceAuthority(const Arguments& arguments, config::Config& config) {
  if (arguments.ca_dir.empty()) return absl::OkStatus();
  auto* const embedded = std::get_if<config::EmbeddedCa>(&config.ca);
  if (embedded == nullptr) {
    return absl::InvalidArgumentError(absl::StrCat("--ca-dir is the training authority's, and ",
                                                   arguments.config_file,
                                                   " names another authority"));
  }
  embedded->dir = std::filesystem::absolute(arguments.ca_dir).lexically_normal();
  return absl::OkStatus();
}

// Of settings that stand in no file: what is wrong with them has no place either.
absl::Status Examined(const config::Config& config) {
  std::vector<std::string> sentences;
  for (config::Objection& objection : ObjectionsTo(config)) {
    sentences.push_back(std::move(objection.sentence));
  }
  if (sentences.empty()) return absl::OkStatus();
  return absl::InvalidArgumentError(absl::StrJoin(sentences, "\n"));
}

absl::StatusOr<config::Config> EmbeddedDefault(const Arguments& arguments) {
  config::Config config = config::EmbeddedDefault(arguments.data_dir);
  JPKID_RETURN_IF_ERROR(PlaceAuthority(arguments, config));
  if (!arguments.restores()) JPKID_RETURN_IF_ERROR(Examined(config));
  return config;
}

}  // namespace

std::variant<Arguments, int> ParseArguments(int argc, char** argv) {
  Arguments arguments;
  CLI::App app(
      "The daemon that owns the card readers of a municipal counter.\n"
      "Without --config it runs the embedded default: a simulated reader and card, a training\n"
      "authority, everything under one private directory. Nothing made there is valid anywhere.",
      "jpkid");
  app.set_version_flag("--version", kVersion);
  AddFiles(app, arguments);
  CLI::Option* const check = app.add_flag("--check-config", arguments.check_config,
                                          "Read the settings, say what is wrong, and end");
  AddRestoring(app, check, arguments);
  app.footer(
      "When it serves it prints one line on standard output: jpkid ready: unix:PATH\n"
      "SIGTERM ends it; operations under way go on at the next start.");
  try {
    app.parse(argc, argv);
  } catch (const CLI::ParseError& error) {
    return app.exit(error) == 0 ? 0 : kWrongUsage;
  }
  return arguments;
}

absl::StatusOr<config::Config> Configure(const Arguments& arguments) {
  if (arguments.config_file.empty()) return EmbeddedDefault(arguments);
  const config::Examination examine = [&arguments](config::Config config) {
    PlaceAuthority(arguments, config).IgnoreError();  // It is told below.
    return ObjectionsTo(config);
  };
  JPKID_ASSIGN_OR_RETURN(
      config::Config config,
      config::ReadConfig(arguments.config_file, arguments.data_dir,
                         arguments.restores() ? config::Examination() : examine));
  JPKID_RETURN_IF_ERROR(PlaceAuthority(arguments, config));
  return config;
}

}  // namespace jpkid
