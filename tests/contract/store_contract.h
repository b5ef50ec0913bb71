#pragma once

#include <functional>
#include <memory>
#include <string>
#include <vector>

#include <gtest/gtest.h>

#include "base/clock.h"
#include "daemon/store/store.h"

// What the store promises, over each database it may lie in. A test program instantiates
// these suites with its databases and compiles store_*contract.cc.
namespace jpkid::store {

// Gives the URL of an empty database, which may lie in a directory that is the test's own.
struct DatabaseUnderTest {
  std::string name;
  std::function<std::string(const std::string& directory)> make;

  friend void PrintTo(const DatabaseUnderTest& database, std::ostream* out) {
    *out << database.name;
  }
};

class StoreContract : public testing::TestWithParam<DatabaseUnderTest> {
 public:
  ~StoreContract() override;

 protected:
  StoreContract();

  // A daemon's store; all of a test lie in one database.
  std::unique_ptr<Store> Open(const std::string& owner);

  OperationRecord Record(const std::string& id) const;
  // Of `record` as it now stands.
  static absl::Status Write(Store& store, const OperationRecord& record, std::int64_t epoch);

  ManualClock clock_{absl::FromUnixSeconds(1'750'000'000)};
  const std::string directory_;
  const std::string url_;
  std::unique_ptr<Store> store_;
};

// Cases, and what operations do to them.
class CaseContract : public StoreContract {
 protected:
  // READY, with everything that a case can hold.
  CaseRecord Case(const std::string& id) const;
  // Written, and as it was returned.
  CaseRecord Created(const std::string& id);
  OperationRecord OperationOf(const std::string& case_id, const std::string& id) const;
  // Runs an operation of `case_id` to `state`, and returns the case.
  CaseRecord RunTo(const std::string& case_id, const std::string& id, OperationRecord::State state,
                   const std::string& reason = "");
  std::vector<std::string> ListedIds(const CaseFilter& filter, int page_size = 1000);
};

// Two daemons on one database.
class StoreRaces : public CaseContract {};

// Stores of earlier versions, kept as SQL in stores/. In each: one operation that is done, one that
// was cut off.
class StoreMigration : public CaseContract {
 protected:
  std::unique_ptr<Store> OpenOld(int version);

  std::string url_of_old_;
};

}  // namespace jpkid::store
