#include "daemon/card/status_words.h"

#include <string>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"

#include "base/status.h"

namespace jpkid::card {
namespace {

constexpr hal::StatusWord kOne = 0xFFFF;
constexpr hal::StatusWord kSixteen = 0xFFF0;

constexpr StatusWordRow kRows[] = {
    {0x6281, kOne, Reason::kCardStatus, "part of the data may be corrupted"},
    {0x6283, kOne, Reason::kCardStatus, "the selected file is deactivated"},
    {0x6300, kOne, Reason::kCardStatus, "authentication failed"},
    {0x63C0, kOne, Reason::kPinBlocked, "no tries left"},
    {0x63C0, kSixteen, Reason::kPinWrong, "verification failed"},
    {0x6381, kOne, Reason::kCardStatus, "file filled up by the last write"},
    {0x6400, kOne, Reason::kCardStatus, "execution error"},
    {0x6581, kOne, Reason::kCardStatus, "memory failure"},
    {0x6700, kOne, Reason::kCardStatus, "wrong length"},
    {0x6881, kOne, Reason::kCardStatus, "logical channels are not supported"},
    {0x6882, kOne, Reason::kSecureChannelBroken, "secure messaging is not supported, or not open"},
    {0x6981, kOne, Reason::kCardStatus, "the command does not fit the file"},
    {0x6982, kOne, Reason::kPinNotVerified, "security status not satisfied"},
    {0x6983, kOne, Reason::kPinBlocked, "authentication method blocked"},
    {0x6984, kOne, Reason::kPinBlocked, "reference data not usable"},
    {0x6985, kOne, Reason::kCardStatus, "conditions of use not satisfied"},
    {0x6986, kOne, Reason::kCardStatus, "no file is selected"},
    {0x6987, kOne, Reason::kSecureChannelBroken, "secure messaging data objects missing"},
    {0x6988, kOne, Reason::kSecureChannelBroken, "secure messaging data objects incorrect"},
    {0x6A80, kOne, Reason::kCardStatus, "incorrect parameters in the data"},
    {0x6A81, kOne, Reason::kCardStatus, "function not supported"},
    {0x6A82, kOne, Reason::kCardStatus, "no such file or application"},
    {0x6A83, kOne, Reason::kCardStatus, "no such record"},
    {0x6A84, kOne, Reason::kCardStatus, "not enough memory in the file"},
    {0x6A85, kOne, Reason::kCardStatus, "Nc inconsistent with the TLV structure"},
    {0x6A86, kOne, Reason::kCardStatus, "incorrect P1 P2"},
    {0x6A87, kOne, Reason::kCardStatus, "Nc inconsistent with P1 P2"},
    {0x6A88, kOne, Reason::kCardStatus, "referenced data not found"},
    {0x6B00, kOne, Reason::kCardStatus, "offset outside the file"},
    {0x6D00, kOne, Reason::kCardStatus, "instruction not supported"},
    {0x6E00, kOne, Reason::kCardStatus, "class not supported"},
    {0x6F00, kOne, Reason::kCardStatus, "no precise diagnosis"},
};

const StatusWordRow* Find(hal::StatusWord sw) {
  for (const StatusWordRow& row : kRows) {
    if ((sw & row.mask) == row.sw) return &row;
  }
  return nullptr;
}

}  // namespace

std::span<const StatusWordRow> StatusWords() { return kRows; }

absl::Status StatusWordFailure(hal::StatusWord sw, absl::string_view command) {
  const StatusWordRow* row = Find(sw);
  ReasonMetadata metadata = {{"command", std::string(command)},
                             {"sw", absl::StrFormat("%04X", sw)},
                             {"detail", std::string(row == nullptr ? "unknown" : row->meaning)}};
  if (row == nullptr) return Fail(Reason::kCardStatus, std::move(metadata));
  if (row->mask == kSixteen) metadata["tries_left"] = absl::StrCat(sw & 0x0F);
  return Fail(row->reason, std::move(metadata));
}

}  // namespace jpkid::card
