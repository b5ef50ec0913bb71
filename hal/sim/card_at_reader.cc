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

bool LeavesReader(const Fault& fault) {
  return fault.has_tear_out() || fault.has_lose_power() || fault.has_other_card();
}

// Whether the command reaches the card, of a fault that leaves the card where it is.
bool Executes(const Fault& fault) {
  return !fault.has_mute() && !fault.has_hang() && !fault.has_answer();
}

Exchange Refuse(const Fault& fault) {
  if (fault.has_mute()) return {.end = Exchange::End::kMute};
  if (fault.has_hang()) return {.end = Exchange::End::kHang};
  const std::uint32_t sw = fault.answer().sw();
  return {.answer = {static_cast<std::uint8_t>(sw >> 8), static_cast<std::uint8_t>(sw)}};
}

Exchange Spoil(const Fault& fault, Bytes answer) {
  Exchange spoilt = {.answer = std::move(answer)};
  if (fault.has_slow()) spoilt.delay = absl::Milliseconds(fault.slow().by_ms());
  if (fault.has_garble()) {
    for (std::uint8_t& octet : spoilt.answer) octet = static_cast<std::uint8_t>(~octet);
  }
  if (fault.has_cut_short()) {
    const std::size_t octets = fault.cut_short().octets();
    spoilt.answer.resize(std::min(spoilt.answer.size(), octets));
    if (spoilt.answer.size() < 2) spoilt.end = Exchange::End::kMute;  // Readers hand on no less.
  }
  return spoilt;
}

}  // namespace

absl::StatusOr<std::unique_ptr<CardAtReader>> CardAtReader::Open(const std::string& path,
                                                                 KeySource& keys, Options options) {
  JPKID_ASSIGN_OR_RETURN(std::unique_ptr<SimCard> card, SimCard::Open(path, keys));
  return std::unique_ptr<CardAtReader>(new CardAtReader(std::move(card), keys, std::move(options)));
}

void CardAtReader::TakeOut() {
  card_->PowerOff();
  card_->store().LetGo();
}

absl::Status CardAtReader::PutIn(const std::string& path) {
  if (path.empty() && card_->store().holds_file()) return absl::OkStatus();
  const std::string next = path.empty() ? card_->store().path() : path;
  TakeOut();
  JPKID_ASSIGN_OR_RETURN(card_, SimCard::Open(next, keys_));
  return absl::OkStatus();
}

Bytes CardAtReader::PowerOn() {
  session_time_ = CardTime();
  Bytes atr = card_->PowerOn();
  if (options_.trace != nullptr) options_.trace->Write(scribe_.PowerUp(atr));
  return atr;
}

Exchange CardAtReader::Transmit(ByteView apdu) {
  const std::uint8_t instruction = apdu.size() > 1 ? apdu[1] : 0;
  const std::optional<Fault> fault = faults_.Take(instruction, card_->selected_file());
  Exchange exchange;
  if (!fault.has_value()) {
    exchange.answer = card_->Transmit(apdu);
  } else if (LeavesReader(*fault)) {
    exchange = Leave(*fault, apdu);
  } else if (!Executes(*fault)) {
    exchange = Refuse(*fault);
  } else {
    exchange = Spoil(*fault, card_->Transmit(apdu));
  }
  Record(apdu, exchange);
  return exchange;
}

Exchange CardAtReader::Leave(const Fault& fault, ByteView apdu) {
  if (fault.tear_out().after()) card_->Transmit(apdu);
  card_->PowerOff();
  Exchange left = {.end = Exchange::End::kTornOut, .other_card = fault.other_card().card()};
  const std::uint32_t back = fault.tear_out().back_after_ms();
  if (back > 0) left.back_after = absl::Milliseconds(back);
  if (fault.has_lose_power()) left.back_after = absl::Milliseconds(fault.lose_power().for_ms());
  if (fault.has_other_card()) left.back_after = absl::ZeroDuration();
  return left;
}

void CardAtReader::Record(ByteView apdu, Exchange& exchange) {
  const KeyAlgorithm algorithm = card_->store().image().algorithm();
  const std::size_t answer = exchange.answer.size();
  const std::int64_t ns = options_.link.ExchangeNs(apdu, answer, algorithm);
  session_time_.Add(apdu.size(), answer, ns);
  total_time_.Add(apdu.size(), answer, ns);
  if (options_.real_time) exchange.delay += absl::Nanoseconds(ns);
  if (options_.trace == nullptr) return;
  trace::ApduRecord record = scribe_.Describe(apdu, TraceEnd(exchange.end), exchange.answer);
  record.set_model_ns(ns);
  options_.trace->Write(std::move(record));
}

}  // namespace jpkid::hal::sim
