#pragma once

#include "base/bytes.h"
#include "hal/sim/card_image.pb.h"

// What stands in the files that are not certificates.
namespace jpkid::hal::sim {

// JPKI EF 0006: a CK_TOKEN_INFO (PKCS#11 v2.40, 3.2) of 32 bits, little-endian, 160 octets. Its
// label, the first 32 octets, tells what kind of token this is.
Bytes TokenInformation(const CardImage& image);

// JPKI EF 0008: 8F where the certificate is present and 00 where not, signature then auth; 00.
Bytes CertificatesPresent(const CardImage& image);

// Text input EF 0001: FF10 { 12 digits }.
Bytes IndividualNumber(const CardImage& image);

// Text input EF 0002: FF20 { DF21 offsets, DF22 name, DF23 address, DF24 birth date, DF25 sex }.
// DF21 holds the offsets of the tags of the other four, two octets each, from the first octet of
// FF20.
Bytes HolderAttributes(const CardImage& image);

// Common card EF 0001, record 1: 01 { 15 digits serial, 5 digits municipality, YYYYMMDD expiry }.
Bytes CardIdentity(const CardImage& image);

}  // namespace jpkid::hal::sim
