#pragma once

#include <cstdint>
#include <string>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "absl/time/time.h"

#include "base/reason.h"
#include "daemon/ca/ca.h"
#include "daemon/ca/certificate.h"
#include "daemon/card/card.h"
#include "daemon/certs/certs.h"
#include "daemon/events/events.h"
#include "daemon/session/session.h"
#include "daemon/store/store.h"
#include "jpki/v1/card_service.pb.h"
#include "jpki/v1/certificate.pb.h"
#include "jpki/v1/operation_service.pb.h"
#include "jpki/v1/reader_service.pb.h"

// Our values as messages of the API, and back.
namespace jpkid::rpc {

namespace v1 = jpki::v1;

// The last part of a resource name: "sim-0" of "readers/sim-0". ARGUMENT_INVALID, with `field`, for
// a name of another form.
absl::StatusOr<std::string> IdOf(absl::string_view collection, absl::string_view name,
                                 absl::string_view field);

// ARGUMENT_INVALID, with `field`, for a kind that is not given or unknown.
absl::StatusOr<certs::Kind> ToKind(v1::CertificateKind kind, absl::string_view field);
absl::StatusOr<certs::Kind> ToKind(v1::PinKind kind, absl::string_view field);
v1::CertificateKind ToCertificateKind(certs::Kind kind);
v1::PinKind ToPinKind(certs::Kind kind);

// By the names that store and events use; UNSPECIFIED for another one.
v1::CertificateKind ToCertificateKind(absl::string_view name);
v1::PinKind ToPinKind(absl::string_view name);

// YYYY-MM-DD and nothing else. ARGUMENT_INVALID, with `field`.
absl::StatusOr<absl::CivilDay> ToDay(absl::string_view text, absl::string_view field);

// The holder as the request tells him, whose day of birth may still be to come. ARGUMENT_INVALID
// names the field, never its value.
absl::StatusOr<ca::Holder> ToHolder(const v1::Holder& holder);

v1::Reader ToReader(const session::ReaderStatus& status, absl::Time now);
v1::Queue ToQueue(const session::QueueStatus& status, absl::Time now);
google::protobuf::Duration ToDuration(absl::Duration duration);
v1::CertificateInfo ToCertificateInfo(const ca::Certificate& certificate);
v1::PinStatus ToPinStatus(certs::Kind kind, const card::PinStatus& status);

v1::Operation ToOperation(const store::OperationRecord& record, Language language);
v1::Receipt ToReceipt(const store::OperationRecord& record);
v1::OperationFailure ToFailure(const store::OperationRecord& record, Language language);

// `record`: the operation, at least as far as the event.
v1::OperationEvent ToEvent(const events::Event& event, const store::OperationRecord& record,
                           Language language);

// What may be given. `reader`: alias.
v1::PendingInput ToPendingInput(const events::AwaitedInput& input, absl::string_view reader);

// Microseconds since the Unix epoch.
google::protobuf::Timestamp ToTimestamp(std::int64_t microseconds);

}  // namespace jpkid::rpc
