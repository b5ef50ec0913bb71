#include "daemon/examination.h"

#include <sys/un.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <filesystem>
#include <string>
#include <utility>
#include <variant>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/strip.h"

#include "base/seal.h"
#include "daemon/authority.h"
#include "daemon/card/card.h"
#include "daemon/rules/rules.h"
#include "hal/open_readers.h"

namespace jpkid {
namespace {

class Objections {
 public:
  explicit Objections(const config::Config& config) : config_(config) {}

  void Add(std::string setting, absl::string_view what) {
    const bool ends = absl::EndsWith(what, ".");
    list_.push_back(
        {.setting = std::move(setting), .sentence = absl::StrCat(what, ends ? "" : ".")});
  }

  void Add(std::string setting, const absl::Status& status) {
    if (!status.ok()) Add(std::move(setting), status.message());
  }

  void NeedFile(std::string setting, const std::string& path) {
    Need(std::move(setting), path, R_OK, "cannot read ");
  }

  // One that is written, and made where there is none.
  void NeedPlace(std::string setting, const std::string& path) {
    if (access(path.c_str(), F_OK) == 0) {
      Need(std::move(setting), path, W_OK, "cannot write ");
      return;
    }
    const std::string directory = std::filesystem::path(path).parent_path();
    if (directory == config_.data_dir) return;  // Made at the start.
    Need(std::move(setting), directory, W_OK | X_OK, "cannot make files in ");
  }

  // One that is made with its parents.
  void NeedDirectory(std::string setting, const std::string& path) {
    std::filesystem::path place = path;
    while (access(place.c_str(), F_OK) != 0 && place.has_relative_path()) {
      place = place.parent_path();
    }
    Need(std::move(setting), place, W_OK | X_OK, "cannot make files in ");
  }

  std::size_t size() const { return list_.size(); }
  std::vector<config::Objection> Take() { return std::move(list_); }

 private:
  void Need(std::string setting, const std::string& path, int mode, absl::string_view what) {
    if (access(path.c_str(), mode) == 0) return;
    Add(std::move(setting), absl::StrCat(what, path, ": ", strerror(errno)));
  }

  const config::Config& config_;
  std::vector<config::Objection> list_;
};

void ExamineReaders(const config::Config& config, Objections& objections) {
  if (const auto* replayed = std::get_if<config::ReplayedReaders>(&config.readers)) {
    objections.NeedFile("readers.replayed.recording_file", replayed->recording_file);
  }
  if (const auto* simulated = std::get_if<config::SimulatedReaders>(&config.readers)) {
    for (std::size_t i = 0; i < simulated->readers.size(); ++i) {
      const config::SimulatedReader& reader = simulated->readers[i];
      const std::string setting = absl::StrCat("readers.simulated.reader[", i, "].");
      objections.Add(setting + "faults", hal::CheckFaults(reader.faults));
      if (reader.card_file.empty()) continue;
      if (access(reader.card_file.c_str(), F_OK) == 0) {
        objections.Add(setting + "card_file", hal::CheckCardFile(reader.card_file));
      } else if (reader.create_card) {
        objections.NeedPlace(setting + "card_file", reader.card_file);
      } else {
        objections.NeedFile(setting + "card_file", reader.card_file);
      }
    }
  }
  if (!config.trace_file.empty()) objections.NeedPlace("readers.trace_file", config.trace_file);
}

void NeedIssuers(const std::string& setting, const std::vector<config::CmpIssuer>& issuers,
                 Objections& objections) {
  for (std::size_t i = 0; i < issuers.size(); ++i) {
    objections.NeedFile(absl::StrCat(setting, "[", i, "].certificate_file"),
                        issuers[i].certificate_file);
    const std::string& list = issuers[i].crl_url;
    if (absl::StartsWith(list, "/")) {
      objections.NeedFile(absl::StrCat(setting, "[", i, "].crl_url"), list);
    }
  }
}

void ExamineAuthority(const config::Config& config, Objections& objections) {
  const auto* cmp = std::get_if<config::CmpCa>(&config.ca);
  if (cmp == nullptr) {
    objections.NeedDirectory("ca.embedded.dir", std::get<config::EmbeddedCa>(config.ca).dir);
    return;
  }
  const std::pair<const char*, const std::string&> files[] = {
      {"tls_trusted_file", cmp->tls_trusted_file},
      {"server_certificate_file", cmp->server_certificate_file},
      {"trusted_file", cmp->trusted_file},
      {"ra_certificate_file", cmp->ra_certificate_file},
      {"ra_key_file", cmp->ra_key_file},
      {"mac_secret_file", cmp->mac_secret_file},
  };
  const std::size_t before = objections.size();
  for (const auto& [field, path] : files) {
    if (!path.empty()) objections.NeedFile(absl::StrCat("ca.cmp.", field), path);
  }
  NeedIssuers("ca.cmp.auth_issuer", cmp->auth_issuers, objections);
  NeedIssuers("ca.cmp.signature_issuer", cmp->signature_issuers, objections);
  // What is in them is looked at when all are there.
  if (objections.size() == before) objections.Add("ca.cmp", CheckAuthority(config));
}

void NeedPlaceOfStore(const std::string& setting, absl::string_view url, Objections& objections) {
  if (absl::ConsumePrefix(&url, "sqlite:")) objections.NeedPlace(setting, std::string(url));
}

void ExamineStore(const config::Config& config, Objections& objections) {
  NeedPlaceOfStore("store.url", config.store_url, objections);
  if (const auto* cmp = std::get_if<config::CmpCa>(&config.ca)) {
    NeedPlaceOfStore("ca.cmp.state_url", cmp->state_url, objections);
  }
  const std::string& key = config.holder_key_file;
  if (access(key.c_str(), F_OK) == 0) {
    objections.Add("store.holder_key_file", Seal::Open(key).status());
  } else {
    objections.NeedPlace("store.holder_key_file", key);
  }
}

void ExamineMunicipality(const config::Config& config, Objections& objections) {
  const auto known = rules::Municipalities::Load(config.municipality_dir);
  if (!known.ok()) {
    objections.Add("municipality_dir", known.status());
  } else {
    objections.Add("municipality", known->Find(config.municipality).status());
  }
}

}  // namespace

std::vector<config::Objection> ObjectionsTo(const config::Config& config) {
  constexpr std::size_t kLongestPath = sizeof(sockaddr_un::sun_path) - 1;
  Objections objections(config);
  if (config.socket_path.size() > kLongestPath) {
    objections.Add("socket.path",
                   absl::StrCat(config.socket_path, " is longer than ", kLongestPath, " octets"));
  }
  ExamineReaders(config, objections);
  if (!config.issuer_master_key_file.empty()) {
    objections.Add("issuer_master_key_file",
                   card::ReadMasterKey(config.issuer_master_key_file).status());
  }
  ExamineAuthority(config, objections);
  ExamineStore(config, objections);
  ExamineMunicipality(config, objections);
  return objections.Take();
}

}  // namespace jpkid
