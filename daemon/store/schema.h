#pragma once

#include <span>

#include "daemon/sql/sql.h"

namespace jpkid::store {

// The store's tables, step by step since the first version. In SQL that SQLite and PostgreSQL
// share.
std::span<const sql::Migration> Schema();

}  // namespace jpkid::store
