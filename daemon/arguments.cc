#include "daemon/arguments.h"

#include <filesystem>

#include "absl/strings/str_cat.h"
#include <CLI/CLI.hpp>

#include "base/status.h"
#include "daemon/examination.h"

namespace jpkid {
namespace {

constexpr char kVersion[] = "jpkid " JPKID_VERSION;
constexpr int kWrongUsage = 2;  // As jpkictl says it.

void AddRestoring(CLI::App& app, CLI::Option* check, Arguments& arguments) {
  CLI::Option* const restore =
      app.add_option("--restore", arguments.backup, "Put a backup in the store's place, and end")
          ->type_name("BACKUP")
          ->excludes(check);
  app.add_flag("--mark-restored", arguments.restored, "PostgreSQL's programs restored it; and end")
      ->excludes(check)
      ->excludes(restore);
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
  app.add_option("--config", arguments.config_file,
                 "Settings, as text proto; the installed example explains each")
      ->type_name("FILE");
  app.add_option("--data-dir", arguments.data_dir,
                 "Keep everything under DIR; the socket is DIR/jpkid.sock")
      ->type_name("DIR");
  app.add_option("--ca-dir", arguments.ca_dir,
                 "The training authority's directory, shared with jpki-simcard and jpki-simca")
      ->type_name("DIR");
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
  JPKID_ASSIGN_OR_RETURN(
      config::Config config,
      arguments.config_file.empty()
          ? config::EmbeddedDefault(arguments.data_dir)
          : config::ReadConfig(arguments.config_file, arguments.data_dir,
                               arguments.restores() ? config::Examination() : ObjectionsTo));
  if (arguments.ca_dir.empty()) return config;
  auto* const embedded = std::get_if<config::EmbeddedCa>(&config.ca);
  if (embedded == nullptr) {
    return absl::InvalidArgumentError(absl::StrCat("--ca-dir is the training authority's, and ",
                                                   arguments.config_file,
                                                   " names another authority"));
  }
  embedded->dir = std::filesystem::absolute(arguments.ca_dir).lexically_normal();
  return config;
}

}  // namespace jpkid
