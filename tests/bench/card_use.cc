// What the card is asked to do, counted and never timed: commands, octets, and the time of the link
// model. The same figures on every machine.

#include <memory>
#include <utility>

#include "absl/functional/function_ref.h"
#include <benchmark/benchmark.h>

#include "daemon/ca/request.h"
#include "tests/contract/card_on_reader.h"
#include "tests/contract/counter.h"
#include "tests/contract/wire_meter.h"

namespace jpkid {
namespace {

using card::CertificateFile;
using card::JpkiCard;
using certs::Kind;
using hal::sim::CardTime;

// The clerk's whole issue, by the daemon's own parts, and the card that comes of it.
class WholeIssue final : public Counter {
 public:
  WholeIssue() {
    Open(NewCard());
    ExpectCardAndBookAgree(IssueToEnd(Request()));
    used = readers_->TotalTime(kReader).value();
    StopDaemon();
    card = Image();
  }

  CardTime used;
  hal::sim::CardImage card;

 private:
  void TestBody() override {}
};

const WholeIssue& Issued() {
  static const WholeIssue issue;
  return issue;
}

// A card just powered up, and what is done to it.
class FreshCard final : public CardOnReader {
 public:
  explicit FreshCard(hal::sim::CardImage image) {
    Put(std::move(image));
    wire_ = std::make_unique<WireMeter>(*card_);
  }

  CardTime Cost(absl::FunctionRef<void(JpkiCard&)> work) {
    const CardTime before = readers_->TotalTime(kReader).value();
    JpkiCard jpki(*wire_);
    work(jpki);
    const CardTime after = readers_->TotalTime(kReader).value();
    return {.commands = after.commands - before.commands,
            .octets_to_card = after.octets_to_card - before.octets_to_card,
            .octets_from_card = after.octets_from_card - before.octets_from_card,
            .ns = after.ns - before.ns};
  }
  std::int64_t wire_ns() const { return wire_->ns(); }

 private:
  void TestBody() override {}

  std::unique_ptr<WireMeter> wire_;
};

void Show(benchmark::State& state, const CardTime& used) {
  state.counters["commands"] = static_cast<double>(used.commands);
  state.counters["octets_to_card"] = static_cast<double>(used.octets_to_card);
  state.counters["octets_from_card"] = static_cast<double>(used.octets_from_card);
  state.counters["model_ms"] = static_cast<double>(used.ns) / 1e6;
}

Secret Pin(absl::string_view text) { return Secret(AsBytes(text)); }

// All four certificates, with the PIN that the signature certificate wants; their octets.
std::size_t ReadAll(JpkiCard& jpki) {
  std::size_t octets = 0;
  for (const auto& [kind, which] :
       {std::pair(Kind::kAuth, CertificateFile::kOwn), std::pair(Kind::kAuth, CertificateFile::kCa),
        std::pair(Kind::kSignature, CertificateFile::kCa)}) {
    octets += jpki.ReadCertificate(kind, which).value().size();
  }
  EXPECT_TRUE(jpki.VerifyPin(Kind::kSignature, Pin(hal::sim::kTestSignaturePin)).ok());
  return octets + jpki.ReadCertificate(Kind::kSignature, CertificateFile::kOwn).value().size();
}

void ReadFourCertificates(benchmark::State& state, bool extended_length) {
  hal::sim::CardImage image = Issued().card;
  image.mutable_switches()->set_extended_length(extended_length);
  for (auto _ : state) {
    FreshCard card(image);
    std::size_t octets = 0;
    const CardTime used = card.Cost([&octets](JpkiCard& jpki) { octets = ReadAll(jpki); });
    Show(state, used);
    state.counters["payload_octets"] = static_cast<double>(octets);
    state.counters["wire_over_payload"] =
        static_cast<double>(card.wire_ns()) / WireMeter::PayloadNs(octets);
  }
}
BENCHMARK_CAPTURE(ReadFourCertificates, cold_extended_length, true)->Iterations(1);
BENCHMARK_CAPTURE(ReadFourCertificates, cold_short_length, false)->Iterations(1);

void ReadFourCertificatesAgain(benchmark::State& state) {
  for (auto _ : state) {
    FreshCard card(Issued().card);
    card.Cost(ReadAll);
    Show(state, card.Cost(ReadAll));
  }
}
BENCHMARK(ReadFourCertificatesAgain)->Name("ReadFourCertificates/warm")->Iterations(1);

void OneSignature(benchmark::State& state, bool warm) {
  const Bytes input = ca::SignatureInput(certs::Algorithm::kRsa2048Sha256, AsBytes("text")).value();
  const auto sign = [&input](JpkiCard& jpki) { EXPECT_TRUE(jpki.Sign(Kind::kAuth, input).ok()); };
  for (auto _ : state) {
    FreshCard card(Issued().card);
    const CardTime cold = card.Cost([&sign](JpkiCard& jpki) {
      EXPECT_TRUE(jpki.VerifyPin(Kind::kAuth, Pin(hal::sim::kTestAuthPin)).ok());
      sign(jpki);
    });
    Show(state, warm ? card.Cost(sign) : cold);
  }
}
BENCHMARK_CAPTURE(OneSignature, cold, false)->Iterations(1);
BENCHMARK_CAPTURE(OneSignature, warm, true)->Iterations(1);

void IssueBoth(benchmark::State& state) {
  for (auto _ : state) Show(state, Issued().used);
}
BENCHMARK(IssueBoth)->Iterations(1);

}  // namespace
}  // namespace jpkid
