#include "training/simcard/run.h"

#include <poll.h>
#include <signal.h>
#include <sys/signalfd.h>

#include <algorithm>
#include <iostream>
#include <memory>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/strip.h"
#include <google/protobuf/util/json_util.h>

#include "base/file.h"
#include "base/status.h"
#include "base/steady_time.h"
#include "hal/sim/card_at_reader.h"
#include "hal/sim/keys_ahead.h"
#include "hal/sim/vpcd_link.h"
#include "training/control.h"
#include "training/simcard/status.pb.h"

namespace jpkid::simcard {
namespace {

namespace sim = hal::sim;

constexpr std::size_t kMostFaultOctets = 1 << 20;

void Copy(const sim::CardTime& from, CardTime& to) {
  to.set_commands(from.commands);
  to.set_octets_to_card(from.octets_to_card);
  to.set_octets_from_card(from.octets_from_card);
  to.set_model_ns(from.ns);
}

std::string StatusLine(sim::CardAtReader& card, const sim::VpcdLink& link) {
  Status status;
  status.set_serial(std::string(card.card().serial()));
  status.set_inserted(link.inserted());
  status.set_attached(link.attached());
  status.set_powered(card.card().powered());
  status.set_faults_waiting(static_cast<std::uint32_t>(card.faults_waiting()));
  Copy(card.session_time(), *status.mutable_since_power_on());
  Copy(card.total_time(), *status.mutable_total());
  google::protobuf::util::JsonPrintOptions options;
  options.preserve_proto_field_names = true;
  options.always_print_primitive_fields = true;
  std::string line;
  const auto printed = google::protobuf::util::MessageToJsonString(status, &line, options);
  return printed.ok() ? line : absl::StrCat("error: ", std::string(printed.message()));
}

// Does what a line on the control socket says.
std::string Obey(absl::string_view line, sim::CardAtReader& card, sim::VpcdLink& link) {
  absl::Status status;
  if (line == "status") return StatusLine(card, link);
  if (line == "remove") {
    status = link.Remove();
  } else if (line == "insert") {
    status = link.Insert("");
  } else if (absl::ConsumePrefix(&line, "insert ")) {
    status = link.Insert(std::string(line));
  } else if (absl::ConsumePrefix(&line, "fault ")) {
    status = card.AddFaults(line);
  } else {
    status = absl::InvalidArgumentError("remove, insert [FILE], fault TEXT or status");
  }
  return status.ok() ? "ok" : absl::StrCat("error: ", status.message());
}

// The switches of the command line hold for this run and for good: they are the card's own.
absl::Status ApplySwitches(const RunOptions& options, sim::CardAtReader& card) {
  if (options.token_label.empty() && options.blocked_sw.empty() && !options.first_6f00) {
    return absl::OkStatus();
  }
  std::uint32_t blocked_sw = 0;
  if (options.blocked_sw == "6983") blocked_sw = 0x6983;
  if (options.blocked_sw == "6984") blocked_sw = 0x6984;
  return card.card().store().Change([&](sim::CardImage& image) {
    if (!options.token_label.empty()) image.set_token_label(options.token_label);
    if (blocked_sw != 0) image.mutable_switches()->set_blocked_sw(blocked_sw);
    if (options.first_6f00) {
      image.mutable_switches()->set_first_command_6f00(*options.first_6f00);
    }
  });
}

absl::StatusOr<std::unique_ptr<sim::CardAtReader>> OpenCard(const RunOptions& options,
                                                            sim::KeySource& keys) {
  sim::CardAtReader::Options at_reader = {
      .link = options.link == "t1" ? sim::LinkModel::T1Contact() : sim::LinkModel::TypeB(),
      .real_time = options.real_time};
  if (!options.trace.empty()) {
    JPKID_ASSIGN_OR_RETURN(at_reader.trace, hal::trace::Trace::Open(options.trace));
  }
  JPKID_ASSIGN_OR_RETURN(std::unique_ptr<sim::CardAtReader> card,
                         sim::CardAtReader::Open(options.card, keys, std::move(at_reader)));
  JPKID_RETURN_IF_ERROR(ApplySwitches(options, *card));
  if (!options.fault.empty()) {
    JPKID_ASSIGN_OR_RETURN(const Bytes faults, ReadFile(options.fault, kMostFaultOctets));
    JPKID_RETURN_IF_ERROR(card->AddFaults(AsText(faults)));
  }
  return card;
}

// A descriptor that becomes readable when the program is told to end.
UniqueFd EndSignals() {
  sigset_t signals;
  sigemptyset(&signals);
  sigaddset(&signals, SIGTERM);
  sigaddset(&signals, SIGINT);
  sigprocmask(SIG_BLOCK, &signals, nullptr);
  return UniqueFd(signalfd(-1, &signals, SFD_CLOEXEC));
}

int Milliseconds(absl::Time until) {
  const absl::Duration left = std::clamp(until - SteadyNow(), absl::ZeroDuration(), absl::Hours(1));
  return static_cast<int>(absl::ToInt64Milliseconds(absl::Ceil(left, absl::Milliseconds(1))));
}

void Loop(int end_signals, sim::VpcdLink& link, training::ControlSocket* control) {
  while (true) {
    std::vector<pollfd> polled = {{.fd = end_signals, .events = POLLIN, .revents = 0},
                                  {.fd = link.fd(), .events = link.events(), .revents = 0}};
    const std::size_t first = polled.size();
    if (control != nullptr) control->AddTo(polled);
    poll(polled.data(), polled.size(), Milliseconds(link.wake_at()));
    if (polled[0].revents != 0) return;
    link.Step(polled[1].revents);
    if (control != nullptr) control->Step(polled, first);
  }
}

}  // namespace

absl::Status Run(const RunOptions& options) {
  signal(SIGPIPE, SIG_IGN);  // Whoever read our first line may have gone.
  const UniqueFd end_signals = EndSignals();
  JPKID_ASSIGN_OR_RETURN(const sockaddr_in vpcd, sim::VpcdLink::ParseAddress(options.vpcd));
  sim::KeysAhead keys;
  JPKID_ASSIGN_OR_RETURN(const std::unique_ptr<sim::CardAtReader> card, OpenCard(options, keys));
  sim::VpcdLink link(vpcd, *card, [&](bool attached) {
    std::cout << "card " << card->card().serial()
              << (attached ? " attached to " : " detached from ") << options.vpcd << std::endl;
  });
  std::unique_ptr<training::ControlSocket> control;
  if (!options.control.empty()) {
    JPKID_ASSIGN_OR_RETURN(
        control, training::ControlSocket::Listen(options.control, [&](absl::string_view line) {
          return Obey(line, *card, link);
        }));
  }
  Loop(end_signals.get(), link, control.get());
  return absl::OkStatus();
}

}  // namespace jpkid::simcard
