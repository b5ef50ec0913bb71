#include "daemon/config/config.h"

#include <unistd.h>

#include <filesystem>
#include <utility>

#include "absl/strings/str_cat.h"
#include "absl/strings/strip.h"

#include "base/bytes.h"
#include "base/default_paths.h"
#include "base/file.h"
#include "base/status.h"
#include "daemon/config/check.h"
#include "daemon/config/check_authority.h"
#include "daemon/config/check_numbers.h"
#include "daemon/config/config.pb.h"
#include "daemon/config/findings.h"
#include "daemon/config/grants.h"
#include "daemon/config/section.h"
#include "daemon/config/socket_mode.h"
#include "daemon/config/text_proto.h"

namespace jpkid::config {
namespace {

constexpr std::size_t kMostOctets = std::size_t{1} << 20;

std::string Under(const std::string& directory, const std::string& path) {
  if (path.empty()) return "";
  return (std::filesystem::path(directory) / path).lexically_normal();
}

SimulatedReaders Simulated(const file::SimulatedReaders& simulated, const std::string& dir) {
  SimulatedReaders result = {.readers = {}, .real_time = simulated.real_time()};
  for (const file::SimulatedReader& reader : simulated.reader()) {
    result.readers.push_back({.name = reader.name(),
                              .card_file = Under(dir, reader.card_file()),
                              .create_card = reader.create_card(),
                              .faults = reader.faults()});
  }
  return result;
}

Limits LimitsOf(const file::Limits& limits) {
  const auto count = [](int number) { return static_cast<std::size_t>(number); };
  return {.ca_wait_with_card = absl::Seconds(limits.ca_wait_with_card_seconds()),
          .input_wait = absl::Seconds(limits.input_wait_seconds()),
          .turn_wait = absl::Seconds(limits.turn_wait_seconds()),
          .card_job = absl::Seconds(limits.card_job_seconds()),
          .reader_idle = absl::Milliseconds(limits.reader_idle_milliseconds()),
          .most_waiting = count(limits.most_waiting()),
          .most_waiting_per_client = count(limits.most_waiting_per_client()),
          .most_active_operations = limits.most_active_operations(),
          .most_connections = count(limits.most_connections()),
          .session_idle = absl::Seconds(limits.session_idle_seconds()),
          .session_total = absl::Seconds(limits.session_total_seconds())};
}

// Without a slash at the end: its name is this daemon's in a shared store.
std::string DataDirectory(const std::string& given, const file::ConfigFile& content) {
  const std::string chosen = !given.empty()           ? given
                             : content.has_data_dir() ? content.data_dir()
                                                      : DefaultDataDirectory();
  const std::filesystem::path path = std::filesystem::absolute(chosen).lexically_normal();
  return path.has_filename() ? path : path.parent_path();
}

// `content` has passed the checks.
Config Resolve(const file::ConfigFile& content, const std::string& dir) {
  Config config;
  config.purpose = content.purpose() == file::TRAINING ? Purpose::kTraining : Purpose::kProduction;
  config.data_dir = dir;
  config.socket_path = Under(dir, content.socket().path());
  config.socket_mode = SocketMode(content.socket().mode()).value();
  if (content.readers().has_simulated()) {
    config.readers = Simulated(content.readers().simulated(), dir);
  } else if (content.readers().has_replayed()) {
    config.readers = ReplayedReaders{.recording_file =
                                         Under(dir, content.readers().replayed().recording_file())};
  }
  config.trace_file = Under(dir, content.readers().trace_file());
  for (const file::Alias& alias : content.readers().alias()) {
    config.aliases.push_back(
        {.name = alias.name(), .driver_name = alias.driver_name(), .serial = alias.serial()});
  }
  config.ca = ReadAuthority(content.ca(), dir);
  config.store_url = content.store().url();
  if (absl::string_view file = config.store_url; absl::ConsumePrefix(&file, "sqlite:")) {
    config.store_url = absl::StrCat("sqlite:", Under(dir, std::string(file)));
  }
  config.holder_key_file = Under(dir, content.store().holder_key_file());
  config.issuer_master_key_file = Under(dir, content.issuer_master_key_file());
  config.municipality = content.municipality();
  config.municipality_dir = Under(dir, content.municipality_dir());
  config.issue_suspended = content.operations().issue_suspended();
  config.renew_suspended = content.operations().renew_suspended();
  config.limits = LimitsOf(content.limits());
  config.log_level = static_cast<LogLevel>(content.log_level() - file::LogLevel_MIN);
  return config;
}

Config Finished(Config config, std::vector<Grant> grants, const Findings& findings) {
  config.grants = std::move(grants);
  config.warnings = findings.warnings();
  if (geteuid() == 0) {
    config.warnings.push_back("The daemon runs as root: give it a user of its own.");
  }
  return config;
}

}  // namespace

absl::StatusOr<Config> ReadConfig(const std::string& file, const std::string& data_dir,
                                  const Examination& examine) {
  JPKID_ASSIGN_OR_RETURN(const Bytes octets, ReadFile(file, kMostOctets));
  const std::string text(AsText(octets));
  Findings findings(file);
  Section::Places places;
  file::ConfigFile content;
  if (!ParseTextProto(text, content, places, findings)) return findings.status();

  const Section section(*content.GetDescriptor(), &places);
  CheckNumbers(content, section, findings);
  CheckMeaning(content, section, findings);
  std::vector<Grant> grants = ReadGrants(content, section, findings);
  JPKID_RETURN_IF_ERROR(findings.status());
  Config config = Resolve(content, DataDirectory(data_dir, content));
  if (examine != nullptr) {
    for (const Objection& objection : examine(config)) {
      findings.Refuse(section.Find(objection.setting), objection.sentence);
    }
    JPKID_RETURN_IF_ERROR(findings.status());
  }
  return Finished(std::move(config), std::move(grants), findings);
}

Config EmbeddedDefault(const std::string& data_dir) {
  file::ConfigFile content;
  file::SimulatedReader& reader = *content.mutable_readers()->mutable_simulated()->add_reader();
  reader.set_name("Simulated Reader 0");
  reader.set_card_file("card.bin");
  reader.set_create_card(true);
  file::Alias& alias = *content.mutable_readers()->add_alias();
  alias.set_name("sim-0");
  alias.set_driver_name(reader.name());
  file::Grant& grant = *content.add_grant();
  grant.set_uid(geteuid());
  for (int role = file::Role_MIN; role <= file::Role_MAX; ++role) {
    grant.add_role(static_cast<file::Role>(role));
  }
  Findings none("");
  std::vector<Grant> grants = ReadGrants(content, Section(*content.GetDescriptor(), nullptr), none);
  return Finished(Resolve(content, DataDirectory(data_dir, content)), std::move(grants),
                  Findings(""));
}

}  // namespace jpkid::config
