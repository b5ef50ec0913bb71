#include "daemon/part_options.h"

#include <unistd.h>

#include <climits>
#include <map>
#include <string>
#include <variant>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"

namespace jpkid {
namespace {

std::map<rules::Procedure, std::string> Suspended(const config::Config& config) {
  std::map<rules::Procedure, std::string> suspended;
  if (!config.issue_suspended.empty()) {
    suspended[rules::Procedure::kIssue] = config.issue_suspended;
  }
  if (!config.renew_suspended.empty()) {
    suspended[rules::Procedure::kRenew] = config.renew_suspended;
  }
  return suspended;
}

// As the server's options name it.
std::string NameOf(config::Role role) {
  switch (role) {
    case config::Role::kObserver:
      return "observer";
    case config::Role::kClerk:
      return "clerk";
    case config::Role::kOperator:
      return "operator";
    case config::Role::kAuditor:
      return "auditor";
    case config::Role::kRawApdu:
      break;
  }
  return "raw_apdu";
}

}  // namespace

hal::ReadersOptions ReadersOf(const config::Config& config) {
  if (const auto* replayed = std::get_if<config::ReplayedReaders>(&config.readers)) {
    return hal::ReplayReadersOptions{.trace = replayed->recording_file};
  }
  const auto* simulated = std::get_if<config::SimulatedReaders>(&config.readers);
  if (simulated == nullptr) return hal::PcscReadersOptions();
  hal::SimReadersOptions options = {.real_time = simulated->real_time};
  for (const config::SimulatedReader& reader : simulated->readers) {
    options.slots.push_back({.name = reader.name,
                             .card = reader.card_file,
                             .faults = reader.faults,
                             .create_card = reader.create_card});
  }
  return options;
}

session::Options SessionsOf(const config::Config& config) {
  session::Options options = {.aliases = {},
                              .idle_before_close = config.limits.reader_idle,
                              .most_waiting = config.limits.most_waiting,
                              .most_waiting_per_client = config.limits.most_waiting_per_client};
  for (const config::Alias& alias : config.aliases) {
    options.aliases.push_back(
        {.alias = alias.name, .driver_name = alias.driver_name, .serial = alias.serial});
  }
  return options;
}

runner::Limits RunnerOf(const config::Config& config, const rules::Municipality& municipality) {
  return {.turn_wait = config.limits.turn_wait,
          .card_job = config.limits.card_job,
          .input_wait = config.limits.input_wait,
          .ca_wait_with_card = config.limits.ca_wait_with_card,
          .most_active = config.limits.most_active_operations,
          .residence = {.prefecture = municipality.romaji_prefecture(),
                        .municipality = municipality.romaji_municipality()},
          .leap = municipality.leap(),
          .where_to_ask = municipality.WhereToAsk(),
          .suspended = Suspended(config)};
}

desk::CaseDesk::Options DeskOf(const config::Config& config) {
  const bool trains = config.municipality == "training";
  return {.municipality = config.municipality,
          .preview_municipality = trains ? "sanda" : config.municipality,
          .training = config.purpose == config::Purpose::kTraining,
          .suspended = Suspended(config)};
}

rpc::Options ServerOf(const config::Config& config) {
  rpc::Options options = {.socket_path = config.socket_path,
                          .socket_mode = config.socket_mode,
                          .grants = {},
                          .training = config.purpose == config::Purpose::kTraining,
                          .most_connections = config.limits.most_connections,
                          .card_job = config.limits.card_job,
                          .session_idle = config.limits.session_idle,
                          .session_total = config.limits.session_total};
  for (const config::Grant& grant : config.grants) {
    rpc::Grant& one = options.grants.emplace_back();
    one.uid = grant.uid;
    for (const config::Role role : grant.roles) {
      one.roles.push_back(NameOf(role));
    }
  }
  return options;
}

store::Store::Options StoreOf(const config::Config& config) {
  char host[HOST_NAME_MAX + 1] = {};
  if (absl::StartsWith(config.store_url, "postgresql:")) gethostname(host, HOST_NAME_MAX);
  return {.url = config.store_url,
          .key_file = config.holder_key_file,
          .owner = absl::StrCat(host, host[0] == 0 ? "" : ":", config.data_dir)};
}

}  // namespace jpkid
