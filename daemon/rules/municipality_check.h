#pragma once

#include <string>

#include "daemon/config/findings.h"
#include "daemon/config/section.h"
#include "daemon/rules/municipality.pb.h"

namespace jpkid::rules {

// Holds a municipality's file to what its schema cannot say: what must be given, forms of texts,
// what contradicts what. `name` is the file's name without folder and ending.
void CheckMunicipality(const file::MunicipalityFile& content, const std::string& name,
                       const config::Section& section, config::Findings& findings);

}  // namespace jpkid::rules
