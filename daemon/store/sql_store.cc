#include "daemon/store/sql_store.h"

#include <algorithm>
#include <utility>

#include "absl/time/time.h"
#include <soci/soci.h>

#include "base/status.h"
#include "daemon/store/case_rows.h"
#include "daemon/store/page_token.h"
#include "daemon/store/schema.h"
#include "daemon/store/text.h"

namespace jpkid::store {
namespace {

using soci::into;
using soci::use;

absl::Status UnknownOperation(const std::string& id) {
  return Fail(Reason::kOperationUnknown, {{"operation", id}});
}

int ActiveFlag(const OperationRecord& record) {
  switch (record.state()) {
    case OperationRecord::SUCCEEDED:
    case OperationRecord::FAILED:
    case OperationRecord::CANCELLED:
      return 0;
    default:
      return 1;
  }
}

}  // namespace

absl::StatusOr<std::unique_ptr<Store>> Store::Open(const Options& options, Clock& clock) {
  JPKID_ASSIGN_OR_RETURN(auto seal, Seal::Open(options.key_file));
  JPKID_ASSIGN_OR_RETURN(auto database, sql::Database::Open(options.url));
  JPKID_RETURN_IF_ERROR(sql::Migrate(*database, Schema()));
  auto store = std::make_unique<SqlStore>(std::move(database), std::move(seal), options, clock);
  JPKID_RETURN_IF_ERROR(store->CheckKey());
  return store;
}

SqlStore::SqlStore(std::unique_ptr<sql::Database> database, std::unique_ptr<Seal> seal,
                   const Options& options, Clock& clock)
    : url_(options.url),
      database_(std::move(database)),
      seal_(std::move(seal)),
      owner_(options.owner),
      owner_expires_(options.owner_expires),
      clock_(clock) {}

std::int64_t SqlStore::NowMicros() const { return absl::ToUnixMicros(clock_.Now()); }

absl::Status SqlStore::InsertEvents(soci::session& session, const std::string& id,
                                    const std::vector<events::Event>& events) {
  for (const events::Event& event : events) {
    const std::string text = ToText(event);
    const long long sequence = event.sequence();
    session << "INSERT INTO events (operation_id, sequence, event) VALUES (:id, :sequence, :event)",
        use(id), use(sequence), use(text);
  }
  return absl::OkStatus();
}

absl::Status SqlStore::InsertLine(soci::session& session, const std::string& id, std::int64_t epoch,
                                  const JournalLine& line) {
  const long long now = NowMicros();
  const long long written_under = epoch;
  const std::string phase = line.phase == JournalLine::Phase::kIntent ? "intent" : "result";
  long long number = 0;
  session << "SELECT COALESCE(MAX(line), 0) + 1 FROM journal WHERE operation_id = :id", use(id),
      into(number);
  session << "INSERT INTO journal (operation_id, line, time_us, epoch, step, phase, outcome)"
             " VALUES (:id, :line, :time, :epoch, :step, :phase, :outcome)",
      use(id), use(number), use(now), use(written_under), use(line.step), use(phase),
      use(line.outcome);
  return absl::OkStatus();
}

absl::StatusOr<Claimed> SqlStore::Create(const OperationRecord& record,
                                         const std::vector<events::Event>& events,
                                         const std::optional<Bytes>& holder) {
  Claimed claimed = {.record = record, .epoch = Claimed::kFirstEpoch};
  JPKID_RETURN_IF_ERROR(database_->Write([&](soci::session& session) {
    std::string found;
    session << "SELECT record FROM operations WHERE creator = :creator AND request_id = :request",
        use(record.creator()), use(record.request_id()), into(found);
    if (session.got_data()) {
      claimed.existed = true;
      return FromText(found, claimed.record);
    }
    JPKID_RETURN_IF_ERROR(TakeCase(session, record));
    const std::string text = ToText(record);
    const long long time = record.create_time_us();
    const int active = ActiveFlag(record);
    const long long epoch = claimed.epoch;
    session << "INSERT INTO operations (id, creator, request_id, active, create_time_us, owner,"
               " epoch, record) VALUES (:id, :creator, :request, :active, :time, :owner, :epoch, "
               ":record)",
        use(record.id()), use(record.creator()), use(record.request_id()), use(active), use(time),
        use(owner_), use(epoch), use(text);
    if (holder.has_value()) {
      JPKID_RETURN_IF_ERROR(InsertPersonal(session, record.id(), "holder", *holder));
    }
    return InsertEvents(session, record.id(), events);
  }));
  return claimed;
}

absl::Status SqlStore::Write(const OperationRecord& record, std::int64_t epoch,
                             const std::optional<JournalLine>& line,
                             const std::vector<events::Event>& events) {
  return database_->Write([&](soci::session& session) {
    const std::string text = ToText(record);
    const int active = ActiveFlag(record);
    const long long expected = epoch;
    soci::statement update =
        (session.prepare << "UPDATE operations SET record = :record, active = :active"
                            " WHERE id = :id AND owner = :owner AND epoch = :epoch",
         use(text), use(active), use(record.id()), use(owner_), use(expected));
    update.execute(true);
    if (update.get_affected_rows() != 1) return Fail(Reason::kOwnershipLost);
    JPKID_RETURN_IF_ERROR(MoveCase(session, record, NowMicros()));
    if (active == 0) {
      session << "DELETE FROM personal_data WHERE record_id = :id", use(record.id());
    }
    if (line.has_value()) {
      JPKID_RETURN_IF_ERROR(InsertLine(session, record.id(), epoch, *line));
    }
    return InsertEvents(session, record.id(), events);
  });
}

absl::StatusOr<std::optional<OperationRecord>> SqlStore::FindOperation(
    const std::string& creator, const std::string& request_id) {
  std::optional<OperationRecord> found;
  JPKID_RETURN_IF_ERROR(database_->Read([&](soci::session& session) {
    std::string text;
    session << "SELECT record FROM operations WHERE creator = :creator AND request_id = :request",
        use(creator), use(request_id), into(text);
    return session.got_data() ? FromText(text, found.emplace()) : absl::OkStatus();
  }));
  return found;
}

absl::StatusOr<OperationRecord> SqlStore::Get(const std::string& id) {
  OperationRecord record;
  JPKID_RETURN_IF_ERROR(database_->Read([&](soci::session& session) {
    std::string text;
    session << "SELECT record FROM operations WHERE id = :id", use(id), into(text);
    if (!session.got_data()) return UnknownOperation(id);
    return FromText(text, record);
  }));
  return record;
}

absl::StatusOr<Page> SqlStore::List(int page_size, const std::string& token, bool active_only) {
  JPKID_ASSIGN_OR_RETURN(const Place after, ParsePageToken(token));
  Page page;
  JPKID_RETURN_IF_ERROR(database_->Read([&](soci::session& session) {
    const long long time = after.time_us;
    const int least_active = active_only ? 1 : 0;
    const int limit = std::clamp(page_size, 1, kLongestPage) + 1;  // One more tells of a next page.
    const soci::rowset<std::string> rows =
        (session.prepare << "SELECT record FROM operations WHERE active >= :active AND"
                            " (create_time_us < :time OR (create_time_us = :same AND id < :id))"
                            " ORDER BY create_time_us DESC, id DESC LIMIT :limit",
         use(least_active), use(time), use(time), use(after.id), use(limit));
    for (const std::string& text : rows) {
      if (static_cast<int>(page.operations.size()) + 1 == limit) {
        const OperationRecord& last = page.operations.back();
        page.next_token = PageToken({.time_us = last.create_time_us(), .id = last.id()});
        break;
      }
      JPKID_RETURN_IF_ERROR(FromText(text, page.operations.emplace_back()));
    }
    return absl::OkStatus();
  }));
  return page;
}

absl::StatusOr<std::vector<events::Event>> SqlStore::Events(const std::string& id,
                                                            std::int64_t after, int limit) {
  std::vector<events::Event> events;
  JPKID_RETURN_IF_ERROR(database_->Read([&](soci::session& session) {
    const long long sequence = after;
    const soci::rowset<std::string> rows =
        (session.prepare << "SELECT event FROM events WHERE operation_id = :id AND"
                            " sequence > :after ORDER BY sequence LIMIT :limit",
         use(id), use(sequence), use(limit));
    for (const std::string& text : rows) {
      JPKID_RETURN_IF_ERROR(FromText(text, events.emplace_back()));
    }
    return absl::OkStatus();
  }));
  return events;
}

absl::StatusOr<std::vector<JournalLine>> SqlStore::Journal(const std::string& id) {
  std::vector<JournalLine> lines;
  JPKID_RETURN_IF_ERROR(database_->Read([&](soci::session& session) {
    const soci::rowset<soci::row> rows =
        (session.prepare << "SELECT step, phase, outcome FROM journal WHERE operation_id = :id"
                            " ORDER BY line",
         use(id));
    for (const soci::row& row : rows) {
      const bool intent = row.get<std::string>(1) == "intent";
      lines.push_back({.step = row.get<std::string>(0),
                       .phase = intent ? JournalLine::Phase::kIntent : JournalLine::Phase::kResult,
                       .outcome = row.get<std::string>(2)});
    }
    return absl::OkStatus();
  }));
  return lines;
}

}  // namespace jpkid::store
