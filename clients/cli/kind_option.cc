#include "clients/cli/kind_option.h"

#include "clients/cli/enum_option.h"

namespace jpkid::cli {

using jpki::v1::CertificateKind;

void AddKind(CommandLine& line, CLI::App* command, CertificateKind& kind) {
  TakeEnum<CertificateKind>(line, command, "-k,--kind", [&kind](CertificateKind given) {
    kind = given;
  })->required();
}

void AddKinds(CommandLine& line, CLI::App* command, google::protobuf::RepeatedField<int>& kinds) {
  TakeEnums<CertificateKind>(line, command, "-k,--kinds",
                             [&kinds](CertificateKind kind) { kinds.Add(kind); });
}

}  // namespace jpkid::cli
