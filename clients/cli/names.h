#pragma once

#include <string>

#include "absl/strings/string_view.h"
#include <google/protobuf/timestamp.pb.h>

#include "clients/cli/texts.h"
#include "jpki/v1/card_service.pb.h"
#include "jpki/v1/certificate.pb.h"
#include "jpki/v1/operation_service.pb.h"
#include "jpki/v1/reader_service.pb.h"

// The API's values in words, and the user's words as values of the API.
namespace jpkid::cli {

std::string Name(const Words& words, jpki::v1::CertificateKind kind);
std::string Name(const Words& words, jpki::v1::PinKind pin);
std::string Name(const Words& words, jpki::v1::Reader::State state);
// How a PIN stands, with its tries.
std::string Describe(const Words& words, const jpki::v1::PinStatus& status);
std::string Name(const Words& words, jpki::v1::Operation::Type type);
std::string Name(const Words& words, jpki::v1::Operation::State state);

// Date and time in Asia/Tokyo, "2026-11-22 09:30:00"; empty for a time that is not set.
std::string LocalTime(const google::protobuf::Timestamp& time);

// The PIN of a certificate's key.
jpki::v1::PinKind PinOf(jpki::v1::CertificateKind kind);

// `readers/R` of "R" or "readers/R"; `operations/ID` likewise.
std::string ReaderName(absl::string_view text);
std::string OperationName(absl::string_view text);

}  // namespace jpkid::cli
