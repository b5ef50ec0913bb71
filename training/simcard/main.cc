// jpki-simcard: simulated My Number Cards as files, and as cards on the virtual reader of pcscd.

#include <cstdlib>
#include <functional>
#include <iostream>

#include "absl/status/status.h"
#include <CLI/CLI.hpp>

#include "base/log.h"
#include "training/simcard/create.h"
#include "training/simcard/run.h"
#include "training/simcard/show.h"

namespace {

using jpkid::simcard::CreateOptions;
using jpkid::simcard::RunOptions;

constexpr char kVersion[] = "jpki-simcard " JPKID_VERSION;
constexpr int kWrongUsage = 2;  // As jpkictl says it.
constexpr char kAbout[] =
    "TRAINING: a simulated My Number Card (JPKI application), kept in a file.\n\n"
    "  jpki-simcard create --out card.bin\n"
    "  jpki-simcard run --card card.bin          # now on the reader 'Virtual PCD 00 00'\n"
    "  pkcs15-tool --list-certificates           # any PC/SC program meets it\n\n"
    "The reader is Debian's vpcd driver (package vsmartcard-vpcd) in pcscd.";

constexpr char kCreateAbout[] =
    "Makes the file of a new card.\n\n"
    "What is not told is made up: a random serial, the holder 訓練 花子, a card expiry on the\n"
    "10th birthday to come, the published training issuer key. PINs that are not given are not\n"
    "set, as on a card just delivered; they come by descriptor, never on the command line:\n\n"
    "  jpki-simcard create --out card.bin --auth-pin-fd 3 3<<<1234\n\n"
    "A card made with certificates and told no PINs has 1234 and ABC123.";

constexpr char kRunAbout[] =
    "Puts the card on a reader of vpcd until SIGTERM or SIGINT, and says so on standard output\n"
    "each time the reader has met it.\n\n"
    "--control SOCK takes lines, and answers each with one line:\n"
    "  remove            takes the card away, in the middle of a command if need be\n"
    "  insert [FILE]     puts it back, or another card\n"
    "  fault TEXT        what goes wrong next (hal/sim/fault.proto), for example\n"
    "                    fault faults { match { instruction: 0x44 } tear_out { after: true } }\n"
    "  status            one line of JSON\n\n"
    "--trace FILE appends one line of JSON for each APDU; PINs and what passes the secure channel\n"
    "are left out.";

void AddCreate(CLI::App& app, CreateOptions& options) {
  CLI::App* create = app.add_subcommand("create", kCreateAbout);
  create->add_option("--out", options.out, "file of the card")->required();
  create->add_option("--serial", options.serial, "15 digits");
  create->add_option("--birth-date", options.birth_date, "YYYY-MM-DD");
  create->add_option("--name", options.name);
  create->add_option("--address", options.address);
  create->add_option("--sex", options.sex, "1 male, 2 female, 9 not applicable")
      ->check(CLI::IsMember({"1", "2", "9"}));
  create->add_option("--card-expiry", options.card_expiry, "YYYY-MM-DD");
  create->add_option("--municipality-code", options.municipality_code, "5 digits");
  create->add_option("--token-label", options.token_label,
                     "JPKISIMCARD; any other is for tests of readers only");
  create->add_option("--algorithm", options.algorithm, "of the keys that the card makes")
      ->check(CLI::IsMember({"rsa-2048", "ec-p384"}));
  create->add_option("--auth-pin-fd", options.auth_pin_fd, "descriptor to read the PIN from");
  create->add_option("--signature-pin-fd", options.signature_pin_fd, "the same");
  create->add_option("--issuer-master-key", options.issuer_master_key,
                     "file (mode 0600) with 32 hexadecimal digits");
  create->add_flag("--with-certificates", options.with_certificates,
                   "with both certificates, issued today");
  create->add_option("--ca-dir", options.ca_dir, "the training CA's directory, made if need be")
      ->default_str("that of jpkid without a configuration");
  create->add_flag("--unstaged", options.unstaged, "a card without pending slots");
  create->add_flag("--force", options.force, "replace a file that exists");
}

void AddRun(CLI::App& app, RunOptions& options) {
  CLI::App* run = app.add_subcommand("run", kRunAbout);
  run->add_option("--card", options.card, "file of the card")->required();
  run->add_option("--vpcd", options.vpcd, "where the reader listens")->capture_default_str();
  run->add_option("--control", options.control, "Unix socket");
  run->add_option("--fault", options.fault, "file with a FaultList as text");
  run->add_option("--trace", options.trace, "file");
  run->add_option("--token-label", options.token_label,
                  "rename the card's token; the card keeps it");
  run->add_option("--blocked-sw", options.blocked_sw,
                  "answer to VERIFY on a blocked PIN; the card keeps it")
      ->check(CLI::IsMember({"6983", "6984"}));
  run->add_flag("--first-6f00,!--no-first-6f00", options.first_6f00,
                "the first command after power-up fails, or does not; the card keeps it");
  run->add_option("--link", options.link, "timing model")
      ->check(CLI::IsMember({"type-b", "t1"}))
      ->capture_default_str();
  run->add_flag("--real-time", options.real_time, "let the time of the model really pass");
}

}  // namespace

int main(int argc, char** argv) {
  jpkid::StartLogging();
  CLI::App app(kAbout, "jpki-simcard");
  app.set_version_flag("--version", kVersion);
  app.require_subcommand(1);
  CreateOptions create;
  AddCreate(app, create);
  RunOptions run;
  AddRun(app, run);
  std::string card;
  app.add_subcommand("show", "Prints what is on a card.")
      ->add_option("--card", card, "file of the card")
      ->required();
  try {
    app.parse(argc, argv);
  } catch (const CLI::ParseError& error) {
    return app.exit(error) == 0 ? 0 : kWrongUsage;
  }
  absl::Status status;
  if (app.got_subcommand("create")) status = jpkid::simcard::Create(create);
  if (app.got_subcommand("run")) status = jpkid::simcard::Run(run);
  if (app.got_subcommand("show")) status = jpkid::simcard::Show(card);
  if (status.ok()) return EXIT_SUCCESS;
  std::cerr << "jpki-simcard: " << status.message() << "\n";
  return absl::IsInvalidArgument(status) ? kWrongUsage : EXIT_FAILURE;
}
