#include "daemon/rules/opening.h"

#include <set>
#include <utility>

#include "absl/functional/function_ref.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "absl/strings/str_join.h"

#include "base/clock.h"
#include "base/status.h"
#include "daemon/rules/hours.h"

namespace jpkid::rules {
namespace {

// Longer than any office is closed.
constexpr int kDaysToLookAhead = 62;

// In the order of absl::Weekday.
struct DayName {
  absl::string_view english, japanese;
};
constexpr DayName kDayNames[] = {
    {"Monday", "月曜日"}, {"Tuesday", "火曜日"},  {"Wednesday", "水曜日"}, {"Thursday", "木曜日"},
    {"Friday", "金曜日"}, {"Saturday", "土曜日"}, {"Sunday", "日曜日"}};

// A minute in Asia/Tokyo.
struct Moment {
  absl::CivilDay day;
  int minute = 0;
};

Moment MomentOf(absl::Time at) {
  const absl::CivilMinute minute = absl::ToCivilMinute(at, Tokyo());
  return {absl::CivilDay(minute), minute.hour() * 60 + minute.minute()};
}

std::string Said(int minute) { return absl::StrFormat("%02d:%02d", minute / 60, minute % 60); }
std::string Said(absl::CivilDay day) { return absl::FormatCivilTime(day); }
std::string Said(Moment moment) { return Said(moment.day) + " " + Said(moment.minute); }

// One window, asked about one procedure.
class Counter {
 public:
  Counter(const Municipality& municipality, const file::Window& window, Procedure procedure)
      : municipality_(municipality), window_(window), procedure_(procedure) {}

  // Why nothing is taken at that moment, whoever comes.
  absl::StatusOr<std::vector<Finding>> ClosedAt(Moment moment) const;

  // The first moment after that one when something is for whoever has no appointment, or has; where
  // it is by appointment alone, the first one at all. None: the holidays are not known so far.
  std::optional<Moment> NextOpening(Moment after, bool has_appointment) const;

  // The hours that the moment falls into; null: none.
  const file::Hours* HoursAt(Moment moment) const;

  // The row that an entry stands for.
  template <typename Entry>
  std::string Source(const Entry& entry) const {
    return procedure_ == Procedure::kRenew && entry.has_renewal_row() ? entry.renewal_row()
                                                                      : entry.row();
  }

 private:
  std::optional<Moment> NextOpeningWhere(Moment after,
                                         absl::FunctionRef<bool(Moment)> serves) const;
  void AddClosing(const Closed& closed, Moment moment, std::vector<Finding>& findings) const;
  void AddHours(Moment moment, std::vector<Finding>& findings) const;
  void AddLink(Moment moment, std::vector<Finding>& findings) const;

  const Municipality& municipality_;
  const file::Window& window_;
  const Procedure procedure_;
};

const file::Hours* Counter::HoursAt(Moment moment) const {
  for (const file::Hours& hours : window_.hours()) {
    if (Apply(hours, moment.day, procedure_) && MinuteOf(hours.from()) <= moment.minute &&
        moment.minute < MinuteOf(hours.until())) {
      return &hours;
    }
  }
  return nullptr;
}

void Counter::AddClosing(const Closed& closed, Moment moment,
                         std::vector<Finding>& findings) const {
  const bool maintenance = closed.closing->maintenance();
  findings.push_back({maintenance ? Reason::kMaintenanceDay : Reason::kOfficeHoliday,
                      {{"date", Said(moment.day)},
                       {"holiday", closed.name.english},
                       {"holiday_ja", closed.name.japanese}},
                      Source(*closed.closing)});
}

void Counter::AddHours(Moment moment, std::vector<Finding>& findings) const {
  std::vector<std::string> that_day;
  for (const file::Hours& hours : window_.hours()) {
    if (Apply(hours, moment.day, procedure_)) {
      that_day.push_back(absl::StrCat(hours.from(), "-", hours.until()));
    }
  }
  if (that_day.empty()) {
    const DayName& name = kDayNames[static_cast<std::size_t>(absl::GetWeekday(moment.day))];
    findings.push_back({Reason::kOfficeHoliday,
                        {{"date", Said(moment.day)},
                         {"holiday", std::string(name.english)},
                         {"holiday_ja", std::string(name.japanese)}},
                        Source(window_.hours(0))});
    return;
  }
  const file::Hours* const hours = HoursAt(moment);
  if (hours == nullptr) {
    findings.push_back({Reason::kOutsideHours,
                        {{"time", Said(moment.minute)}, {"hours", absl::StrJoin(that_day, ", ")}},
                        Source(window_.hours(0))});
  } else if (hours->has_last_acceptance() && moment.minute >= MinuteOf(hours->last_acceptance())) {
    findings.push_back(
        {Reason::kLastAcceptancePassed, {{"time", hours->last_acceptance()}}, Source(*hours)});
  }
}

void Counter::AddLink(Moment moment, std::vector<Finding>& findings) const {
  const auto& links = municipality_.policy().national_link();
  for (const file::Link& link : links) {
    if (MinuteOf(link.from()) <= moment.minute && moment.minute < MinuteOf(link.until())) return;
  }
  if (links.empty()) return;
  findings.push_back(
      {Reason::kNationalLinkClosed, {{"time", Said(moment.minute)}}, links[0].row()});
}

absl::StatusOr<std::vector<Finding>> Counter::ClosedAt(Moment moment) const {
  std::vector<Finding> findings;
  JPKID_ASSIGN_OR_RETURN(const std::vector<Closed> closings, ClosedOn(municipality_, moment.day));
  for (const Closed& closed : closings) AddClosing(closed, moment, findings);
  if (closings.empty()) AddHours(moment, findings);
  AddLink(moment, findings);
  return findings;
}

std::optional<Moment> Counter::NextOpening(Moment after, bool has_appointment) const {
  const auto serves_anybody = [this](Moment moment) {
    return !HoursAt(moment)->appointment_only();
  };
  std::optional<Moment> next;
  if (!has_appointment) next = NextOpeningWhere(after, serves_anybody);
  return next.has_value() ? next : NextOpeningWhere(after, [](Moment) { return true; });
}

std::optional<Moment> Counter::NextOpeningWhere(Moment after,
                                                absl::FunctionRef<bool(Moment)> serves) const {
  std::set<int> starts;
  for (const file::Hours& hours : window_.hours()) starts.insert(MinuteOf(hours.from()));
  for (const file::Link& link : municipality_.policy().national_link()) {
    starts.insert(MinuteOf(link.from()));
  }
  for (int days = 0; days <= kDaysToLookAhead; ++days) {
    for (const int start : starts) {
      const Moment moment = {after.day + days, start};
      if (days == 0 && start <= after.minute) continue;
      const auto closed = ClosedAt(moment);
      if (!closed.ok()) return std::nullopt;
      if (closed->empty() && serves(moment)) return moment;
    }
  }
  return std::nullopt;
}

bool Takes(const file::Window& window, Procedure procedure) {
  for (const file::Taking& taking : window.takes()) {
    if (taking.procedure() - file::ISSUE == static_cast<int>(procedure)) return true;
  }
  return false;
}

const file::Window* Find(const file::MunicipalityFile& policy, const std::string& id) {
  if (id.empty()) return &policy.window(0);
  for (const file::Window& window : policy.window()) {
    if (window.id() == id) return &window;
  }
  return nullptr;
}

// `asked` is the window asked for, null: it is in no file. Every procedure is taken somewhere.
Finding NotServed(const file::MunicipalityFile& policy, const Coming& coming,
                  const file::Window* asked) {
  std::vector<std::string> english;
  std::vector<std::string> japanese;
  std::string row = policy.window(0).row();
  for (const file::Window& window : policy.window()) {
    for (const file::Taking& taking : window.takes()) {
      if (taking.procedure() - file::ISSUE != static_cast<int>(coming.procedure)) continue;
      english.push_back(absl::StrCat(window.name().english(), " (", window.id(), ")"));
      japanese.push_back(window.name().japanese());
      if (asked != nullptr) row = taking.row();
    }
  }
  return {Reason::kWindowNotServed,
          {{"window", coming.window.empty() ? policy.window(0).id() : coming.window},
           {"served", absl::StrJoin(english, ", ")},
           {"served_ja", absl::StrJoin(japanese, "、")}},
          row};
}

const file::Window& FirstThatTakes(const file::MunicipalityFile& policy, Procedure procedure) {
  for (const file::Window& window : policy.window()) {
    if (Takes(window, procedure)) return window;
  }
  return policy.window(0);
}

// What keeps this one from being served in opening hours.
std::optional<Finding> TurnedAway(const Counter& counter, const file::Window& window,
                                  const Coming& coming, Moment moment) {
  const file::Hours* const hours = counter.HoursAt(moment);
  if (hours != nullptr && hours->appointment_only() && !coming.has_appointment) {
    return Finding{Reason::kAppointmentNeeded, {}, counter.Source(*hours)};
  }
  if (!window.has_daily_cap() || coming.taken_that_day.value_or(0) < window.daily_cap()) {
    return std::nullopt;
  }
  Finding finding = {Reason::kDailyCapReached, {{"date", Said(moment.day)}}, window.row()};
  if (const auto next = counter.NextOpening({moment.day, 24 * 60}, coming.has_appointment)) {
    finding.metadata["next"] = Said(*next);
  }
  return finding;
}

}  // namespace

absl::StatusOr<std::vector<Finding>> RefusalsAtCounter(const Municipality& municipality,
                                                       const Coming& coming, absl::Time at) {
  const file::MunicipalityFile& policy = municipality.policy();
  const Moment moment = MomentOf(at);
  std::vector<Finding> findings;
  const file::Window* const asked = Find(policy, coming.window);
  const bool served = asked != nullptr && Takes(*asked, coming.procedure);
  if (!served) findings.push_back(NotServed(policy, coming, asked));
  // Sent to another window, people hear when that one opens.
  const file::Window& window = served ? *asked : FirstThatTakes(policy, coming.procedure);
  const Counter counter(municipality, window, coming.procedure);
  JPKID_ASSIGN_OR_RETURN(std::vector<Finding> closed, counter.ClosedAt(moment));
  if (closed.empty() && served) {
    if (auto away = TurnedAway(counter, window, coming, moment)) {
      findings.push_back(*std::move(away));
    }
  }
  const std::optional<Moment> next =
      closed.empty() ? std::nullopt : counter.NextOpening(moment, coming.has_appointment);
  for (Finding& finding : closed) {
    if (next.has_value()) finding.metadata["next"] = Said(*next);
    findings.push_back(std::move(finding));
  }
  return findings;
}

absl::CivilDay FirstOpenDay(const Municipality& municipality, const std::string& window,
                            Procedure procedure, absl::CivilDay day) {
  const file::Window* const asked = Find(municipality.policy(), window);
  const bool served = asked != nullptr && Takes(*asked, procedure);
  const Counter counter(
      municipality, served ? *asked : FirstThatTakes(municipality.policy(), procedure), procedure);
  const auto next = counter.NextOpening({day - 1, 24 * 60}, /*has_appointment=*/true);
  return next.has_value() ? next->day : day;
}

}  // namespace jpkid::rules
