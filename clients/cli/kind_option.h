#pragma once

#include "clients/cli/command_line.h"
#include "jpki/v1/certificate.pb.h"

// Options that name certificates.
namespace jpkid::cli {

// --kind auth|signature, which must be given.
void AddKind(CommandLine& line, CLI::App* command, jpki::v1::CertificateKind& kind);

// --kinds auth,signature; not given: none.
void AddKinds(CommandLine& line, CLI::App* command, google::protobuf::RepeatedField<int>& kinds);

}  // namespace jpkid::cli
