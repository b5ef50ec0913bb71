#include "daemon/examination.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <filesystem>
#include <optional>
#include <string>
#include <system_error>
#include <utility>
#include <variant>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"

#include "base/file.h"
#include "base/seal.h"
#include "base/status.h"
#include "daemon/authority.h"
#include "daemon/card/card.h"
#include "daemon/part_options.h"
#include "daemon/rules/rules.h"
#include "daemon/sql/sql.h"
#include "hal/open_readers.h"

namespace jpkid {
namespace {

class Objections {
 public:
  explicit Objections(const config::Config& config) : config_(config) {}

  // One line: a parser shows the text that it does not understand below what it says.
  void Add(std::string setting, absl::string_view what) {
    what = what.substr(0, what.find('\n'));
    const bool ends = absl::EndsWith(what, ".");
    list_.push_back(
        {.setting = std::move(setting), .sentence = absl::StrCat(what, ends ? "" : ".")});
  }

  void Add(std::string setting, const absl::Status& status) {
    if (!status.ok()) Add(std::move(setting), status.message());
  }

  bool NeedFile(std::string setting, const std::string& path) {
    return Need(std::move(setting), path, R_OK, "cannot read ");
  }

  // One that is written, and made where there is none.
  void NeedPlace(std::string setting, const std::string& path) {
    if (access(path.c_str(), F_OK) != 0) {
      NeedRoom(std::move(setting), path);
    } else if (IsDirectory(path)) {
      Add(std::move(setting), absl::StrCat(path, " is a directory"));
    } else {
      Need(std::move(setting), path, W_OK, "cannot write ");
    }
  }

  // That a file can be made at `path`, or beside it.
  void NeedRoom(std::string setting, const std::string& path) {
    const std::string directory = std::filesystem::path(path).parent_path();
    if (directory == config_.data_dir) return;  // Made at the start.
    NeedDirectory(std::move(setting), directory);
  }

  // One for keys, that is made with its parents.
  void NeedPrivateDirectory(std::string setting, const std::string& path) {
    if (access(path.c_str(), F_OK) == 0) {
      const absl::Status status = CheckPrivateDirectory(path);
      if (!status.ok()) return Add(std::move(setting), status);
    }
    std::filesystem::path place = path;
    while (access(place.c_str(), F_OK) != 0 && place.has_relative_path()) {
      place = place.parent_path();
    }
    NeedDirectory(std::move(setting), place);
  }

  std::size_t size() const { return list_.size(); }
  std::vector<config::Objection> Take() { return std::move(list_); }

 private:
  static bool IsDirectory(const std::string& path) {
    std::error_code error;
    return std::filesystem::is_directory(path, error);
  }

  void NeedDirectory(std::string setting, const std::string& path) {
    constexpr absl::string_view kWhat = "cannot make files in ";
    if (access(path.c_str(), F_OK) == 0 && !IsDirectory(path)) {
      Add(std::move(setting), absl::StrCat(kWhat, path, ": ", strerror(ENOTDIR)));
    } else {
      Need(std::move(setting), path, W_OK | X_OK, kWhat);
    }
  }

  bool Need(std::string setting, const std::string& path, int mode, absl::string_view what) {
    if (access(path.c_str(), mode) == 0) return true;
    Add(std::move(setting), absl::StrCat(what, path, ": ", strerror(errno)));
    return false;
  }

  const config::Config& config_;
  std::vector<config::Objection> list_;
};

// One that is there may be the service manager's, or a dead daemon's that is replaced.
void ExamineSocket(const config::Config& config, Objections& objections) {
  constexpr std::size_t kLongestPath = sizeof(sockaddr_un::sun_path) - 1;
  const std::string& path = config.socket_path;
  struct stat info = {};
  if (path.size() > kLongestPath) {
    objections.Add("socket.path", absl::StrCat(path, " is longer than ", kLongestPath, " octets"));
  } else if (lstat(path.c_str(), &info) != 0) {
    objections.NeedRoom("socket.path", path);
  } else if (!S_ISSOCK(info.st_mode)) {
    objections.Add("socket.path", absl::StrCat(path, " exists and is no socket"));
  }
}

// Card programs read such a file, too: the failure's field is theirs.
void ExamineMasterKey(const config::Config& config, Objections& objections) {
  if (config.issuer_master_key_file.empty()) return;
  const absl::Status read = card::ReadMasterKey(config.issuer_master_key_file).status();
  if (read.ok()) return;
  objections.Add("issuer_master_key_file", FailureOf(read).metadata["detail"]);
}

void ExamineReaders(const config::Config& config, Objections& objections) {
  if (const auto* replayed = std::get_if<config::ReplayedReaders>(&config.readers)) {
    const std::string setting = "readers.replayed.recording_file";
    if (objections.NeedFile(setting, replayed->recording_file)) {
      objections.Add(setting, hal::OpenReaders(ReadersOf(config)).status());
    }
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
    objections.NeedPrivateDirectory("ca.embedded.dir", std::get<config::EmbeddedCa>(config.ca).dir);
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

// Whether there is no SQLite database in the file at `path`, but something else. Of an empty one
// SQLite makes a database.
bool HoldsSomethingElse(const std::string& path) {
  constexpr absl::string_view kHeader("SQLite format 3\0", 16);
  char header[kHeader.size()] = {};
  const UniqueFd fd(open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK));
  const ssize_t got = fd.valid() ? read(fd.get(), header, sizeof(header)) : 0;
  return got > 0 && absl::string_view(header, sizeof(header)) != kHeader;
}

void NeedDatabase(const std::string& setting, const std::string& url, Objections& objections) {
  const std::optional<std::string> path = sql::SqlitePath(url);
  if (!path.has_value()) return;
  if (HoldsSomethingElse(*path)) {
    objections.Add(setting, absl::StrCat(*path, " is not an SQLite database"));
    return;
  }
  const std::size_t before = objections.size();
  objections.NeedPlace(setting, *path);
  if (objections.size() == before) objections.NeedRoom(setting, *path);  // For its log.
}

void ExamineStore(const config::Config& config, Objections& objections) {
  NeedDatabase("store.url", config.store_url, objections);
  if (const auto* cmp = std::get_if<config::CmpCa>(&config.ca)) {
    NeedDatabase("ca.cmp.state_url", cmp->state_url, objections);
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
  Objections objections(config);
  objections.NeedPrivateDirectory("data_dir", config.data_dir);
  ExamineSocket(config, objections);
  ExamineReaders(config, objections);
  ExamineMasterKey(config, objections);
  ExamineAuthority(config, objections);
  ExamineStore(config, objections);
  ExamineMunicipality(config, objections);
  return objections.Take();
}

}  // namespace jpkid
