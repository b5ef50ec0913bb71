// Cases: a row each, what is personal sealed beside it.

#include <algorithm>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include <soci/soci.h>

#include "base/status.h"
#include "daemon/store/case_rows.h"
#include "daemon/store/page_token.h"
#include "daemon/store/sql_store.h"
#include "daemon/store/text.h"

namespace jpkid::store {
namespace {

using soci::into;
using soci::use;

constexpr char kPerson[] = "person";
constexpr char kHolder[] = "holder";

// Cases and their sealed persons.
constexpr char kSelect[] =
    "SELECT c.record, COALESCE(p.sealed, '') FROM cases c LEFT JOIN personal_data p"
    " ON p.record_id = c.id AND p.item = 'person' WHERE ";

// The names are the schema's own.
std::string StateCondition(const std::vector<CaseRecord::State>& states) {
  if (states.empty()) return "";
  return absl::StrCat("state IN (",
                      absl::StrJoin(states, ", ",
                                    [](std::string* out, CaseRecord::State state) {
                                      absl::StrAppend(out, "'", CaseRecord::State_Name(state), "'");
                                    }),
                      ") AND ");
}

absl::Status InsertCase(soci::session& session, const CaseRecord& record) {
  const std::string text = ToText(record);
  const std::string state = CaseRecord::State_Name(record.state());
  const long long version = record.version();
  const long long time = record.create_time_us();
  session << "INSERT INTO cases (id, creator, request_id, state, version, card_serial,"
             " municipality, counter_window, create_time_us, record) VALUES (:id, :creator,"
             " :request, :state, :version, :serial, :municipality, :window, :time, :record)",
      use(record.id()), use(record.creator()), use(record.request_id()), use(state), use(version),
      use(record.card_serial()), use(record.municipality()), use(record.application().window()),
      use(time), use(text);
  return absl::OkStatus();
}

// How many applications were taken at a window between two times.
int CountAt(soci::session& session, const std::string& municipality, const std::string& window,
            long long from, long long before) {
  int count = 0;
  session << "SELECT COUNT(*) FROM cases WHERE create_time_us >= :from_us AND"
             " create_time_us < :before AND municipality = :municipality AND"
             " counter_window = :window",
      use(from), use(before), use(municipality), use(window), into(count);
  return count;
}

}  // namespace

absl::StatusOr<CaseRecord> SqlStore::Assemble(const std::string& text,
                                              const std::string& sealed_person) const {
  CaseRecord record;
  JPKID_RETURN_IF_ERROR(FromText(text, record));
  if (sealed_person.empty()) return record;
  JPKID_ASSIGN_OR_RETURN(const Bytes person, Unseal(record.id(), kPerson, sealed_person));
  JPKID_RETURN_IF_ERROR(
      FromText(std::string(AsText(person)), *record.mutable_application()->mutable_person()));
  return record;
}

absl::StatusOr<CreatedCase> SqlStore::CreateCase(const CaseRecord& record,
                                                 const std::optional<Bytes>& holder,
                                                 const Admission& admission) {
  CreatedCase created = {.record = record};
  JPKID_RETURN_IF_ERROR(database_->Write([&](soci::session& session) {
    std::string found;
    session << "SELECT id FROM cases WHERE creator = :creator AND request_id = :request",
        use(record.creator()), use(record.request_id()), into(found);
    if (session.got_data()) {
      created.existed = true;
      created.record.set_id(found);
      return absl::OkStatus();
    }
    if (admission.may_take) {
      JPKID_RETURN_IF_ERROR(
          admission.may_take(CountAt(session, record.municipality(), record.application().window(),
                                     admission.from_us, admission.before_us)));
    }
    created.record.set_version(1);
    CaseRecord open = created.record;
    open.mutable_application()->clear_person();
    JPKID_RETURN_IF_ERROR(InsertCase(session, open));
    const std::string person = ToText(record.application().person());
    JPKID_RETURN_IF_ERROR(InsertPersonal(session, record.id(), kPerson, AsBytes(person)));
    if (!holder.has_value()) return absl::OkStatus();
    return InsertPersonal(session, record.id(), kHolder, *holder);
  }));
  if (created.existed) {
    JPKID_ASSIGN_OR_RETURN(created.record, GetCase(created.record.id()));
  }
  return created;
}

absl::StatusOr<std::optional<CaseRecord>> SqlStore::FindCase(const std::string& creator,
                                                             const std::string& request_id) {
  std::string id;
  JPKID_RETURN_IF_ERROR(database_->Read([&](soci::session& session) {
    session << "SELECT id FROM cases WHERE creator = :creator AND request_id = :request",
        use(creator), use(request_id), into(id);
    return absl::OkStatus();
  }));
  if (id.empty()) return std::nullopt;
  return GetCase(id);
}

absl::StatusOr<CaseRecord> SqlStore::GetCase(const std::string& id) {
  std::string text;
  std::string person;
  JPKID_RETURN_IF_ERROR(database_->Read([&](soci::session& session) {
    session << absl::StrCat(kSelect, "c.id = :id"), use(id), into(text), into(person);
    if (!session.got_data()) return Fail(Reason::kCaseUnknown, {{"case", id}});
    return absl::OkStatus();
  }));
  return Assemble(text, person);
}

absl::StatusOr<CasePage> SqlStore::ListCases(const CaseFilter& filter, int page_size,
                                             const std::string& token) {
  JPKID_ASSIGN_OR_RETURN(const Place after, ParsePageToken(token));
  const std::string sql =
      absl::StrCat(kSelect, StateCondition(filter.states),
                   "(:no_serial = 1 OR card_serial = :serial)"
                   " AND create_time_us >= :from_us AND create_time_us < :before"
                   " AND (create_time_us < :time OR (create_time_us = :same AND id < :id))"
                   " ORDER BY create_time_us DESC, id DESC LIMIT :limit");
  CasePage page;
  JPKID_RETURN_IF_ERROR(database_->Read([&](soci::session& session) {
    const int any_serial = filter.card_serial.empty() ? 1 : 0;
    const long long from = filter.created_from_us;
    const long long before = filter.created_before_us;
    const long long time = after.time_us;
    const int limit = std::clamp(page_size, 1, kLongestPage) + 1;  // One more tells of a next page.
    const soci::rowset<soci::row> rows =
        (session.prepare << sql, use(any_serial), use(filter.card_serial), use(from), use(before),
         use(time), use(time), use(after.id), use(limit));
    for (const soci::row& row : rows) {
      if (static_cast<int>(page.cases.size()) + 1 == limit) {
        const CaseRecord& last = page.cases.back();
        page.next_token = PageToken({.time_us = last.create_time_us(), .id = last.id()});
        break;
      }
      JPKID_ASSIGN_OR_RETURN(CaseRecord record,
                             Assemble(row.get<std::string>(0), row.get<std::string>(1)));
      page.cases.push_back(std::move(record));
    }
    return absl::OkStatus();
  }));
  return page;
}

absl::StatusOr<int> SqlStore::CountTaken(const std::string& municipality, const std::string& window,
                                         std::int64_t from_us, std::int64_t before_us) {
  int count = 0;
  JPKID_RETURN_IF_ERROR(database_->Read([&](soci::session& session) {
    count = CountAt(session, municipality, window, from_us, before_us);
    return absl::OkStatus();
  }));
  return count;
}

absl::StatusOr<CaseRecord> SqlStore::UpdateCase(const CaseRecord& record, std::int64_t expected) {
  CaseRecord updated = record;
  JPKID_RETURN_IF_ERROR(database_->Write(
      [&](soci::session& session) { return ReplaceCase(session, updated, expected); }));
  return updated;
}

absl::StatusOr<std::optional<Bytes>> SqlStore::GetCaseHolder(const std::string& id) {
  return GetPersonal(id, kHolder);
}

}  // namespace jpkid::store
