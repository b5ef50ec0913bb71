// jpki-simca: the training authority as a CMP server.

#include <poll.h>
#include <signal.h>
#include <sys/signalfd.h>

#include <cstdlib>
#include <iostream>

#include "absl/strings/str_cat.h"
#include <CLI/CLI.hpp>

#include "base/clock.h"
#include "base/file.h"
#include "base/log.h"
#include "base/status.h"
#include "training/control.h"
#include "training/simca/simca.h"

namespace jpkid::simca {
namespace {

constexpr int kWrongUsage = 2;  // As jpkictl says it.

constexpr char kAbout[] =
    "TRAINING: a certificate authority that speaks CMP (RFC 4210). What it issues is worth "
    "nothing.\n\n"
    "  jpki-simca make-ra --ca-dir ca --out ra.pem --server server.pem \\\n"
    "      --auth-issuer auth.pem --signature-issuer signature.pem\n"
    "  jpki-simca run --ca-dir ca --listen 127.0.0.1:8829\n\n"
    "The directory is the one of jpkid's embedded authority: what one issued the other revokes.";

constexpr char kRunAbout[] =
    "Serves CMP at /cmp and revocation lists at /auth.crl and /signature.crl until SIGTERM or\n"
    "SIGINT, and says on standard output where.\n\n"
    "--control SOCK takes lines, and answers each with one line:\n"
    "  lose-request [TYPE] [COUNT]   nobody reads the next messages\n"
    "  lose-answer [TYPE] [COUNT]    they are served, and their answers lost\n"
    "  garble | cut [TYPE] [COUNT]   the answer is damaged, or no message at all\n"
    "  busy [TYPE] [COUNT]           HTTP 503\n"
    "  refuse | not-now [TYPE] [COUNT]  the authority says no, or not now\n"
    "  impostor [TYPE] [COUNT]       the pair in impostor.pem of the directory signs the answer\n"
    "  delay MS [TYPE] [COUNT]       the answer is late\n"
    "  outage on|off                 nobody is there\n"
    "  polls COUNT SECONDS           new requests wait for so many polls, SECONDS apart\n"
    "  chaos PERMILLE SEED           so many messages are delayed, lost or put off by chance\n"
    "  clear | status\n"
    "TYPE: p10cr, pollReq, certConf, rr or any.";

// A descriptor that becomes readable when the program is told to end. Before other threads start.
UniqueFd EndSignals() {
  signal(SIGPIPE, SIG_IGN);
  sigset_t signals;
  sigemptyset(&signals);
  sigaddset(&signals, SIGTERM);
  sigaddset(&signals, SIGINT);
  sigprocmask(SIG_BLOCK, &signals, nullptr);
  return UniqueFd(signalfd(-1, &signals, SFD_CLOEXEC));
}

absl::Status Run(const Options& options, const std::string& control_path) {
  const UniqueFd end_signals = EndSignals();
  const SystemClock clock;
  std::unique_ptr<Simca> simca;
  std::unique_ptr<training::ControlSocket> control;
  // First: where another listens nothing is begun. It answers in the loop below.
  if (!control_path.empty()) {
    JPKID_ASSIGN_OR_RETURN(
        control, training::ControlSocket::Listen(
                     control_path, [&](absl::string_view line) { return simca->Obey(line); }));
  }
  JPKID_ASSIGN_OR_RETURN(simca, Simca::Start(options, clock));
  const std::string host = options.listen.substr(0, options.listen.rfind(':'));
  std::cout << "jpki-simca ready: " << (options.tls_file.empty() ? "http" : "https") << "://"
            << host << ":" << simca->port() << "/cmp (TRAINING)" << std::endl;
  while (true) {
    std::vector<pollfd> polled = {{.fd = end_signals.get(), .events = POLLIN, .revents = 0}};
    if (control != nullptr) control->AddTo(polled);
    poll(polled.data(), polled.size(), -1);
    if (polled[0].revents != 0) return absl::OkStatus();
    if (control != nullptr) control->Step(polled, 1);
  }
}

CLI::App* AddRun(CLI::App& app, Options& options, std::string& control) {
  CLI::App* const run = app.add_subcommand("run", kRunAbout);
  run->add_option("--ca-dir", options.ca_dir, "made if need be")->required();
  run->add_option("--listen", options.listen, "HOST:PORT; port 0: any")->capture_default_str();
  run->add_option("--tls", options.tls_file, "PEM with certificate and key: HTTPS");
  CLI::Option* secret =
      run->add_option("--mac-secret", options.mac_secret_file,
                      "file with the secret that protects messages instead of signatures");
  CLI::Option* reference =
      run->add_option("--mac-reference", options.mac_reference, "what the secret is known by");
  secret->needs(reference);
  reference->needs(secret);
  run->add_option("--control", control, "Unix socket");
  return run;
}

int Main(int argc, char** argv) {
  StartLogging();
  CLI::App app(kAbout, "jpki-simca");
  app.require_subcommand(1);
  Options options;
  std::string control;
  const CLI::App* const run = AddRun(app, options, control);

  std::string ca_dir;
  std::string name = "Training RA";
  RaFiles files;
  CLI::App* make_ra = app.add_subcommand(
      "make-ra",
      "Makes a registration authority's key and certificate, and serves it from now on.");
  make_ra->add_option("--ca-dir", ca_dir, "made if need be")->required();
  make_ra->add_option("--out", files.out, "PEM, mode 0600")->required();
  make_ra->add_option("--name", name, "common name")->capture_default_str();
  make_ra->add_option("--for-key", files.for_key, "PEM of a public key: no key is made");
  make_ra->add_option("--server", files.server, "write the server's certificate there");
  make_ra->add_option("--auth-issuer", files.auth_issuer, "the issuer of auth");
  make_ra->add_option("--signature-issuer", files.signature_issuer, "the issuer of signature");
  try {
    app.parse(argc, argv);
  } catch (const CLI::ParseError& error) {
    return app.exit(error) == 0 ? 0 : kWrongUsage;
  }

  const SystemClock clock;
  const absl::Status status =
      app.got_subcommand(run) ? Run(options, control) : MakeRa(ca_dir, name, files, clock);
  if (status.ok()) return EXIT_SUCCESS;
  std::cerr << "jpki-simca: " << status.message() << "\n";
  return absl::IsInvalidArgument(status) ? kWrongUsage : EXIT_FAILURE;
}

}  // namespace
}  // namespace jpkid::simca

int main(int argc, char** argv) { return jpkid::simca::Main(argc, argv); }
