#include "daemon/store/schema.h"

#include <vector>

namespace jpkid::store {
namespace {

// 1: operations and their journal.
sql::Migration Operations() {
  return {{
      "CREATE TABLE daemons (owner TEXT PRIMARY KEY, heartbeat_us BIGINT NOT NULL)",
      // `record` is an OperationRecord as protobuf text: what the columns do not need for
      // finding it.
      "CREATE TABLE operations (id TEXT PRIMARY KEY, creator TEXT NOT NULL,"
      " request_id TEXT NOT NULL, active INTEGER NOT NULL, create_time_us BIGINT NOT NULL,"
      " owner TEXT NOT NULL, epoch BIGINT NOT NULL, record TEXT NOT NULL,"
      " UNIQUE (creator, request_id))",
      "CREATE INDEX operations_by_time ON operations (create_time_us, id)",
      "CREATE INDEX operations_active ON operations (active, create_time_us, id)",
      "CREATE TABLE events (operation_id TEXT NOT NULL REFERENCES operations (id),"
      " sequence BIGINT NOT NULL, event TEXT NOT NULL, PRIMARY KEY (operation_id, sequence))",
      "CREATE TABLE journal (operation_id TEXT NOT NULL REFERENCES operations (id),"
      " line BIGINT NOT NULL, time_us BIGINT NOT NULL, epoch BIGINT NOT NULL,"
      " step TEXT NOT NULL, phase TEXT NOT NULL, outcome TEXT NOT NULL,"
      " PRIMARY KEY (operation_id, line))",
      // Personal data, sealed (hexadecimal); nothing of it stands anywhere else.
      "CREATE TABLE holder_data (operation_id TEXT NOT NULL REFERENCES operations (id),"
      " item TEXT NOT NULL, sealed TEXT NOT NULL, PRIMARY KEY (operation_id, item))",
      // request_id of the API; an answer that is NULL was never given.
      "CREATE TABLE requests (caller TEXT NOT NULL, method TEXT NOT NULL,"
      " request_id TEXT NOT NULL, digest TEXT NOT NULL, time_us BIGINT NOT NULL, answer TEXT,"
      " PRIMARY KEY (caller, method, request_id))",
  }};
}

// 2: cases. Personal data may belong to a case as well as to an operation; what is sealed
// names its row by the same id as before.
sql::Migration Cases() {
  return {{
      // `record` is a CaseRecord as protobuf text, without what is personal.
      "CREATE TABLE cases (id TEXT PRIMARY KEY, creator TEXT NOT NULL,"
      " request_id TEXT NOT NULL, state TEXT NOT NULL, version BIGINT NOT NULL,"
      " card_serial TEXT NOT NULL, municipality TEXT NOT NULL, counter_window TEXT NOT NULL,"
      " create_time_us BIGINT NOT NULL, record TEXT NOT NULL,"
      " UNIQUE (creator, request_id))",
      "CREATE INDEX cases_by_time ON cases (create_time_us, id)",
      "CREATE INDEX cases_by_state ON cases (state, create_time_us, id)",
      "CREATE TABLE personal_data (record_id TEXT NOT NULL, item TEXT NOT NULL,"
      " sealed TEXT NOT NULL, PRIMARY KEY (record_id, item))",
      "INSERT INTO personal_data (record_id, item, sealed)"
      " SELECT operation_id, item, sealed FROM holder_data",
      "DROP TABLE holder_data",
  }};
}

}  // namespace

std::span<const sql::Migration> Schema() {
  static const auto& schema = *new std::vector<sql::Migration>{Operations(), Cases()};
  return schema;
}

}  // namespace jpkid::store
