#include "hal/sim/training_card.h"

#include <cstdint>
#include <random>

#include "absl/strings/str_format.h"

namespace jpkid::hal::sim {
namespace {

constexpr absl::CivilDay kBirthday(1980, 2, 17);

// The 10th birthday after `today`: how long the card of an adult lasts (domain.md, 2).
std::string CardExpiry(absl::CivilDay today) {
  const bool still_to_come = absl::CivilDay(today.year(), 2, 17) > today;
  return absl::StrFormat("%04d0217", today.year() + (still_to_come ? 9 : 10));
}

// 15 digits; the first is 9, so that nobody takes it for a number that J-LIS gave out.
std::string RandomSerial() {
  std::random_device device;
  std::uniform_int_distribution<std::uint64_t> digits(0, 99'999'999'999'999);
  return absl::StrFormat("9%014d", digits(device));
}

}  // namespace

Secret TrainingIssuerMasterKey() {
  constexpr std::uint8_t kKey[16] = {'J', 'P', 'K', 'I', '-', 'S', 'I', 'M',
                                     ' ', 't', 'r', 'a', 'i', 'n', '0', '1'};
  return Secret(ByteView(kKey));
}

CardOrder TrainingCard(absl::CivilDay today) {
  CardOrder order;
  order.serial = RandomSerial();
  order.municipality_code = "28219";
  order.card_expiry = CardExpiry(today);
  order.name = "訓練 花子";
  order.address = "兵庫県三田市訓練町1丁目2番3号";
  order.birth_date =
      absl::StrFormat("%04d%02d%02d", kBirthday.year(), kBirthday.month(), kBirthday.day());
  order.sex = "2";
  order.issuer_master_key = TrainingIssuerMasterKey();
  return order;
}

}  // namespace jpkid::hal::sim
