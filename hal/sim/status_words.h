#pragma once

#include "hal/apdu.h"

// The status words that the card gives (ISO/IEC 7816-4, 5.6; GlobalPlatform Amendment D, 7.1).
namespace jpkid::hal::sim {

inline constexpr StatusWord kMoreWaits = 0x6100;  // SW2: how much more, at most 255.
inline constexpr StatusWord kAuthenticationFailed = 0x6300;
inline constexpr StatusWord kTriesLeft = 0x63C0;  // Low nibble: how many.
inline constexpr StatusWord kMemoryFailure = 0x6581;
inline constexpr StatusWord kWrongLength = 0x6700;
inline constexpr StatusWord kNoLogicalChannels = 0x6881;
inline constexpr StatusWord kNoSecureMessaging = 0x6882;
inline constexpr StatusWord kNoChaining = 0x6884;
inline constexpr StatusWord kWrongFileKind = 0x6981;
inline constexpr StatusWord kSecurityNotSatisfied = 0x6982;
inline constexpr StatusWord kAuthenticationBlocked = 0x6983;
inline constexpr StatusWord kReferenceDataUnusable = 0x6984;
inline constexpr StatusWord kConditionsNotSatisfied = 0x6985;
inline constexpr StatusWord kNoFileSelected = 0x6986;
inline constexpr StatusWord kWrongData = 0x6A80;
inline constexpr StatusWord kFunctionNotSupported = 0x6A81;
inline constexpr StatusWord kFileNotFound = 0x6A82;
inline constexpr StatusWord kRecordNotFound = 0x6A83;
inline constexpr StatusWord kNotEnoughMemory = 0x6A84;
inline constexpr StatusWord kWrongParameters = 0x6A86;
inline constexpr StatusWord kReferenceNotFound = 0x6A88;
inline constexpr StatusWord kWrongOffset = 0x6B00;
inline constexpr StatusWord kWrongLe = 0x6C00;  // SW2: the right Le, 00 for 256.
inline constexpr StatusWord kUnknownInstruction = 0x6D00;
inline constexpr StatusWord kUnknownClass = 0x6E00;
inline constexpr StatusWord kNoDiagnosis = 0x6F00;

}  // namespace jpkid::hal::sim
