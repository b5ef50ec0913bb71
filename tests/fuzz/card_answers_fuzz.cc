// A card that answers anything at all: the dialogue ends, with what was read or with
// a failure.

#include <cstdint>

#include "absl/status/statusor.h"

#include "base/bytes.h"
#include "base/status.h"
#include "daemon/card/card.h"
#include "hal/reader.h"
#include "tests/fuzz/pieces.h"

namespace {

using jpkid::Bytes;
using jpkid::ByteView;

// Answers with the pieces of the input; when they are used up, the card is gone.
class AnsweringCard : public jpkid::hal::Card {
 public:
  explicit AnsweringCard(ByteView answers) : answers_(answers) {}

  absl::StatusOr<Bytes> TransmitRaw(ByteView) override {
    if (!answers_.more()) return jpkid::Fail(jpkid::Reason::kCardRemoved);
    return jpkid::ToBytes(answers_.Next());
  }
  std::uint64_t insertion() const override { return 1; }

 protected:
  absl::Status CutPower() override { return absl::OkStatus(); }

 private:
  jpkid::fuzz::Pieces answers_;
};

void ReadPublic(jpkid::hal::Card& connection) {
  namespace card = jpkid::card;
  card::JpkiCard jpki(connection);
  for (const auto kind : {jpkid::certs::Kind::kAuth, jpkid::certs::Kind::kSignature}) {
    jpki.GetPinStatus(kind).status().IgnoreError();
    jpki.ReadCertificate(kind, card::CertificateFile::kCa).status().IgnoreError();
    jpki.ReadCertificate(kind, card::CertificateFile::kOwn).status().IgnoreError();
  }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  AnsweringCard card(ByteView(data, size));
  jpkid::card::Identify(card).status().IgnoreError();
  ReadPublic(card);
  return 0;
}
