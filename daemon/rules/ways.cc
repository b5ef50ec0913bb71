#include "daemon/rules/ways.h"

#include <algorithm>

#include "absl/strings/str_cat.h"

namespace jpkid::rules {
namespace {

// Of a way or of something to bring.
template <typename Entry>
bool Fits(const Entry& entry, const Circumstances& circumstances) {
  const auto is_so = [&circumstances](int one) {
    return circumstances.Has(static_cast<file::Circumstance>(one));
  };
  return std::all_of(entry.only_if().begin(), entry.only_if().end(), is_so) &&
         std::none_of(entry.unless().begin(), entry.unless().end(), is_so);
}

bool IsFor(const file::Way& way, Procedure procedure, Applicant applicant) {
  if (way.applicant() - file::HOLDER != static_cast<int>(applicant)) return false;
  return way.procedure().empty() ||
         std::any_of(way.procedure().begin(), way.procedure().end(), [procedure](int one) {
           return one - file::ISSUE == static_cast<int>(procedure);
         });
}

Item ItemOf(const file::MunicipalityFile& policy, const file::Bring& bring,
            const std::string& code) {
  Item item = {.code = code, .visit = bring.visit(), .s_row = bring.row()};
  for (const file::Document& document : policy.document()) {
    if (document.code() != code) continue;
    const file::Text& text = bring.has_text() ? bring.text() : document.text();
    item.english = text.english();
    item.japanese = text.japanese();
    if (!document.has_issued_within_months()) break;
    const int months = document.issued_within_months();
    absl::StrAppend(&item.english, ", issued within the last ", months, " months");
    absl::StrAppend(&item.japanese, "（発行から", months, "か月以内のもの）");
  }
  return item;
}

}  // namespace

bool Circumstances::Has(file::Circumstance circumstance) const {
  switch (circumstance) {
    case file::FIRST_ISSUE:
      return first_issue;
    case file::NOTICE_FORM:
      return notice_form;
    case file::PIN_RESET:
      return pin_reset;
    case file::NO_PIN_TO_KNOW:
      return no_pin_to_know;
    case file::SAME_HOUSEHOLD:
      return same_household;
    case file::UNDER_FIFTEEN:
      return under_fifteen;
  }
  return false;
}

const file::Way* FindWay(const file::MunicipalityFile& policy, Procedure procedure,
                         Applicant applicant, const Circumstances& circumstances) {
  for (const file::Way& way : policy.way()) {
    if (IsFor(way, procedure, applicant) && Fits(way, circumstances)) return &way;
  }
  return nullptr;
}

std::vector<Item> ItemsOf(const file::MunicipalityFile& policy, const file::Way& way,
                          const Circumstances& circumstances) {
  std::vector<Item> items;
  for (const file::Bring& bring : way.bring()) {
    if (!Fits(bring, circumstances)) continue;
    for (const std::string& code : bring.document()) {
      const bool listed = std::any_of(items.begin(), items.end(), [&](const Item& item) {
        return item.code == code && item.visit == bring.visit();
      });
      if (!listed) items.push_back(ItemOf(policy, bring, code));
    }
  }
  return items;
}

}  // namespace jpkid::rules
