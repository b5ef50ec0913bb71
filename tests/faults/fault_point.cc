#include "tests/faults/fault_point.h"

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/string_view.h"

namespace jpkid::faults {
namespace {

constexpr char kLockedBefore[] = "card torn out before its effect, and its PIN then locked";
constexpr char kCancelled[] = "the clerk cancels";
constexpr char kLockedAfter[] = "card torn out after its effect, and its PIN then locked";

absl::string_view Name(Site site) {
  switch (site) {
    case Site::kCard:
      return "card";
    case Site::kAuthority:
      return "authority";
    case Site::kStore:
      break;
  }
  return "store";
}

const FaultPoint kAtAuthority[] = {
    {Site::kAuthority, 0, Action::kKillBefore, "", {}, "daemon killed before it"},
    {Site::kAuthority, 0, Action::kKillAfter, "", {}, "daemon killed, the answer lost"},
    {Site::kAuthority, 0, Action::kFailBefore, "", {}, "message lost"},
    {Site::kAuthority, 0, Action::kFailAfter, "", {}, "accepted, the answer lost"},
    {Site::kAuthority, 0, Action::kGarble, "", {}, "accepted, the answer garbled"},
    {Site::kAuthority, 0, Action::kHook, "", absl::Seconds(90), "answered late"},
    {Site::kAuthority, 0, Action::kRefuse, "", {}, "refused twice"},
    {Site::kAuthority, 0, Action::kWait, "", {}, "the authority says: later"},
    {Site::kAuthority, 0, Action::kHook, "", {}, kCancelled, false, false, true},
};

const FaultPoint kAtStore[] = {
    {Site::kStore, 0, Action::kKillBefore, "", {}, "power lost before the commit"},
    {Site::kStore, 0, Action::kKillAfter, "", {}, "power lost after the commit"},
    {Site::kStore, 0, Action::kFailBefore, "", {}, "disk full"},
    {Site::kStore, 0, Action::kOutage, "", {}, "no store until another had the reader"},
    {Site::kStore, 0, Action::kFailAfter, "", {}, "database gone, the commit's answer lost"},
    {Site::kStore, 0, Action::kHook, "", absl::Hours(30), "clock jumps forward"},
    {Site::kStore, 0, Action::kHook, "", absl::Hours(-30), "clock jumps back"},
    {Site::kStore, 0, Action::kHook, "", {}, "backup of this moment restored at the end", true},
};

std::vector<FaultPoint> AtCard(const std::string& other_card) {
  return {
      {Site::kCard, 0, Action::kKillBefore, "", {}, "daemon killed before it"},
      {Site::kCard, 0, Action::kKillAfter, "", {}, "daemon killed after its effect"},
      {Site::kCard, 0, Action::kHook, "tear_out {}", {}, "card torn out before its effect"},
      {Site::kCard,
       0,
       Action::kHook,
       "tear_out { after: true }",
       {},
       "card torn out after its effect"},
      {Site::kCard, 0, Action::kHook, "lose_power { for_ms: 1 }", {}, "power lost for a moment"},
      {Site::kCard, 0, Action::kHook, "garble {}", {}, "answer garbled"},
      {Site::kCard, 0, Action::kHook, "cut_short { octets: 1 }", {}, "answer cut short"},
      {Site::kCard, 0, Action::kHook, "mute {}", {}, "card mute"},
      {Site::kCard, 0, Action::kHook, "hang {}", {}, "no effect, and no answer by the deadline"},
      {Site::kCard, 0, Action::kHook, "", {}, kCancelled, false, false, true},
      {Site::kCard, 0, Action::kLate, "", {}, "answer later than the deadline"},
      {Site::kCard, 0, Action::kHook, "tear_out {}", {}, kLockedBefore, false, true},
      {Site::kCard, 0, Action::kHook, "tear_out { after: true }", {}, kLockedAfter, false, true},
      {Site::kCard,
       0,
       Action::kHook,
       absl::StrCat("other_card { card: \"", other_card, "\" }"),
       {},
       "another card put in"},
  };
}

}  // namespace

std::vector<FaultPoint> AllFaultPoints(const Acts& acts, const std::string& other_card) {
  std::vector<FaultPoint> points;
  const auto add = [&points, &acts](const auto& faults, int acts_there) {
    for (int nth = 1; nth <= acts_there; ++nth) {
      for (FaultPoint point : faults) {
        point.nth = nth;
        // Before the operation knows its card, any card is.
        const bool any_card =
            nth <= acts.unidentified && absl::StartsWith(point.card_fault, "other_card");
        if (!any_card) points.push_back(std::move(point));
      }
    }
  };
  add(AtCard(other_card), acts.card);
  add(kAtAuthority, acts.authority);
  add(kAtStore, acts.store);
  return points;
}

std::string InWords(const FaultPoint& point) {
  return absl::StrCat(Name(point.site), " ", point.nth, ": ", point.name);
}

}  // namespace jpkid::faults
