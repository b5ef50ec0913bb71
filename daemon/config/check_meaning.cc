#include <algorithm>
#include <optional>
#include <set>
#include <string>

#include "absl/strings/ascii.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/strip.h"

#include "daemon/config/check.h"
#include "daemon/config/check_authority.h"
#include "daemon/config/socket_mode.h"

namespace jpkid::config {
namespace {

// [a-z0-9-]{1,63}
bool IsName(const std::string& text) {
  return !text.empty() && text.size() <= 63 && std::all_of(text.begin(), text.end(), [](char c) {
    return absl::ascii_islower(static_cast<unsigned char>(c)) ||
           absl::ascii_isdigit(static_cast<unsigned char>(c)) || c == '-';
  });
}

void CheckPurpose(const file::ConfigFile& content, const Section& section, Findings& findings) {
  if (content.purpose() == file::TRAINING) return;
  const Place place = section.At("purpose");
  if (content.readers().has_simulated()) {
    findings.Refuse(place, "purpose is PRODUCTION, but readers.simulated is for training.");
  } else if (content.readers().has_replayed()) {
    findings.Refuse(place, "purpose is PRODUCTION, but readers.replayed is for training.");
  }
  if (!content.ca().has_cmp()) {
    findings.Refuse(place, "purpose is PRODUCTION, but ca.embedded is for training.");
  } else if (content.issuer_master_key_file().empty()) {
    findings.Refuse(place,
                    "purpose is PRODUCTION, but without issuer_master_key_file the training "
                    "cards' key would be used.");
  }
  if (content.municipality() == "training") {
    findings.Refuse(content.has_municipality() ? section.At("municipality") : place,
                    "purpose is PRODUCTION, but municipality is \"training\".");
  }
}

void CheckSocket(const file::Socket& socket, const Section& section, Findings& findings) {
  if (socket.path().empty()) findings.Refuse(section.At("path"), "path is empty.");
  const std::optional<unsigned> mode = SocketMode(socket.mode());
  if (!mode) {
    findings.Refuse(section.At("mode"),
                    "mode is octal, \"0600\" to \"0777\": the owner reads and writes.");
  } else if ((*mode & 0007) != 0) {
    findings.Warn(section.At("mode"), "mode lets every user of this machine reach the socket.");
  }
}

void CheckSimulated(const file::SimulatedReaders& simulated, const Section& section,
                    Findings& findings) {
  std::set<std::string> names;
  std::set<std::string> cards;
  for (int i = 0; i < simulated.reader_size(); ++i) {
    const file::SimulatedReader& reader = simulated.reader(i);
    const Section place = section.Sub("reader", i);
    if (reader.name().empty()) {
      findings.Refuse(section.At("reader", i), "A simulated reader needs a name.");
    } else if (!names.insert(reader.name()).second) {
      findings.Refuse(place.At("name"),
                      absl::StrCat("Another reader is named \"", reader.name(), "\" already."));
    }
    if (!reader.card_file().empty() && !cards.insert(reader.card_file()).second) {
      findings.Refuse(place.At("card_file"), absl::StrCat("The card \"", reader.card_file(),
                                                          "\" is on another reader already."));
    }
    if (reader.create_card() && reader.card_file().empty()) {
      findings.Refuse(place.At("create_card"), "create_card needs a card_file.");
    }
  }
}

void CheckReplayed(const file::Readers& readers, const Section& section, Findings& findings) {
  const std::string& recording = readers.replayed().recording_file();
  if (recording.empty()) {
    findings.Refuse(section.At("replayed"), "replayed needs a recording_file.");
  } else if (recording == readers.trace_file()) {
    findings.Refuse(section.At("trace_file"), "The recording would be written while it is read.");
  }
}

void CheckReaders(const file::Readers& readers, const Section& section, Findings& findings) {
  if (readers.has_simulated()) {
    if (readers.simulated().reader_size() == 0) {
      findings.Refuse(section.At("simulated"), "simulated needs at least one reader.");
    }
    CheckSimulated(readers.simulated(), section.Sub("simulated"), findings);
  } else if (readers.has_replayed()) {
    CheckReplayed(readers, section, findings);
  }
  std::set<std::string> names;
  for (int i = 0; i < readers.alias_size(); ++i) {
    const file::Alias& alias = readers.alias(i);
    const Section place = section.Sub("alias", i);
    if (alias.driver_name().empty() && alias.serial().empty()) {
      findings.Refuse(section.At("alias", i), "An alias needs a driver_name or a serial.");
    }
    if (!IsName(alias.name())) {
      findings.Refuse(alias.has_name() ? place.At("name") : section.At("alias", i),
                      "An alias has a name of 1 to 63 of a-z, 0-9 and '-'.");
    } else if (!names.insert(alias.name()).second) {
      findings.Refuse(place.At("name"),
                      absl::StrCat("Another alias is named \"", alias.name(), "\" already."));
    }
  }
}

void CheckStore(const file::Store& store, const Section& section, Findings& findings) {
  absl::string_view place = store.url();
  const bool known =
      absl::ConsumePrefix(&place, "sqlite:") || absl::ConsumePrefix(&place, "postgresql://");
  if (!known || place.empty()) {
    findings.Refuse(section.At("url"), "url is \"sqlite:FILE\" or \"postgresql://…\".");
  }
  if (store.holder_key_file().empty()) {
    findings.Refuse(section.At("holder_key_file"), "holder_key_file is empty.");
  }
}

// What a number means beside another one.
void CheckLimits(const file::Limits& limits, const Section& section, Findings& findings) {
  if (limits.has_most_waiting_per_client() &&
      limits.most_waiting_per_client() > limits.most_waiting()) {
    findings.Refuse(section.At("most_waiting_per_client"),
                    absl::StrCat("most_waiting_per_client is ", limits.most_waiting_per_client(),
                                 ", but most_waiting only ", limits.most_waiting(), "."));
  }
  if (limits.has_session_idle_seconds() &&
      limits.session_idle_seconds() > limits.session_total_seconds()) {
    findings.Refuse(
        section.At("session_idle_seconds"),
        absl::StrCat("session_idle_seconds is ", limits.session_idle_seconds(),
                     ", but session_total_seconds only ", limits.session_total_seconds(), "."));
  }
}

}  // namespace

void CheckMeaning(const file::ConfigFile& content, const Section& section, Findings& findings) {
  CheckPurpose(content, section, findings);
  if (content.has_data_dir() && !absl::StartsWith(content.data_dir(), "/")) {
    findings.Refuse(section.At("data_dir"), "data_dir is an absolute path.");
  }
  CheckSocket(content.socket(), section.Sub("socket"), findings);
  CheckReaders(content.readers(), section.Sub("readers"), findings);
  CheckAuthority(content.ca(), section.Sub("ca"), findings);
  CheckStore(content.store(), section.Sub("store"), findings);
  if (!IsName(content.municipality())) {
    findings.Refuse(section.At("municipality"),
                    "municipality is the name of a municipality file, of a-z, 0-9 and '-'.");
  }
  CheckLimits(content.limits(), section.Sub("limits"), findings);
}

}  // namespace jpkid::config
