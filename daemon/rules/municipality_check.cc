#include "daemon/rules/municipality_check.h"

#include <algorithm>
#include <set>

#include "absl/strings/ascii.h"
#include "absl/strings/str_cat.h"

#include "daemon/config/check_numbers.h"
#include "daemon/config/setting.pb.h"
#include "daemon/rules/hours.h"

namespace jpkid::rules {
namespace {

using config::Findings;
using config::Place;
using config::Section;
using google::protobuf::FieldDescriptor;
using google::protobuf::Message;

bool IsId(const std::string& text) {
  return !text.empty() && std::all_of(text.begin(), text.end(), [](char c) {
    return absl::ascii_islower(static_cast<unsigned char>(c)) ||
           absl::ascii_isdigit(static_cast<unsigned char>(c)) || c == '-';
  });
}

bool IsCode(const std::string& text) {
  return !text.empty() && std::all_of(text.begin(), text.end(), [](char c) {
    return absl::ascii_isupper(static_cast<unsigned char>(c)) || c == '_';
  });
}

// Every field that the schema marks as needed, in `message` at `place` and in all below it.
void CheckNeeded(const Message& message, Place place, const Section& section, Findings& findings) {
  const google::protobuf::Reflection& reflection = *message.GetReflection();
  for (int i = 0; i < message.GetDescriptor()->field_count(); ++i) {
    const FieldDescriptor& field = *message.GetDescriptor()->field(i);
    const bool has = field.is_repeated() ? reflection.FieldSize(message, &field) > 0
                                         : reflection.HasField(message, &field);
    if (!has && field.options().GetExtension(config::file::setting).needed()) {
      findings.Refuse(place, absl::StrCat(field.name(), " is missing."));
    }
    if (!has || field.cpp_type() != FieldDescriptor::CPPTYPE_MESSAGE) continue;
    const int count = field.is_repeated() ? reflection.FieldSize(message, &field) : 1;
    for (int k = 0; k < count; ++k) {
      const int index = field.is_repeated() ? k : -1;
      CheckNeeded(field.is_repeated() ? reflection.GetRepeatedMessage(message, &field, k)
                                      : reflection.GetMessage(message, &field),
                  section.At(field, index), section.Sub(field, index), findings);
    }
  }
}

// `from` and `until` of hours and links; places are of those fields.
template <typename Times>
void CheckTimes(const Times& times, const Section& section, Findings& findings) {
  const int from = MinuteOf(times.from());
  const int until = MinuteOf(times.until());
  if (from < 0) findings.Refuse(section.At("from"), "from is a time, \"09:00\".");
  if (until < 0) findings.Refuse(section.At("until"), "until is a time, \"17:30\".");
  if (from >= 0 && until >= 0 && from >= until) {
    findings.Refuse(section.At("until"), "until is later than from.");
  }
}

void CheckHours(const file::Hours& hours, const Section& section, Place place, Findings& findings) {
  CheckTimes(hours, section, findings);
  if (hours.day().empty()) findings.Refuse(place, "Hours name at least one day.");
  if (!hours.has_last_acceptance()) return;
  const int last = MinuteOf(hours.last_acceptance());
  if (last <= MinuteOf(hours.from()) || last > MinuteOf(hours.until())) {
    findings.Refuse(section.At("last_acceptance"), "last_acceptance is between from and until.");
  }
}

void CheckWindows(const file::MunicipalityFile& content, const Section& section,
                  Findings& findings) {
  std::set<std::string> ids;
  std::set<int> taken;
  for (int i = 0; i < content.window_size(); ++i) {
    const file::Window& window = content.window(i);
    const Section inside = section.Sub("window", i);
    if (!ids.insert(window.id()).second) {
      findings.Refuse(inside.At("id"), absl::StrCat("Another window is \"", window.id(), "\"."));
    }
    for (const file::Taking& taking : window.takes()) taken.insert(taking.procedure());
    if (window.hours().empty()) findings.Refuse(section.At("window", i), "It has no hours.");
    for (int k = 0; k < window.hours_size(); ++k) {
      CheckHours(window.hours(k), inside.Sub("hours", k), inside.At("hours", k), findings);
    }
  }
  for (const int procedure : {file::ISSUE, file::RENEW}) {
    if (taken.contains(procedure)) continue;
    findings.Refuse(
        {}, absl::StrCat("No window takes ",
                         file::Procedure_Name(static_cast<file::Procedure>(procedure)), "."));
  }
}

bool IsMonthAndDay(const std::string& text) {
  absl::CivilDay day;
  return text.size() == 5 && absl::ParseCivilTime(absl::StrCat("2024-", text), &day);
}

void CheckClosing(const file::Closing& closing, const Section& section, Place place,
                  Findings& findings) {
  if (closing.rule_case() == file::Closing::RULE_NOT_SET) {
    findings.Refuse(place, "It says by no rule which days they are.");
  }
  if (closing.has_each_year() &&
      !(IsMonthAndDay(closing.each_year().from()) && IsMonthAndDay(closing.each_year().until()))) {
    findings.Refuse(section.At("each_year"), "from and until are \"MM-DD\".");
  }
  absl::CivilDay from;
  absl::CivilDay until;
  if (closing.has_dates() &&
      !(absl::ParseCivilTime(closing.dates().from(), &from) &&
        absl::ParseCivilTime(closing.dates().until(), &until) && from <= until)) {
    findings.Refuse(section.At("dates"), "from and until are \"YYYY-MM-DD\", in this order.");
  }
}

void CheckWays(const file::MunicipalityFile& content, const Section& section, Findings& findings) {
  std::set<std::string> codes;
  for (int i = 0; i < content.document_size(); ++i) {
    const std::string& code = content.document(i).code();
    const Place place = section.Sub("document", i).At("code");
    if (!IsCode(code)) findings.Refuse(place, "code is of A-Z and '_'.");
    if (!codes.insert(code).second) {
      findings.Refuse(place, absl::StrCat(code, " is there already."));
    }
  }
  for (int i = 0; i < content.way_size(); ++i) {
    const file::Way& way = content.way(i);
    for (int k = 0; k < way.bring_size(); ++k) {
      const file::Bring& bring = way.bring(k);
      const Section inside = section.Sub("way", i).Sub("bring", k);
      if (bring.visit() > way.visits()) {
        findings.Refuse(inside.At("visit"), "There is no such visit.");
      }
      if (bring.has_text() && bring.document_size() != 1) {
        findings.Refuse(inside.At("text"), "It is the text of one document.");
      }
      for (int n = 0; n < bring.document_size(); ++n) {
        if (codes.contains(bring.document(n))) continue;
        findings.Refuse(inside.At("document", n),
                        absl::StrCat("There is no document ", bring.document(n), "."));
      }
    }
  }
}

}  // namespace

void CheckMunicipality(const file::MunicipalityFile& content, const std::string& name,
                       const Section& section, Findings& findings) {
  CheckNeeded(content, {}, section, findings);
  config::CheckNumbers(content, section, findings);
  if (!IsId(name)) findings.Refuse({}, "The file's name is of a-z, 0-9 and '-'.");
  if (content.has_id() && content.id() != name) {
    findings.Refuse(section.At("id"), absl::StrCat("id is the file's name, \"", name, "\"."));
  }
  CheckWindows(content, section, findings);
  for (int i = 0; i < content.national_link_size(); ++i) {
    CheckTimes(content.national_link(i), section.Sub("national_link", i), findings);
  }
  for (int i = 0; i < content.closed_size(); ++i) {
    CheckClosing(content.closed(i), section.Sub("closed", i), section.At("closed", i), findings);
  }
  CheckWays(content, section, findings);
}

}  // namespace jpkid::rules
