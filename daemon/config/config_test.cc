#include "daemon/config/config.h"

#include <unistd.h>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "base/default_paths.h"
#include "daemon/config/config_fixture.h"

namespace jpkid::config {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::Not;

using Reading = ConfigFixture;

Limits DefaultLimits() {
  return {.ca_wait_with_card = absl::Seconds(60),
          .input_wait = absl::Minutes(15),
          .turn_wait = absl::Minutes(10),
          .card_job = absl::Seconds(60),
          .reader_idle = absl::Seconds(1),
          .most_waiting = 64,
          .most_waiting_per_client = 32,
          .most_active_operations = 64,
          .most_connections = 4096,
          .session_idle = absl::Seconds(30),
          .session_total = absl::Minutes(5)};
}

// Who runs the tests is not what they are about.
Config WithoutWarnings(Config config) {
  config.warnings.clear();
  return config;
}

TEST_F(Reading, AnEmptyFileIsTheDefaults) {
  Config expected;
  expected.data_dir = "/srv/data";
  expected.socket_path = "/srv/data/jpkid.sock";
  expected.socket_mode = 0600;
  expected.readers = PcscReaders();
  expected.ca = EmbeddedCa{.dir = "/srv/data/ca"};
  expected.store_url = "sqlite:/srv/data/jpkid.db";
  expected.holder_key_file = "/srv/data/holder.key";
  expected.municipality = "training";
  expected.limits = DefaultLimits();
  const auto config = Read("");
  ASSERT_EQ(config.status(), absl::OkStatus());
  EXPECT_EQ(WithoutWarnings(*config), expected);
  ASSERT_FALSE(config->warnings.empty());
  EXPECT_EQ(Anonymous(config->warnings[0]), "FILE: There is no grant: every call will be refused.");
}

TEST_F(Reading, EverySettingArrives) {
  const auto config = Read(R"(
    purpose: TRAINING
    data_dir: "/var/lib/jpkid"
    socket { path: "/run/jpkid/jpkid.sock" mode: "0660" }
    readers {
      simulated {
        reader { name: "A" card_file: "a.bin" create_card: true faults: "fault {}" }
        reader { name: "B" }
        real_time: true
      }
      alias { name: "window-1" driver_name: "A*" serial: "70D7" }
      trace_file: "apdu.jsonl"
    }
    ca { embedded { dir: "../ca" } }
    store { url: "sqlite:cases.db" holder_key_file: "/etc/jpkid/holder.key" }
    issuer_master_key_file: "master.key"
    grant { uid: 1000 role: CLERK role: OBSERVER }
    grant { uid: 1001 role: AUDITOR }
    grant { uid: 1000 role: CLERK role: OPERATOR }
    municipality: "sanda"
    municipality_dir: "cities"
    operations { issue_suspended: "a" renew_suspended: "b" }
    limits {
      ca_wait_with_card_seconds: 1 input_wait_seconds: 10 turn_wait_seconds: 2
      card_job_seconds: 30 reader_idle_milliseconds: 0 most_waiting: 5
      most_waiting_per_client: 4 most_active_operations: 3 most_connections: 2
      session_idle_seconds: 6 session_total_seconds: 7
    }
    log_level: ERROR
  )",
                           "");
  ASSERT_EQ(config.status(), absl::OkStatus());
  const Config expected = {
      .purpose = Purpose::kTraining,
      .data_dir = "/var/lib/jpkid",
      .socket_path = "/run/jpkid/jpkid.sock",
      .socket_mode = 0660,
      .readers = SimulatedReaders{.readers = {{.name = "A",
                                               .card_file = "/var/lib/jpkid/a.bin",
                                               .create_card = true,
                                               .faults = "fault {}"},
                                              {.name = "B", .card_file = "", .faults = ""}},
                                  .real_time = true},
      .aliases = {{.name = "window-1", .driver_name = "A*", .serial = "70D7"}},
      .trace_file = "/var/lib/jpkid/apdu.jsonl",
      .ca = EmbeddedCa{.dir = "/var/lib/ca"},
      .store_url = "sqlite:/var/lib/jpkid/cases.db",
      .holder_key_file = "/etc/jpkid/holder.key",
      .issuer_master_key_file = "/var/lib/jpkid/master.key",
      .grants = {{.uid = 1000, .roles = {Role::kObserver, Role::kClerk, Role::kOperator}},
                 {.uid = 1001, .roles = {Role::kAuditor}}},
      .municipality = "sanda",
      .municipality_dir = "/var/lib/jpkid/cities",
      .issue_suspended = "a",
      .renew_suspended = "b",
      .limits = {.ca_wait_with_card = absl::Seconds(1),
                 .input_wait = absl::Seconds(10),
                 .turn_wait = absl::Seconds(2),
                 .card_job = absl::Seconds(30),
                 .reader_idle = absl::ZeroDuration(),
                 .most_waiting = 5,
                 .most_waiting_per_client = 4,
                 .most_active_operations = 3,
                 .most_connections = 2,
                 .session_idle = absl::Seconds(6),
                 .session_total = absl::Seconds(7)},
      .log_level = LogLevel::kError,
      .warnings = {}};
  EXPECT_EQ(WithoutWarnings(*config), expected);
}

TEST_F(Reading, ARecordingStandsInForReaders) {
  const auto config = Read(R"(readers { replayed { recording_file: "session.jsonl" } })", "/srv");
  ASSERT_EQ(config.status(), absl::OkStatus());
  EXPECT_EQ(std::get<ReplayedReaders>(config->readers),
            ReplayedReaders{.recording_file = "/srv/session.jsonl"});
}

TEST_F(Reading, ASharedDatabaseIsNoFile) {
  const auto config = Read(R"(store { url: "postgresql://jpkid@db/cases" })", "/var/lib/jpkid");
  ASSERT_EQ(config.status(), absl::OkStatus());
  EXPECT_EQ(config->store_url, "postgresql://jpkid@db/cases");
}

TEST_F(Reading, TheDirectoryOfTheCommandLineOverrulesTheFiles) {
  const auto config = Read("data_dir: \"/var/lib/jpkid\"", "/srv/./data/");
  ASSERT_EQ(config.status(), absl::OkStatus());
  EXPECT_EQ(config->store_url, "sqlite:/srv/data/jpkid.db");
  const auto relative = Read("", "here");
  ASSERT_EQ(relative.status(), absl::OkStatus());
  EXPECT_THAT(relative->data_dir, testing::MatchesRegex("/.*/here"));
  EXPECT_EQ(Read("", "")->data_dir, DefaultDataDirectory());
}

TEST_F(Reading, WhatIsDoubtfulIsTakenWithAWarning) {
  const auto config = Read(
      "socket { mode: \"0666\" }\n"
      "limits {\n"
      "  card_job_seconds: 5\n"
      "  ca_wait_with_card_seconds: 300\n"
      "}\n"
      "grant { uid: 0 role: RAW_APDU }\n");
  ASSERT_EQ(config.status(), absl::OkStatus());
  std::vector<std::string> warnings;
  for (const std::string& warning : config->warnings) {
    if (warning.find("runs as root") == std::string::npos) warnings.push_back(Anonymous(warning));
  }
  EXPECT_THAT(
      warnings,
      ElementsAre(
          "FILE:1:10: mode lets every user of this machine reach the socket.",
          "FILE:3:3: card_job_seconds is 5 s: making a key on the card takes 8 seconds and "
          "more.",
          "FILE:4:3: ca_wait_with_card_seconds is 300 s: nobody else can use the reader for "
          "that long.",
          "FILE:6:16: Whoever holds RAW_APDU reads whatever a citizen's card shows without a "
          "PIN."));
}

TEST_F(Reading, AFileThatIsNotThere) {
  const absl::Status status = ReadConfig("/nowhere/jpkid.textproto", "").status();
  EXPECT_EQ(status.code(), absl::StatusCode::kNotFound);
  EXPECT_THAT(std::string(status.message()), HasSubstr("/nowhere/jpkid.textproto"));
}

TEST(EmbeddedDefault, IsTrainingForItsOwnUserAlone) {
  const Config config = EmbeddedDefault("/srv/data");
  const Config expected = {
      .purpose = Purpose::kTraining,
      .data_dir = "/srv/data",
      .socket_path = "/srv/data/jpkid.sock",
      .socket_mode = 0600,
      .readers = SimulatedReaders{.readers = {{.name = "Simulated Reader 0",
                                               .card_file = "/srv/data/card.bin",
                                               .create_card = true,
                                               .faults = ""}}},
      .aliases = {{.name = "sim-0", .driver_name = "Simulated Reader 0"}},
      .trace_file = "",
      .ca = EmbeddedCa{.dir = "/srv/data/ca"},
      .store_url = "sqlite:/srv/data/jpkid.db",
      .holder_key_file = "/srv/data/holder.key",
      .issuer_master_key_file = "",
      .grants = {{.uid = geteuid(),
                  .roles = {Role::kObserver, Role::kClerk, Role::kOperator, Role::kAuditor,
                            Role::kRawApdu}}},
      .municipality = "training",
      .limits = DefaultLimits(),
      .log_level = LogLevel::kInfo,
      .warnings = {}};
  EXPECT_EQ(WithoutWarnings(config), expected);
  EXPECT_EQ(config.warnings.size(), geteuid() == 0 ? 1 : 0);
}

TEST(EmbeddedDefault, ItsPlaceIsWhereClientsLook) {
  EXPECT_EQ(EmbeddedDefault("").data_dir, DefaultDataDirectory());
  EXPECT_EQ(EmbeddedDefault("").socket_path, DefaultSocketPath());
}

TEST_F(Reading, ObjectionsOfOthersAreToldWithTheirPlaces) {
  std::ofstream(path_) << "municipality: \"sanda\"\nreaders { simulated {\n"
                          "  reader { name: \"A\" }\n  reader { name: \"B\" faults: \"x\" }\n} }\n"
                          "grant { uid: 7 role: CLERK role: OPERATOR }\n";
  const auto object = [](const Config& config) {
    EXPECT_EQ(config.municipality, "sanda");
    return std::vector<Objection>{{"grant[0].role[1]", "No operators."},
                                  {"readers.simulated.reader[1].faults", "No faults."},
                                  {"municipality", "No town."},
                                  {"store.url", "No store."}};
  };
  EXPECT_EQ(Anonymous(ReadConfig(path_, kDataDir, object).status()),
            "FILE: No store.\nFILE:1:1: No town.\nFILE:4:22: No faults.\nFILE:6:28: No operators.");
  const auto content = [](const Config&) { return std::vector<Objection>(); };
  EXPECT_TRUE(ReadConfig(path_, kDataDir, content).ok());
}

}  // namespace
}  // namespace jpkid::config
