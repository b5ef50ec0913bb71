#include "hal/sim/card_at_reader.h"

#include <algorithm>
#include <utility>

#include "base/status.h"

namespace jpkid::hal::sim {
namespace {

trace::End TraceEnd(Exchange::End end) {
  switch (end) {
    case Exchange::End::kAnswer:
      return trace::ANSWERED;
    case Exchange::End::kMute:
    case Exchange::End::kHang:
      return trace::NO_ANSWER;
    case Exchange::End::kTornOut:
      return trace::CARD_GONE;
  }
  return trace::NO_ANSWER;
}

}  // namespace

absl::StatusOr<std::unique_ptr<CardAtReader>> CardAtReader::Open(const std::string& path,
                                                                 KeySource& keys, Options options) {
  JPKID_ASSIGN_OR_RETURN(std::unique_ptr<SimCard> card, SimCard::Open(path, keys));
  return std::unique_ptr<CardAtReader>(new CardAtReader(std::move(card), keys, std::move(options)));
}

absl::Status CardAtReader::Replace(const std::string& path) {
  JPKID_ASSIGN_OR_RETURN(card_, SimCard::Open(path, keys_));
  return absl::OkStatus();
}

Bytes CardAtReader::PowerOn() {
  session_time_ = CardTime();
  return card_->PowerOn();
}

Exchange CardAtReader::Transmit(ByteView apdu) {
  const std::uint8_t instruction = apdu.size() > 1 ? apdu[1] : 0;
  const std::optional<Fault> fault = faults_.Take(instruction, card_->selected_file());
  Exchange exchange =
      fault.has_value() ? Suffer(*fault, apdu) : Exchange{.answer = card_->Transmit(apdu)};
  Record(apdu, exchange);
  return exchange;
}

Exchange CardAtReader::Suffer(const Fault& fault, ByteView apdu) {
  using End = Exchange::End;
  switch (fault.action_case()) {
    case Fault::kTearOut: {
      if (fault.tear_out().after()) card_->Transmit(apdu);
      card_->PowerOff();
      Exchange torn = {.end = End::kTornOut};
      const std::uint32_t back = fault.tear_out().back_after_ms();
      if (back > 0) torn.back_after = absl::Milliseconds(back);
      return torn;
    }
    case Fault::kLosePower:
      card_->PowerOff();
      return {.end = End::kTornOut, .back_after = absl::Milliseconds(fault.lose_power().for_ms())};
    case Fault::kOtherCard:
      card_->PowerOff();
      return {.end = End::kTornOut,
              .back_after = absl::ZeroDuration(),
              .other_card = fault.other_card().card()};
    case Fault::kMute:
      return {.end = End::kMute};
    case Fault::kHang:
      return {.end = End::kHang};
    case Fault::kAnswer: {
      const std::uint32_t sw = fault.answer().sw();
      return {.answer = {static_cast<std::uint8_t>(sw >> 8), static_cast<std::uint8_t>(sw)}};
    }
    case Fault::kSlow:
      return {.answer = card_->Transmit(apdu), .delay = absl::Milliseconds(fault.slow().by_ms())};
    case Fault::kGarble: {
      Exchange garbled = {.answer = card_->Transmit(apdu)};
      for (std::uint8_t& octet : garbled.answer) octet = static_cast<std::uint8_t>(~octet);
      return garbled;
    }
    case Fault::kCutShort: {
      Exchange cut = {.answer = card_->Transmit(apdu)};
      cut.answer.resize(std::min<std::size_t>(cut.answer.size(), fault.cut_short().octets()));
      if (cut.answer.size() < 2) cut.end = End::kMute;  // Readers hand on no less.
      return cut;
    }
    case Fault::ACTION_NOT_SET:
      break;
  }
  return {.answer = card_->Transmit(apdu)};
}

void CardAtReader::Record(ByteView apdu, Exchange& exchange) {
  const KeyAlgorithm algorithm = card_->store().image().algorithm();
  const std::size_t answer = exchange.answer.size();
  const std::int64_t ns = options_.link.ExchangeNs(apdu, answer, algorithm);
  session_time_.Add(apdu.size(), answer, ns);
  total_time_.Add(apdu.size(), answer, ns);
  if (options_.real_time) exchange.delay += absl::Nanoseconds(ns);
  if (options_.trace == nullptr) return;
  trace::ApduRecord record = trace::Describe(apdu, TraceEnd(exchange.end), exchange.answer);
  record.set_model_ns(ns);
  options_.trace->Write(std::move(record));
}

}  // namespace jpkid::hal::sim
