#include "clients/cli/kind_option.h"

#include <string>

#include "absl/strings/str_split.h"

namespace jpkid::cli {
namespace {

using jpki::v1::CertificateKind;

CertificateKind ToKind(const std::string& option, absl::string_view text) {
  if (text == "auth") return jpki::v1::CERTIFICATE_KIND_AUTH;
  if (text == "signature") return jpki::v1::CERTIFICATE_KIND_SIGNATURE;
  throw CLI::ValidationError(option, "auth|signature");
}

}  // namespace

void AddKind(CommandLine& line, CLI::App* command, CertificateKind& kind) {
  line.Take(command, "-k,--kind",
            [&kind](const std::string& text) { kind = ToKind("--kind", text); })
      ->required();
}

void AddKinds(CommandLine& line, CLI::App* command, std::vector<CertificateKind>& kinds) {
  line.Take(command, "-k,--kinds", [&kinds](const std::string& text) {
    kinds.clear();
    for (const absl::string_view part : absl::StrSplit(text, ',')) {
      kinds.push_back(ToKind("--kinds", part));
    }
  });
}

}  // namespace jpkid::cli
